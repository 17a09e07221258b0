"""Inspect: land, evidence, and what inspectors sign of them."""

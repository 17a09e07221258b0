"""Audit: everything counted again from the chain alone, and signed."""

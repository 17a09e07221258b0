"""Admit: who may what, and a log of what was done."""

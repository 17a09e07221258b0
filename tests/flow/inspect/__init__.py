"""Inspectors' statements on a real chain: by their own keys, brought by anybody."""

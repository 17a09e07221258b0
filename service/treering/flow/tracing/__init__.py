"""Trace: from a certificate to the ground and back."""

"""Verify: whatever carries a certificate, with a node, with our books, or with no network."""

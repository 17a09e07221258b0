"""Mint: sealed, signed, stored, sent, looked at, and held against the chain."""

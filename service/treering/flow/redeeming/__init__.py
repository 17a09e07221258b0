"""Redeem: serials for holders, one by one, in crowds, and by the file."""

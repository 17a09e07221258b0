"""Show: what pages say of lots and counts."""

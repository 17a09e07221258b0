"""Oversee: what an operator looks at, and what looks by itself."""

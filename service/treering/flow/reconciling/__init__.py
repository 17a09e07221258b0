"""Reconcile: chain, mirror, accepted counts and database, held together."""

"""Mirror: a registry's log, verified before any of it is kept."""

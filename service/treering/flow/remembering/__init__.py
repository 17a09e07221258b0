"""Remember: what visitors may be shown again, until the books or the chain say otherwise."""

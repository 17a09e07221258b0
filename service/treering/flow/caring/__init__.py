"""Care: what holders may ask of us, and how they leave."""

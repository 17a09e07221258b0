"""What the visitor's own browser finds, and whether it catches a server that lies."""

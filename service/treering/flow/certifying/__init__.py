"""Certify: a final record in every form in which its holder takes it along."""

"""What DNS and registration data say of names that were flagged: after the fact, and off by default."""

"""What is done with a data root as a whole, not with a date of it."""

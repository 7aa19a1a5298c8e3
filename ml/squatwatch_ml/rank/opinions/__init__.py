"""What the evidence on a pair says, weighed in two ways: by a line, and by trees."""

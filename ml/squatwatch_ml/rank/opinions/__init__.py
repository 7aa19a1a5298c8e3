"""What the evidence on a pair says, weighed in two ways: by a regression, and by trees."""

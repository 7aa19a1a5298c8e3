"""What analysts say of a date: verdicts and allowlist entries. Imports `review.day`."""

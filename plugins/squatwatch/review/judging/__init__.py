"""The words of analysts on a date: verdicts and allowlist entries. Imports `review.day`."""

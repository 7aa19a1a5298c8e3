"""IAM identity policies: how they are read, and what they say about a request."""

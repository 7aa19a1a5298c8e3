"""What labels are about: n-grams that are common in them, and topics of n-grams that go together."""

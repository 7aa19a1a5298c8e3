"""What stands beside the brand in a name: its text, whether that lures, and what business its words are of."""

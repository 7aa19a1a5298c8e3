"""The article's table: its models and ours on one balanced test of one brand."""

"""The commands about networks: training them, retraining, and which there are."""

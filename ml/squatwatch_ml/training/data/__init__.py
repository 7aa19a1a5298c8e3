"""Training data: imitations, background, labels, and who may learn from what. Imports rooms below `training`."""

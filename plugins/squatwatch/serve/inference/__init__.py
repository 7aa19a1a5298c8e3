"""The way of a request through the steps of the pipeline: cut, match, predict, tell."""

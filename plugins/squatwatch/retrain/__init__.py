"""Labels that retrain: what analysts said becomes a candidate, a person decides, and the better network is used."""

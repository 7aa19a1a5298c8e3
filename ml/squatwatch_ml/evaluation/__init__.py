"""What the detector is worth: measured on real days, real squats and generated imitations, beside other matchers."""

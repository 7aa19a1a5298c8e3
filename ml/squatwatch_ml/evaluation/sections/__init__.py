"""The parts of `squatwatch evaluate`, one table maker a module."""

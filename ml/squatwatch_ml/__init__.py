"""Resemblance of names and brands, and the network that scores it: strings and numbers, no Airflow, no lake, no S3."""

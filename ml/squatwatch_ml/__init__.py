"""Strings and numbers only: how names resemble brands, and the network that judges it. Knows no Airflow, no lake, no S3."""

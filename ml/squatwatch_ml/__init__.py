"""How names resemble brands, and the network that judges it: strings and numbers only, no Airflow, no lake, no S3."""

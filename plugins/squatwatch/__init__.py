"""The daily job around the network: settings, sources, the lake of Parquet partitions, warehouse, command line."""

__version__ = "0.2.0"

DAILY_DAG = "daily_detections"  # the DAG that makes a date

"""The daily job outside the network: settings, sources, the lake of Parquet partitions, the warehouse, the command line."""

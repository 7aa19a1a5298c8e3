"""The tasks of the DAGs: waiting, retries and Airflow's errors around the pipeline.

Imports `dates`, `errors`, `lake`, `lists`, `pipeline`, `retrain`, `sagemaker`, `sentences`, `settings`, `sources`,
`state`, `store`, `warehouse`, `wording`.
"""

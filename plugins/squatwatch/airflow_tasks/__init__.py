"""What the DAGs' tasks run: waiting, retries and Airflow's errors around `pipeline`. Imports Airflow."""

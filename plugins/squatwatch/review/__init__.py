"""The review page: what analysts see and judge in Airflow's UI."""

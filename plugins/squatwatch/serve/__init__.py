"""The server that scores names on demand, by the API of SageMaker's runtime and as a container of SageMaker.

Imports `access`, `detect`, `errors`, `ingest`, `lists`, `models`, `names`, `net`, `settings`, `store`.
"""

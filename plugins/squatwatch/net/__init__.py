"""The one way to HTTP and S3, for lists, popularity, registries and alerts.

Imports `errors`, `files`.
"""

"""The one door to HTTP and S3, for lists, popularity, RDAP and alerts. Imports `errors` and `files`."""

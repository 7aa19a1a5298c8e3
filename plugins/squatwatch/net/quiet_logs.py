"""Logs without secrets: what the libraries log of a request has its URL and headers in it."""

from __future__ import annotations

import logging

LIBRARIES = ("httpx", "httpcore", "boto3", "botocore", "s3transfer", "urllib3")


def keep_secrets_out_of_logs() -> None:
    """Turn the libraries' loggers down to warnings, whatever level was asked for."""
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)

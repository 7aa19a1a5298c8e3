"""What the answers of an S3 service mean, the same for lists and alerts."""

from __future__ import annotations

BUSY = {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "503", "500"}

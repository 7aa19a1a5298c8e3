"""What a job is asked to do: which model scores which pairs, on what, and where the answers go."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from squatwatch.sagemaker.bucket import JobBucket
from squatwatch.settings import Settings

PAYLOAD_MB = 1  # of a request to the container; it takes five times as many bytes
PAIRS_AT_MOST = 50_000  # in a request, of which each has more than twenty bytes
AT_ONCE = 2  # requests to a machine; so many the container scores at once
JSON_LINES = "application/jsonlines"


def inputs_hash(settings: Settings, parts: Sequence[bytes], version: str, floor: float) -> str:
    """Return the hash of all that the answers of a job depend on, and of where they come."""
    lines = [hashlib.sha256(part).hexdigest() for part in parts]
    asked = [lines, version, floor, settings.sagemaker_model, settings.sagemaker_url]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def transform_request(
    settings: Settings, bucket: JobBucket, inputs: str, machines: int, name: str, floor: float
) -> dict[str, Any]:
    """Return the body of CreateTransformJob.

    Lines are cut, joined and put back in order by SageMaker. What the container has to know of this scoring it is told
    by the job, so that nobody has to set it in two places.
    """
    key = settings.sagemaker_kms_key
    return {
        "TransformJobName": name,
        "ModelName": settings.sagemaker_model,
        "MaxConcurrentTransforms": AT_ONCE,
        "MaxPayloadInMB": PAYLOAD_MB,
        "BatchStrategy": "MultiRecord",
        "Environment": {
            "SQUATWATCH_SERVE_CONTAINER": "true",
            "SQUATWATCH_SERVE_NAMES": str(PAIRS_AT_MOST),
            "SQUATWATCH_SCORE_FLOOR": repr(floor),
        },
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": bucket.pairs_url(inputs)}},
            "ContentType": JSON_LINES,
            "SplitType": "Line",
        },
        "TransformOutput": {
            "S3OutputPath": bucket.answers_url(name),
            "Accept": JSON_LINES,
            "AssembleWith": "Line",
        }
        | ({"KmsKeyId": key} if key else {}),
        "TransformResources": {
            "InstanceType": settings.sagemaker_instance,
            "InstanceCount": machines,
        }
        | ({"VolumeKmsKeyId": key} if key else {}),
    }

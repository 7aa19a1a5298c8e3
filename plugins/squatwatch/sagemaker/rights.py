"""The rights that scoring on SageMaker needs: the list of all calls that are made, for policies and for the docs."""

from __future__ import annotations

# by the name of the right, on which transform jobs, or on what below SQUATWATCH_SAGEMAKER_URL
JOBS = "transform-job/squatwatch-*"  # and to create one, on the model
CALLS = (
    ("sagemaker:CreateTransformJob", JOBS),
    ("sagemaker:DescribeTransformJob", JOBS),
    ("sagemaker:StopTransformJob", JOBS),
    ("s3:PutObject", "pairs/"),
    ("s3:GetObject", "pairs/"),  # where the answer to a put was lost: is it ours?
    ("s3:ListBucket", "answers/"),
    ("s3:GetObject", "answers/"),
    ("s3:PutObject", "answers/"),  # the reason why answers were refused
)

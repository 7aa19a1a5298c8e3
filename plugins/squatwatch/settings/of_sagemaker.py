"""Settings of what scores a date: this machine, or batch transform jobs of SageMaker."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from squatwatch.settings.of_data import STORE_URL, kms_key

MODEL_NAME = r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"
NEEDED = ("sagemaker_model", "sagemaker_url")


def _in_a_bucket(url: str | None) -> str | None:
    """Return the URL without a slash at its end. Raises ValueError where it is none of a bucket."""
    written = url.rstrip("/") if url else url
    if written and not (written.startswith("s3://") and STORE_URL.fullmatch(written)):
        raise ValueError(f"{url} is no place in a bucket: write s3://bucket/prefix")
    return written


class SageMakerSettings(BaseModel):
    """Settings of who scores a date: this machine, or jobs of SageMaker, and where their pairs and answers lie."""

    scorer: Literal["local", "sagemaker"] = Field(
        "local", description="What scores a date: this machine, or a batch transform job of SageMaker."
    )
    sagemaker_model: str | None = Field(
        None, pattern=MODEL_NAME, description="SageMaker: name of the model there, made of the image of squatwatch."
    )
    sagemaker_url: Annotated[str | None, AfterValidator(_in_a_bucket)] = Field(
        None, description="SageMaker: s3://bucket/prefix below which pairs are put and answers come."
    )
    sagemaker_instance: str = Field("ml.m5.large", description="SageMaker: type of the machines of a job.")
    sagemaker_instances: int = Field(1, ge=1, le=100, description="SageMaker: machines of a job; each gets a part.")
    sagemaker_kms_key: Annotated[str | None, AfterValidator(kms_key)] = Field(
        None, description="SageMaker: key of AWS KMS for pairs, answers and disks; without one as they are set."
    )
    sagemaker_connection: str = Field(
        "aws_default", description="SageMaker: Airflow connection with the credentials for it and its bucket."
    )
    sagemaker_poll_seconds: float = Field(
        30, gt=0, le=600, allow_inf_nan=False, description="SageMaker: seconds between two looks at a job."
    )
    sagemaker_timeout_minutes: float = Field(
        60, gt=0, allow_inf_nan=False, description="SageMaker: age at which a job is stopped."
    )

    @model_validator(mode="after")
    def _sagemaker_is_set_up(self) -> Self:
        """Raise ValueError where SageMaker should score and nobody said with which model, or where."""
        lacking = [name for name in NEEDED if not getattr(self, name)]
        if self.scorer == "sagemaker" and lacking:
            named = " and ".join(f"SQUATWATCH_{name.upper()}" for name in lacking)
            raise ValueError(f"SQUATWATCH_SCORER is sagemaker, and nothing says {named}; docs/sagemaker.md sets it up")
        return self

"""Settings of the model: which one scores, on what, and from which score on a name is flagged."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from squatwatch.settings.values import HomePath


class ModelSettings(BaseModel):
    """The model that scores, the machine it runs on, and its thresholds."""

    model: HomePath | None = Field(
        None, description="Folder of the model artifact; by default the one that was promoted, else the shipped one."
    )
    device: Literal["auto", "cpu", "gpu"] = Field("auto", description="Where the network runs.")
    engine: Literal["auto", "onnx", "tensorflow"] = Field(
        "auto", description="What runs it: TensorFlow where there is a GPU, else ONNX Runtime."
    )
    threads: int = Field(1, ge=0, description="Threads of the network on a CPU; 0 for one a core.")
    batch_size: int = Field(1024, ge=1, description="Pairs scored at a time.")
    model_cache_mib: float = Field(
        256,
        gt=0,
        allow_inf_nan=False,
        description="Networks that a process keeps loaded, in MiB of memory; the least recently used go first.",
    )
    score_floor: float = Field(0.1, ge=0, le=1, description="Pairs that score lower leave no row in detections.")
    alarm_budget: float = Field(
        3, gt=0, allow_inf_nan=False, description="Names a day that a brand may raise, where brands.csv says nothing."
    )
    threshold: float | None = Field(
        None, ge=0, le=1, description="One for all brands, over the calibrated ones and the model's."
    )
    ranker: HomePath | None = Field(
        None, description="File of the ranker that orders what was scored; by default the shipped one, `none` for none."
    )
    retrain_labels: int = Field(
        50, ge=1, description="`train_detector`: so many new labels are enough to train without waiting for a week."
    )
    real_lists: HomePath | None = Field(
        None,
        description="Folder of real lists that the model is trained on and measured with; README says what is in it.",
    )
    score_queue: str = Field("default", description="Airflow queue of the score task; `gpu` for a worker with one.")

    @property
    def model_cache_bytes(self) -> int:
        """The limit in bytes."""
        return round(self.model_cache_mib * (1 << 20))

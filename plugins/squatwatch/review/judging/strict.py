"""The contents that a post may have."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST = 1000  # detections that are judged at once

LabelIds = Annotated[dict[str, Annotated[int, Field(ge=0)]], Field(max_length=MOST)]


class Post(BaseModel):
    """A post of the page; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class OfDate(Post):
    """A post about detections of one date."""

    run_date: date

"""Routes of what the page posts, all JSON: verdicts, entries of the allowlist, and what takes them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from squatwatch.labels.colleagues import JudgedMeanwhile
from squatwatch.labels.label import Label
from squatwatch.names.hostile_text import visible
from squatwatch.review.access import json_body
from squatwatch.review.day.day import detections_of, judged_count
from squatwatch.review.day.freshness import stale_or_none
from squatwatch.review.judging.allowlist import Addition, AllowlistChange, Removal, add, take_back
from squatwatch.review.judging.answers import shown, stale_words
from squatwatch.review.judging.judge import Judgement, Undoing, judge, undo
from squatwatch.review.judging.strict import OfDate
from squatwatch.settings import settings


def router() -> APIRouter:
    """Return the routes of posts."""
    posts = APIRouter()
    posts.add_api_route("/labels", post_labels, methods=["POST"], response_model=None)
    posts.add_api_route("/undo", post_undo, methods=["POST"], response_model=None)
    posts.add_api_route("/allowlist", post_allowlist, methods=["POST"], response_model=None)
    posts.add_api_route("/allowlist/take-back", post_take_back, methods=["POST"], response_model=None)
    return posts


def post_labels(request: Request, body: bytes = Depends(json_body)) -> dict[str, Any] | JSONResponse:
    """Add verdicts; 409 with what colleagues said where they have judged meanwhile."""
    judgement = Judgement.model_validate_json(body)
    try:
        return _judged(judgement, judge(settings(), judgement, _user(request)))
    except JudgedMeanwhile as conflict:
        return _conflict(judgement, conflict)


def post_undo(request: Request, body: bytes = Depends(json_body)) -> dict[str, Any] | JSONResponse:
    """Undo verdicts; 409 with what colleagues said where theirs would be undone."""
    undoing = Undoing.model_validate_json(body)
    try:
        return _judged(undoing, undo(settings(), undoing, _user(request)))
    except JudgedMeanwhile as conflict:
        return _conflict(undoing, conflict)


def post_allowlist(request: Request, body: bytes = Depends(json_body)) -> dict[str, Any]:
    """Add an entry to the allowlist."""
    addition = Addition.model_validate_json(body)
    return _allowlist(addition, add(settings(), addition, _user(request)))


def post_take_back(request: Request, body: bytes = Depends(json_body)) -> dict[str, Any]:
    """Take an entry of the allowlist back."""
    removal = Removal.model_validate_json(body)
    return _allowlist(removal, take_back(settings(), removal, _user(request)))


def _user(request: Request) -> str:
    name: str = request.state.reader.name
    return name


def _judged(post: OfDate, newest: Mapping[str, Label]) -> dict[str, Any]:
    labels = {detection_id: label.label_id for detection_id, label in newest.items()}
    return _now(post.run_date, newest) | {"labels": labels}


def _conflict(post: OfDate, conflict: JudgedMeanwhile) -> JSONResponse:
    others = {label.detection_id: label for label in conflict.labels}
    now = _now(post.run_date, others)
    by = {detection_id: visible(label.user_name) for detection_id, label in others.items()}
    return JSONResponse({"detail": visible(str(conflict)), "conflict": True, "by": by} | now, 409)


def _allowlist(post: Addition | Removal, change: AllowlistChange) -> dict[str, Any]:
    detections = detections_of(settings(), post.run_date)
    excused = {d.row.detection_id for d in detections if f".{d.row.domain}".endswith(f".{change.entry}")}
    stale = stale_or_none(settings())
    return _now(post.run_date, excused | {post.detection_id}) | {
        "entry": change.entry,
        "entries": change.entries,
        "stale": stale and stale_words(stale),
    }


def _now(run_date: date, detection_ids: Mapping[str, object] | set[str]) -> dict[str, Any]:
    """Return the detections as they are after a post, as JSON."""
    detections = detections_of(settings(), run_date, detection_ids)
    return {
        "run_date": f"{run_date}",
        "now": [shown(detection) for detection in detections if detection.row.detection_id in detection_ids],
        "judged": judged_count([detection for detection in detections if not detection.is_set_aside]),
    }

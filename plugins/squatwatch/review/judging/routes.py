"""What the page posts: verdicts, what takes them back, and entries of the allowlist. All of it is JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request

from squatwatch.labels.store import VERDICTS
from squatwatch.names.hostile_text import defanged, visible
from squatwatch.review.access import json_body
from squatwatch.review.day.day import Detection, detections_of
from squatwatch.review.day.freshness import stale_dates
from squatwatch.review.judging.excuse import Excuse, excuse
from squatwatch.review.judging.judge import Judgement, Outcome, Restoring, judge, restore
from squatwatch.settings import settings


def router() -> APIRouter:
    posts = APIRouter()

    @posts.post("/labels")
    def labels(request: Request, body: bytes = Depends(json_body)) -> dict[str, Any]:
        judgement = Judgement.model_validate_json(body)
        return _answer(judgement, judge(settings(), judgement, request.state.reader.name))

    @posts.post("/undo")
    def undo(request: Request, body: bytes = Depends(json_body)) -> dict[str, Any]:
        restoring = Restoring.model_validate_json(body)
        return _answer(restoring, restore(settings(), restoring, request.state.reader.name))

    @posts.post("/allowlist")
    def allowlist(request: Request, body: bytes = Depends(json_body)) -> dict[str, Any]:
        domain = excuse(settings(), Excuse.model_validate_json(body), request.state.reader.name)
        stale = stale_dates(settings())
        return {"domain": defanged(domain), "stale": stale and _words(stale)}

    return posts


def _answer(asked: Judgement | Restoring, outcome: Outcome) -> dict[str, Any]:
    found = detections_of(settings(), asked.run_date)
    return {
        "run_date": asked.run_date,
        "earlier": outcome.earlier,
        "now": [_shown(each) for each in outcome.now],
        "judged": sum(each.state not in ("New", "Changed") for each in found),
    }


def _shown(each: Detection) -> dict[str, Any]:
    said = each.label
    return {
        "detection_id": each.row.detection_id,
        "state": each.state,
        "verdict": VERDICTS[said.verdict] if said else "",
        "note": visible(said.note) if said else "",
        "by": f"{visible(said.user_name)}, {said.labelled_at:%Y-%m-%d %H:%M} UTC" if said else "",
    }


def _words(stale) -> dict[str, Any]:
    dates = f"{stale.first}" if stale.count == 1 else f"{stale.count} dates, {stale.first} to {stale.last},"
    return {"dates": dates, "are": "is" if stale.count == 1 else "are", "command": stale.command}

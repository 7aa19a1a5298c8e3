"""The day view: `./?date=2024-06-13&brand=paypal&state=new`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse

from squatwatch.labels.label import LONGEST_NOTE
from squatwatch.labels.verdicts import Verdict
from squatwatch.lake.tables import COMPONENTS, RANKINGS
from squatwatch.lists.allowlist import LONGEST_REASON
from squatwatch.review.certainty import certainty
from squatwatch.review.day.day import Choice, view
from squatwatch.review.day.days import Day, days, opening_date, strip
from squatwatch.review.day.detection import excuse_words
from squatwatch.review.day.folding import foldings
from squatwatch.review.day.freshness import stale_or_none
from squatwatch.review.day.highlight import parts
from squatwatch.review.day.states import STATE_WORDS
from squatwatch.review.day.unpublished import unpublished
from squatwatch.review.day.woken import woken_elsewhere
from squatwatch.review.runs import FailedTask, failures, run_states
from squatwatch.settings import settings
from squatwatch.warehouse.dbt_variables import reregistration_gap_days

EARLIEST, LATEST = date(1985, 1, 1), date(2200, 1, 1)  # .com began in 1985


def add_to(pages: APIRouter, render: Callable[..., HTMLResponse]) -> None:
    """Add the route of the day view."""

    @pages.get("/")
    def day_view(
        request: Request,
        runs: Annotated[Mapping[date, str], Depends(run_states)],
        failed_task: Annotated[Callable[[date], FailedTask | None], Depends(failures)],
        brand: str = "",
        technique: str = "",
        state: str = "",
        q: str = "",
        after: str = "",
        before: str = "",
    ) -> HTMLResponse:
        known = days(settings().home, runs)
        chosen = _date(request.query_params.get("date")) or opening_date(known)
        choice = Choice(brand, technique, state.lower(), q.strip(), after, before)
        chosen_view = view(settings(), chosen, choice)
        day = known.get(chosen, Day(chosen, "none"))
        absent = unpublished(settings(), chosen) if day.state == "failed" and not day.is_published else None
        return render(
            request,
            "day.html",
            day=day,
            unpublished=absent,
            failed_task=failed_task(chosen) if day.state == "failed" else None,
            strip=strip(known, chosen),
            before=chosen - timedelta(days=1),
            after=chosen + timedelta(days=1),
            view=chosen_view,
            choice=choice,
            stale=stale_or_none(settings(), chosen) if chosen_view.all else None,
            woken=woken_elsewhere(settings(), chosen),
            verdicts=Verdict,
            longest_note=LONGEST_NOTE,
            longest_reason=LONGEST_REASON,
            state_words=STATE_WORDS,
            excuse_words=excuse_words,
            components=[name.removeprefix("component_") for name in COMPONENTS],
            ranked_components=[name for name in RANKINGS.columns if name.startswith("component_")],
            foldings=foldings(chosen_view.page.detections),
            gap_days=reregistration_gap_days(settings().dbt_project),
            certainty=certainty,
            checks=absent.checks if absent else chosen_view.published.checks,
            parts=parts,
            link=_linker(chosen, choice),
        )


def _linker(chosen: date, choice: Choice) -> Callable[..., str]:
    """Return link(brand="paypal"), which is this page with another choice; what is not chosen is left out."""

    def link(**changes: object) -> str:
        now = {"date": chosen, **{name: getattr(choice, name) for name in ("brand", "technique", "state", "q")}}
        return "?" + urlencode({name: value for name, value in (now | changes).items() if value})

    return link


def _date(text: str | None) -> date | None:
    try:
        chosen = date.fromisoformat(text) if text else None
        if chosen and not EARLIEST <= chosen <= LATEST:
            raise ValueError(chosen)
        return chosen
    except ValueError:
        raise HTTPException(422, "date has to be written as 2024-06-13") from None

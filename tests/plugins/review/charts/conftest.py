"""What tests of the review page share: whole dates as tests of the daily job write them, and a month of made ones."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.review.app import add_headers
from squatwatch.review.charts import routes as charts_routes
from squatwatch.review.pages import render
from squatwatch.review.static_files import static_file

_spec = importlib.util.spec_from_file_location("dates_fixtures", Path(__file__).parents[2] / "conftest.py")
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)
new_dates = _fixtures.new_dates

LAST = date(2026, 11, 5)
HOSTILE = '<img src=x onerror="alert(1)">'


@dataclass(frozen=True)
class Month:
    """Thirty days up to `last`, the tenth not scored. Every day: one name at .9 flagged, one at .3 not.

    The newest day has five more names at .6 for paypal, whose budget is 2; klarna is looked for and has none. Model
    bilstm-0 scored the first nine days, bilstm-1 the others. Of the names at .9, those of the newest three days are
    judged: a squat, no squat, on watch.
    """

    settings: object
    last: date = LAST
    gap: date = LAST - timedelta(days=20)
    hostile: str = HOSTILE


@pytest.fixture(scope="session")
def month(new_dates, tmp_path_factory):
    home = tmp_path_factory.mktemp("month")
    (home / "brands.csv").write_text("brand,brand_domain,alarm_budget\npaypal,paypal.com,2\nklarna,klarna.com,\n")
    made = {version: new_dates(home, version, brands_file=home / "brands.csv") for version in ("bilstm-0", "bilstm-1")}
    settings, days = made["bilstm-1"].settings, [LAST - timedelta(days=n) for n in reversed(range(30))]
    for n, day in enumerate(days):
        if day == Month.gap:
            continue
        names = [_flagged(f"paypal-login-{day:%m%d}.com", 0.9), _flagged(f"paypa-{day:%m%d}.com", 0.3)]
        names += [_flagged(f"paypal-vip-{k}.top", 0.6, "addition") for k in range(5)] if day == LAST else []
        names += (
            [_flagged("own-paypal.com", 0.99) | {"is_detection": False, "allowlist_reason": "own"}] if n == 5 else []
        )
        names += [_flagged("</script><script>alert(3)</script>.com", 0.8) | {"brand": HOSTILE}] if n == 3 else []
        made["bilstm-0" if n < 9 else "bilstm-1"].write_verdicts(day, names)
    label_store(settings).add(
        [
            _label(f"paypal-login-{LAST:%m%d}.com", "squat", note="<script>alert(2)</script>"),
            _label(f"paypal-login-{LAST - timedelta(days=1):%m%d}.com", "not_squat"),
            _label(f"paypal-login-{LAST - timedelta(days=2):%m%d}.com", "watch"),
        ]
    )
    made["bilstm-1"].publish()
    return Month(settings)


@pytest.fixture(scope="session")
def nothing_scored(new_dates, tmp_path_factory):
    """Settings of a warehouse that was published without a date."""
    dates = new_dates(tmp_path_factory.mktemp("empty"))
    dates.publish()
    return dates.settings


def _flagged(domain: str, score: float, technique: str = "combo") -> dict:
    return {"domain": domain, "brand": "paypal", "score": score, "technique": technique, "is_detection": score >= 0.5}


def _label(domain: str, verdict: str, note: str = "") -> Label:
    return Label(f"paypal|{domain}", domain, "paypal", verdict, "ana", note, LAST, "bilstm-1", 0.9)


def charts_app(settings) -> FastAPI:
    """The routes below /review, with the headers that the review page has, and without its login."""
    app, outer = FastAPI(openapi_url=None), FastAPI(openapi_url=None)
    charts_routes.add_to(app, render, lambda: settings)
    app.add_api_route("/static/{name}", static_file, methods=["GET"])
    app.middleware("http")(add_headers)
    outer.mount("/review", app)
    return outer


@pytest.fixture(scope="session")
def app_with_charts():
    return charts_app

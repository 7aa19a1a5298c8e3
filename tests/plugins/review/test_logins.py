"""Real logins: the auth manager of docker-compose.yml, the roles that its `init` makes, people on a real API server."""

from __future__ import annotations

from pathlib import Path

import browser as chromium
import httpx
import made_dates
import pytest
import yaml

Desk = made_dates.module_at(Path(__file__).with_name("desk.py")).Desk

pytest.importorskip("airflow.providers.fab", reason="FAB comes with the extra `celery`")

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
LOGINS = "squatwatch.review.logins"
AUTH_MANAGER = "AIRFLOW__CORE__AUTH_MANAGER"

PEOPLE = {"vera": "Viewer", "anna": "Analyst", "otto": "Op"}  # beside the first login, `admin`
HERE = {"Sec-Fetch-Site": "same-origin"}
DAY = "2026-11-07"
PAGES = ["/", "/static/review.js", "/docs", "/openapi.json", "/nowhere"]

pytestmark = pytest.mark.slow


def verdict(detection: str) -> dict:
    return {"run_date": DAY, "detection_ids": [detection], "verdict": "squat"}


@pytest.fixture(scope="module")
def server(start_server, data_root):
    """An API server whose admin has given each of the people a login, as Airflow's page *Users* does."""
    logins = {
        AUTH_MANAGER: COMPOSE["api-server"]["environment"][AUTH_MANAGER],
        "AIRFLOW_ADMIN_PASSWORD": "admin's password",
    }
    server = start_server(data_root, modules=(LOGINS,), **logins)
    admin = server.authorization("admin")
    for name, role in PEOPLE.items():
        user = {"username": name, "password": f"{name}'s password", "roles": [{"name": role}]}
        user |= {"email": f"{name}@example.org", "first_name": name, "last_name": role}
        answer = httpx.post(f"{server.address}/auth/fab/v1/users", json=user, headers=admin, trust_env=False)
        assert answer.status_code == 200, answer.text
    return server


def test_init_makes_the_logins_of_the_manager_that_the_api_server_has():
    assert f"python -m {LOGINS}" in COMPOSE["init"]["command"][0]
    assert COMPOSE["init"]["environment"][AUTH_MANAGER] == COMPOSE["api-server"]["environment"][AUTH_MANAGER]


def test_nobody_sees_anything(server):
    with server.client() as nobody:
        assert {path: nobody.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 401)
        assert nobody.post("/labels", json=verdict("paypal|paypal-login.com"), headers=HERE).status_code == 401


@pytest.mark.parametrize("login", [{"username": "anna", "password": "guessed"}, {"username": "admin", "password": ""}])
def test_a_wrong_password_is_no_login(server, login):
    assert httpx.post(f"{server.address}/auth/token", json=login, trust_env=False).status_code in (400, 401)


# May: judge on the page · have a date run · pause another DAG · keep connections. 403 is a refusal; 404 and 409 come
# behind it, as this Airflow has read no DAG.
@pytest.mark.parametrize(
    "user, detection, statuses",
    [
        ("vera", "paypal|paypal-login.com", (403, 403, 403, 403)),
        ("anna", "paypal|paypal-login.com", (200, 409, 403, 403)),
        ("otto", "paypal|paypal-vip.top", (200, 409, 404, 200)),
        ("admin", "amazon|arnazon.com", (200, 409, 404, 200)),
    ],
)
def test_everybody_sees_the_page_and_a_role_may_do_this_much(server, user, detection, statuses):
    with server.client(user) as page:
        assert page.get("/").status_code == 200
        judged = page.post("/labels", json=verdict(detection), headers=HERE)
        run = page.post("/refresh", json={"run_date": DAY}, headers=HERE)
        airflow = f"{server.address}/api/v2"
        paused = page.patch(f"{airflow}/dags/train_detector", json={"is_paused": True})
        connections = page.get(f"{airflow}/connections")
    assert tuple(answer.status_code for answer in (judged, run, paused, connections)) == statuses


def test_a_verdict_has_the_name_of_the_login_and_a_viewer_is_told_that_he_only_reads(server):
    with server.client("anna") as anna, server.client("vera") as vera:
        assert anna.post("/labels", json=verdict("paypal|xn--pypal-4ve.com"), headers=HERE).status_code == 200
        assert "data-verdict" in anna.get("/").text
        seen = vera.get("/").text
    assert "anna" in seen and "data-verdict" not in seen


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium.browser(tmp_path_factory.mktemp("browser"), wait=10) as started:
        yield started


def test_in_a_browser_an_analyst_judges_and_a_viewer_sees_that_and_cannot(server, browser):
    """Each logs in on the manager's own page, and opens the date in Airflow's frame."""
    desk = Desk(browser, server)
    desk.log_in("anna")
    in_the_frame(desk)
    desk.press("n")
    desk.says(": Not a squat")
    desk.shoot("page-of-an-analyst")
    states = desk.texts("tr [data-part=state]")
    desk.log_in("vera")
    in_the_frame(desk)
    assert desk.find(".read-only").text == "read only"
    assert desk.texts("tr [data-part=state]") == states and states.count("Not a squat") == 1
    desk.press("s")
    assert not desk.browser.find_elements("css selector", "[data-verdict], #all")
    desk.shoot("page-of-a-viewer")
    browser.refresh()
    browser.switch_to.frame(desk.find("iframe"))
    assert desk.texts("tr [data-part=state]") == states


def in_the_frame(desk) -> None:
    desk.browser.get(f"{desk.server.address}/plugin/detections")
    desk.browser.switch_to.frame(desk.find("iframe"))
    assert desk.find("h1").text == "Saturday, 7 November 2026"

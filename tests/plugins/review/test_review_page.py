"""The Detections page on Airflow's own API server, in a real browser: access, judging, hostile names, both themes."""

from __future__ import annotations

import time
from pathlib import Path

import browser as chromium
import made_dates
import pytest

desk_module = made_dates.module_at(Path(__file__).with_name("desk.py"))
Desk, wait_for = desk_module.Desk, desk_module.wait_for
HOSTILE_DAY = "2026-11-02"
PATHS = ["/", "/static/review.js", "/static/review.css", "/docs", "/redoc", "/openapi.json", "/labels", "/nowhere"]
POSTS = ["/labels", "/undo", "/allowlist", "/allowlist/take-back"]
LOGIN = {"run_date": "2026-11-07", "detection_ids": ["paypal|paypal-login.com"], "verdict": "squat"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(start_server, data_root_with_hostile_day):
    """An API server over the three dates and a hostile one, below a base path as behind a proxy."""
    return start_server(data_root_with_hostile_day, base_path="/soc/airflow")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    with chromium.browser(folder, wait=10, logs=("browser", "performance")) as started:
        yield started


@pytest.fixture
def desk(browser, server):
    browser.set_window_size(1400, 1000)
    desk = Desk(browser, server)
    desk.log_in()
    desk.forget()
    return desk


def test_nobody_sees_anything(server):
    with server.client() as nobody:
        assert {path: nobody.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 401)
        assert {path: nobody.post(path, json=LOGIN).status_code for path in POSTS} == dict.fromkeys(POSTS, 401)


def test_a_viewer_looks_and_does_not_write(server):
    with server.client("vera") as viewer:
        assert viewer.get("/").status_code == 200
        here = {"Sec-Fetch-Site": "same-origin"}
        posts = {path: viewer.post(path, json=LOGIN, headers=here).status_code for path in POSTS}
        assert posts == dict.fromkeys(POSTS, 403)


@pytest.mark.parametrize("user", ["uma", "ada"])
def test_a_user_writes_from_here_only(server, user):
    with server.client(user) as somebody:
        for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {}):
            assert somebody.post("/labels", json=LOGIN, headers=headers).status_code == 403
        answer = somebody.post("/labels", json=LOGIN, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 200
        undone = {"run_date": LOGIN["run_date"], "labels": answer.json()["labels"]}
        assert somebody.post("/undo", json=undone, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
        assert [somebody.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


def test_in_airflow_s_navigation_and_frame(desk):
    desk.browser.get(f"{desk.server.address}/plugin/detections")
    desk.browser.switch_to.frame(desk.find("iframe"))
    assert desk.find("h1").text == "Saturday, 7 November 2026"
    desk.press("j", "s")
    desk.says(": Squat")
    assert desk.texts("tr [data-part=state]")[1] == "Squat"
    desk.shoot("page-in-airflow")
    desk.press("u")
    desk.says("as before")
    desk.browser.switch_to.default_content()


def test_judge_undo_and_reload_with_the_keyboard(desk):
    desk.open()
    assert desk.texts("tr [data-part=state]") == ["New"] * 4
    desk.press("s", "n", "w", "o")
    desk.says(": Own")
    judged = ["Squat", "Not a squat", "Watch", "Own"]
    assert desk.texts("tr [data-part=state]") == judged and desk.find("#judged").text == "4"
    desk.press("u")
    desk.says("as before")
    desk.press("m")
    desk.press("fake shop", "\ue007", "s")
    desk.says(": Squat")
    assert desk.texts("tr .note")[3] == "fake shop"
    desk.shoot("page-judged")
    desk.open()
    assert desk.texts("tr [data-part=state]") == [*judged[:3], "Squat"]
    for _ in range(4):  # what can be undone outlives a reload
        desk.press("u")
        desk.says("as before")
        time.sleep(0.3)
    wait_for(lambda: desk.texts("tr [data-part=state]") == ["New"] * 4)


def test_many_at_once_with_keys_and_with_the_mouse(desk):
    desk.open()
    desk.press("x", "j", "x")
    assert desk.find("#target").text == "2 selected"
    desk.shoot("page-selected")
    desk.press("n")
    desk.says("2 detections: Not a squat")
    assert desk.texts("tr [data-part=state]") == ["Not a squat", "Not a squat", "New", "New"]
    desk.find("#all").click()
    desk.find("button[data-verdict=watch]").click()
    desk.says("4 detections: Watch")
    assert desk.texts("tr [data-part=state]") == ["Watch"] * 4
    for _ in range(2):
        desk.find("button[data-act=undo]").click()
        time.sleep(0.5)
    wait_for(lambda: desk.texts("tr [data-part=state]") == ["New"] * 4)


def test_allowlist_this_take_it_back_and_undo_both(desk):
    desk.open()
    desk.press("a")
    desk.press("a partner's shop")
    desk.shoot("page-allowlist")
    desk.press("\ue007")
    desk.says("paypal-login[.]com is on the allowlist")
    assert desk.texts("tr [data-part=state]")[0] == "Allowlisted"
    assert desk.texts("[data-part=excuse]")[0] == "allowlisted from the next run on: a partner's shop"
    assert "squatwatch backfill --from" in desk.find("#stale-command").get_attribute("textContent")
    desk.shoot("page-allowlisted")
    desk.press("a")
    assert desk.find("#take-back-entry").text == "paypal-login[.]com"
    desk.find("#take-back .main").click()
    desk.says("paypal-login[.]com is off the allowlist")
    assert desk.texts("tr [data-part=state]")[0] == "New"
    for state in ("Allowlisted", "New"):  # undo of taking it back, then of the entry
        desk.press("u")
        wait_for(lambda state=state: desk.texts("tr [data-part=state]")[0] == state)


def test_one_key_too_many_judges_nothing(desk):
    desk.open("?date=2026-11-07&brand=amazon")
    desk.press("s")
    desk.says(": Squat")
    assert desk.find("#target").text == "End of the page"
    desk.press("n", "j", "o")
    desk.says("judged to its end")
    assert desk.texts("tr [data-part=state]") == ["Squat"]
    desk.press("k")
    held = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true, repeat: true}))"
    desk.run(held)
    assert desk.texts("tr [data-part=state]") == ["Squat"]
    desk.press("u")
    wait_for(lambda: desk.texts("tr [data-part=state]") == ["New"])


def test_two_analysts_on_one_row_are_asked(desk, server):
    desk.open("?date=2026-11-07&brand=amazon")
    verdict = {
        "run_date": "2026-11-07",
        "detection_ids": ["amazon|arnazon.com"],
        "verdict": "not_squat",
        "note": "a fan",
    }
    with server.client("ada") as ada:
        answer = ada.post("/labels", json=verdict, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 200
        desk.press("s")
        wait_for(lambda: "Not a squat, said ada" in desk.find("#conflict-words").text)
        assert "a fan" in desk.find("#conflict-words").text
        assert desk.find("#conflict-mine").text == "Squat"
        desk.shoot("page-conflict")
        desk.open("?date=2026-11-07&brand=amazon")  # what is not answered outlives a reload
        wait_for(lambda: desk.find("#conflict-mine").text == "Squat")
        desk.find("[data-act=keepTheirs]").click()
        wait_for(lambda: desk.texts("tr [data-part=state]") == ["Not a squat"])
        desk.open("?date=2026-11-07&brand=amazon")
        seen = desk.find("tr[data-id]").get_attribute("data-seen")
        ada.post("/labels", json=verdict | {"verdict": "own"}, headers={"Sec-Fetch-Site": "same-origin"})
        desk.press("s")
        wait_for(lambda: desk.find("#conflict").is_displayed())
        desk.find("[data-act=setMine]").click()
        wait_for(lambda: desk.texts("tr [data-part=state]") == ["Squat"])
        assert int(desk.find("tr[data-id]").get_attribute("data-seen")) > int(seen) and desk.texts("tr .note") == [""]


def test_an_ended_session_loses_no_verdict(desk):
    desk.open("?date=2026-11-07&brand=paypal")
    desk.browser.delete_all_cookies()
    desk.press("w", "n")
    wait_for(lambda: "2 changes are not saved yet" in desk.find("#unsent").text)
    assert "Your session has ended" in desk.find("#unsent").text
    desk.shoot("page-unsent")
    assert desk.texts("tr [data-part=state]")[:2] == ["New", "New"]
    desk.find("#unsent-log-in").click()
    wait_for(lambda: desk.find("h1").text == "Your session has ended")
    desk.find("a").click()
    desk.sign_in("uma")
    wait_for(lambda: desk.texts("tr [data-part=state]")[:2] == ["Watch", "Not a squat"])
    assert not desk.find("#unsent").is_displayed()
    for _ in range(2):
        desk.press("u")
        desk.says("as before")
        time.sleep(0.3)


def test_what_one_analyst_has_not_saved_is_not_sent_as_another(desk):
    desk.open("?date=2026-11-07&brand=paypal")
    desk.browser.delete_all_cookies()
    desk.press("w")
    wait_for(lambda: desk.find("#unsent").is_displayed())
    desk.find("#unsent-log-in").click()
    wait_for(lambda: desk.find("h1").text == "Your session has ended")
    desk.find("a").click()
    desk.sign_in("ada")
    wait_for(lambda: "log in as uma" in desk.find("#unsent").text)
    assert desk.texts("tr [data-part=state]")[0] == "New"
    desk.press("n", "u")  # ada's own, which waits behind it; undo takes that alone back
    desk.says("not sent")
    desk.press("k", "n")
    wait_for(lambda: "2 changes are" in desk.find("#unsent").text)
    desk.find("#unsent-discard").click()
    wait_for(lambda: not desk.find("#unsent").is_displayed())
    assert desk.texts("tr [data-part=state]")[0] == "Not a squat"
    desk.press("u")
    wait_for(lambda: desk.texts("tr [data-part=state]")[0] == "New")


@pytest.mark.parametrize("answer", ["'<h1>Log in</h1>', {status: 200}", "'{}', {status: 500}"])
def test_what_a_proxy_or_a_broken_server_answers_saves_nothing_and_loses_nothing(desk, answer):
    desk.open("?date=2026-11-07&brand=amazon")
    before = desk.texts("tr [data-part=state]")
    desk.run(f"window.kept = window.fetch; window.fetch = async () => new Response({answer})")
    desk.press("o")
    wait_for(lambda: "One change is not saved yet" in desk.find("#unsent").text)
    assert desk.texts("tr [data-part=state]") == before != ["Own"]
    desk.run("window.fetch = window.kept")
    desk.find("[data-act=sendAgain]").click()
    wait_for(lambda: desk.texts("tr [data-part=state]") == ["Own"])
    assert not desk.find("#unsent").is_displayed()
    desk.press("u")
    wait_for(lambda: desk.texts("tr [data-part=state]") == before)


def test_both_themes_and_a_narrow_window(desk):
    grounds = set()
    for theme in ("light", "dark"):
        desk.run(f"localStorage.setItem('theme', '{theme}')")
        desk.open()
        grounds.add(desk.run("return getComputedStyle(document.body).backgroundColor"))
        desk.shoot(f"page-{theme}")
    assert len(grounds) == 2
    desk.browser.set_window_size(500, 900)  # Chromium makes no window narrower
    desk.open()
    assert desk.run("return document.documentElement.scrollWidth <= innerWidth")
    desk.shoot("page-narrow")
    desk.press("?")
    assert desk.find("#help").is_displayed()
    desk.shoot("page-help")


def test_whose_session_has_ended_logs_in_and_is_back_where_he_was(desk):
    desk.browser.delete_all_cookies()
    desk.browser.get(f"{desk.server.address}/squatwatch/?date=2026-11-07&state=New")
    assert desk.find("h1").text == "Your session has ended"
    desk.shoot("page-log-in")
    desk.find("a").click()
    desk.sign_in("uma")
    wait_for(lambda: desk.browser.current_url.endswith("/soc/airflow/squatwatch/?date=2026-11-07&state=New"))
    assert desk.find("h1").text == "Saturday, 7 November 2026"


def test_a_viewer_sees_no_button(desk):
    desk.log_in("vera")
    desk.open()
    desk.browser.implicitly_wait(0)
    assert not desk.texts("[data-verdict]") and len(desk.texts("tr[data-id]")) == 4
    desk.press("j", "s", "a", "x")
    assert desk.find("#toast").text == ""
    desk.browser.implicitly_wait(10)


def test_no_script_of_a_hostile_day_runs_and_no_request_leaves(desk):
    desk.asked()
    desk.open(f"?date={HOSTILE_DAY}")
    assert len(desk.texts("tr[data-id]")) == 11
    desk.shoot("page-hostile")
    for _ in range(11):
        desk.press("x", "j")
    desk.press("m")
    desk.press("<img src=http://evil.test/n onerror=window.hacked=1>", "\ue007", "s")
    desk.says("11 detections: Squat")
    desk.press("a")
    desk.shoot("page-hostile-allowlist")
    desk.press("\ue00c")
    desk.open(f"?date={HOSTILE_DAY}&q=%3Cscript%3Ewindow.hacked%3D1%3C/script%3E")
    assert desk.run("return window.hacked") is None and desk.run("return document.title") != "hacked"
    asked = desk.asked()
    assert asked and all(each.startswith((desk.server.address, "data:image")) for each in asked)
    refused = [entry["message"] for entry in desk.browser.get_log("browser") if "Content Security" in entry["message"]]
    assert refused == []

"""What a person can see and read: whole rows, no sideways scrolling, contrast, a quiet console. In a real browser.

The page is served by uvicorn in this process, without the rest of Airflow, so that every size and theme can be tried.
"""

from __future__ import annotations

import socket
import threading
import time
from datetime import date
from pathlib import Path

import browser as chromium
import made_dates
import pytest

verdict = made_dates.module_at(Path(__file__).with_name("conftest.py")).verdict
FRAME = (1328, 892)  # what Airflow 3.3 leaves to the page in a window of 1400 x 900
SIZES = {
    "400": (400, 800, 1),
    "700": (700, 800, 1),
    "1000": (1000, 800, 1),
    "1400": (*FRAME, 1),
    "150 %": (*FRAME, 1.5),
}
DAY = "2026-11-07"

WHOLE_ROWS = """
const bar = document.querySelector(".judging");
const bottom = bar ? bar.getBoundingClientRect().top : innerHeight;
const rows = [...document.querySelectorAll("tr[data-id]")];
return rows.filter((row) => row.getBoundingClientRect().bottom <= bottom).length;
"""
# every piece of text against the colours that really lie under it, in sRGB, with opacity
CONTRASTS = """
const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
const pen = canvas.getContext("2d", { willReadFrequently: true });
const rgba = (color) => {
  pen.clearRect(0, 0, 1, 1); pen.fillStyle = color; pen.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = (top, below, alpha = top[3]) => [0, 1, 2].map((n) => top[n] * alpha + below[n] * (1 - alpha));
const luminance = (color) => {
  const [r, g, b] = color.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const path = (element) => element ? [...path(element.parentElement), element] : [];
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest(".unseen, .skip, svg")) continue;
  let ground = [255, 255, 255], opacity = 1;
  for (const each of path(element)) {
    const style = getComputedStyle(each);
    ground = over(rgba(style.backgroundColor), ground);
    opacity *= Number(style.opacity);
  }
  const ink = rgba(getComputedStyle(element).color);
  const [light, dark] = [luminance(over(ink, ground, ink[3] * opacity)), luminance(ground)].sort((a, b) => b - a);
  found.push([(light + 0.05) / (dark + 0.05), element.className || element.localName, walker.currentNode.data.trim()]);
}
return found;
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium.browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def serve():
    """serve(app) gives the address of the app, below a path as in Airflow."""
    import uvicorn
    from fastapi import FastAPI

    servers = []

    def start(app):
        outer = FastAPI()
        outer.mount("/squatwatch", app)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(outer, host="127.0.0.1", port=port, log_level="error"))
        threading.Thread(target=server.run, daemon=True).start()
        servers.append(server)
        while not server.started:
            time.sleep(0.05)
        return f"http://127.0.0.1:{port}/squatwatch"

    yield start
    for server in servers:
        server.should_exit = True


@pytest.fixture
def busy_home(new_dates, tmp_path, monkeypatch):
    """A data root with a date of sixty names, five of which are judged in every way."""
    from squatwatch.labels.label import Label
    from squatwatch.labels.store import label_store
    from squatwatch.labels.verdicts import VERDICTS
    from squatwatch.settings import settings as settings_of_process

    dates = new_dates(tmp_path / "busy")
    rows = [verdict(f"paypal-login-{n:02}.com", score=1 - n / 150) for n in range(60)]
    dates.write_verdicts(date.fromisoformat(DAY), rows)
    dates.publish()
    label_store(dates.settings).add([
        Label(f"paypal|{row['domain']}", row["domain"], "paypal", said, "uma", "seen before")
        for row, said in zip(rows, VERDICTS, strict=False)
    ])  # fmt: skip
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "busy"))
    settings_of_process.cache_clear()
    yield tmp_path / "busy"
    settings_of_process.cache_clear()


def resize(browser, width, height, zoom=1.0):
    size = {"width": round(width / zoom), "height": round(height / zoom), "deviceScaleFactor": zoom, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def set_theme(browser, theme):
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def open_page(browser, address):
    browser.get(address)
    time.sleep(0.3)
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_rows_sizes_contrast_and_console(browser, serve, page, busy_home):
    """One test, since serving the page takes longer than looking at it."""
    address = serve(page().client.app)
    whole = {}
    for name, size in SIZES.items():
        resize(browser, *size)
        assert open_page(browser, f"{address}/?date={DAY}") == []
        whole[name] = browser.execute_script(WHOLE_ROWS)
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), name
    assert whole["1400"] >= 10 and min(whole.values()) >= 3, whole  # the first four have a note: two lines

    for theme in ("light", "dark"):
        set_theme(browser, theme)
        for size in ("1400", "400"):
            resize(browser, *SIZES[size])
            open_page(browser, f"{address}/?date={DAY}")
            browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
            contrasts = browser.execute_script(CONTRASTS)
            assert len(contrasts) > 200 and any("seen before" in text for _, _, text in contrasts)
            assert [each for each in contrasts if each[0] < 4.5] == [], (theme, size)

    for path in ("/brands", "/brands/paypal", "/models", "/?date=2026-11-01"):
        for name in ("1400", "400"):
            resize(browser, *SIZES[name])
            assert open_page(browser, f"{address}{path}") == [], path
            assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), (path, name)
            for theme in ("light", "dark"):
                set_theme(browser, theme)
                faint = [each for each in browser.execute_script(CONTRASTS) if each[0] < 4.5]
                assert faint == [], (path, name, theme)


def test_a_date_is_typed_whole_before_anything_happens(browser, serve, page, home):
    address = serve(page().client.app)
    resize(browser, *FRAME)
    open_page(browser, f"{address}/?date={DAY}")
    field = browser.find_element("css selector", "#date")
    field.send_keys("11052026")
    assert browser.current_url.endswith(f"?date={DAY}")
    field.send_keys("\ue007")
    time.sleep(0.5)
    assert browser.current_url.endswith("?date=2026-11-05")


def test_tab_leads_to_the_skip_link_first_and_detail_opens_by_key(browser, serve, page, home):
    address = serve(page().client.app)
    resize(browser, *FRAME)
    open_page(browser, f"{address}/?date={DAY}")
    assert browser.execute_script("return document.querySelector('a').textContent") == "Skip to the content"
    assert browser.execute_script("return document.querySelector('a').hash") == "#content"
    browser.switch_to.active_element.send_keys("i")
    assert browser.execute_script("return document.querySelector('tr[data-current] details.more').open")


def test_the_button_says_what_airflow_answers(browser, serve, page, home, monkeypatch):
    from squatwatch.review import refresh

    monkeypatch.setattr(refresh, "trigger_dag", lambda *_, **__: None)
    monkeypatch.setattr(refresh, "is_paused", lambda session: False)
    address = serve(page().client.app)
    resize(browser, *FRAME)
    open_page(browser, f"{address}/?date=2026-11-01")
    browser.find_element("css selector", "section.empty [data-refresh]").click()
    time.sleep(1)
    words = browser.find_element("css selector", "section.empty [data-outcome]").text
    assert words == "Airflow runs 2026-11-01 now. Reload the page in a minute."


@pytest.fixture
def ranked_home(new_dates, tmp_path, monkeypatch):
    """A data root with a ranked date: a wave of three names, a name that is alone, two uses, and what is none of it."""
    from squatwatch.settings import settings as settings_of_process

    dates, day = new_dates(tmp_path / "ranked"), date.fromisoformat(DAY)
    wave = {"wave_id": "w1", "wave_size": 3, "note": "one of three names like this"}
    ranked = [{"domain": f"paypal-shop-{n}.com", "squat": 0.9 - n / 100, "use": 0.0} | wave for n in (1, 2, 3)]
    ranked += [{"domain": "paypal-login.com", "squat": 0.5, "use": 0.1}]
    ranked += [{"domain": f"paypal-fans-{n}.net", "squat": 0.1, "use": 0.8, "taken_for": "use"} for n in (1, 2)]
    ranked += [{"domain": "papal.net", "squat": 0.1, "use": 0.0, "taken_for": "other"}]
    dates.write_verdicts(day, [verdict(row["domain"]) for row in ranked])
    dates.write_rankings(day, [row | {"brand": "paypal"} for row in ranked])
    dates.publish()
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "ranked"))
    settings_of_process.cache_clear()
    yield tmp_path / "ranked"
    settings_of_process.cache_clear()


def test_a_wave_and_uses_unfold_and_a_wave_is_judged_as_one(browser, serve, page, ranked_home):
    """Keys of the page are enough for it, and the boxes that unfold work where no script runs."""
    from squatwatch.labels.store import label_store
    from squatwatch.settings import settings as settings_of_process

    def current():
        return browser.execute_script("return document.querySelector('tr[data-current]')?.dataset.alabel")

    def press(*keys):
        for key in keys:
            browser.switch_to.active_element.send_keys(key)
        return current()

    def shown():
        rows = browser.find_elements("css selector", "tr[data-id]")
        return [row.get_attribute("data-alabel").removesuffix("[.]com") for row in rows if row.is_displayed()]

    address = f"{serve(page().client.app)}/?date={DAY}"
    resize(browser, *FRAME)
    assert open_page(browser, address) == []
    assert shown() == ["paypal-shop-1", "paypal-login"] and current() == "paypal-shop-1[.]com"
    assert press("j") == "paypal-login[.]com" and press("j") == "paypal-login[.]com"
    assert press("k", "v", "j") == "paypal-shop-2[.]com"  # unfolded
    assert press("v") == "paypal-shop-1[.]com"  # folded again, which leaves its first name
    press("X")
    assert browser.find_element("css selector", "#target").text == "3 selected"
    assert press("s") == "paypal-login[.]com"
    deadline = time.monotonic() + 30
    while browser.find_element("css selector", "#judged").text != "3" and time.monotonic() < deadline:
        time.sleep(0.05)
    judged = label_store(settings_of_process()).current().values()
    assert {(label.domain, str(label.verdict)) for label in judged} == {
        (f"paypal-shop-{n}.com", "squat") for n in (1, 2, 3)
    }
    press("v")  # from a name that is in no wave, what stands at the end
    assert shown()[-3:] == ["paypal-fans-1[.]net", "paypal-fans-2[.]net", "papal[.]net"]

    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        open_page(browser, address)
        browser.find_element("css selector", ".wave .unfold").click()
        assert shown()[:3] == ["paypal-shop-1", "paypal-shop-2", "paypal-shop-3"]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

"""The slider in a real browser, by keyboard, under a strict policy."""

from __future__ import annotations

import threading
import time

import browser as chromium
import pytest
import uvicorn


@pytest.fixture(scope="module")
def address(app_with_charts, month):
    server = uvicorn.Server(uvicorn.Config(app_with_charts(month.settings), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/review"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium.browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def shown(browser, address):
    """shown("total") is the text of that element on the page of paypal, its threshold of .5 in force."""
    browser.get(f"{address}/brands/paypal")
    return lambda element_id: browser.find_element("id", element_id).text


def press(browser, *keys: str) -> None:
    for key in keys:
        browser.find_element("id", "choice").send_keys(key)


def test_a_higher_threshold_names_what_would_go_and_back_takes_it_back(browser, shown):
    from selenium.webdriver.common.keys import Keys

    assert (shown("chosen"), shown("total"), shown("come-count")) == ("0.5", "34", "")
    press(browser, *[Keys.ARROW_RIGHT] * 3)  # .55, .6, .65
    assert (shown("chosen"), shown("total"), shown("per-day"), shown("over")) == ("0.65", "29", "1.0", "0")
    assert (shown("squats"), shown("false-alarms"), shown("go-count")) == ("1", "1", "5")
    assert shown("go").splitlines()[0] == "paypal-vip-4[.]top"
    browser.find_element("id", "back").click()
    assert (shown("chosen"), shown("total"), shown("go")) == ("0.5", "34", "")


def test_a_lower_threshold_names_what_would_come_and_the_bars_grow(browser, shown):
    from selenium.webdriver.common.keys import Keys

    newest = browser.find_elements("css selector", "#what-if .numbers text")[-1]
    assert newest.text == "6"
    press(browser, Keys.HOME)  # .15
    assert (shown("chosen"), shown("total"), shown("come-count")) == ("0.15", "63", "29")
    assert shown("come").splitlines()[-1] == "and 4 more"
    assert newest.text == "7"
    press(browser, Keys.END)
    assert (shown("chosen"), shown("total"), newest.text) == ("1", "0", "")


def test_the_policy_refuses_nothing(browser, shown):
    told = [entry["message"] for entry in browser.get_log("browser")]
    assert not [message for message in told if "favicon" not in message]

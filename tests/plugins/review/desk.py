"""Somebody in front of a browser that shows the Detections page of a real API server.

Screenshots are taken where $SQUATWATCH_SCREENSHOTS names a folder for them.
"""

from __future__ import annotations

import json
import os
import time

SHOTS = os.environ.get("SQUATWATCH_SCREENSHOTS")


class Desk:
    """An analyst at the page: logs in, opens dates, presses keys, reads."""

    def __init__(self, browser, server):
        self.browser, self.server = browser, server

    def log_in(self, user: str = "uma") -> None:
        """Log in by Airflow's page the first time, then by its cookies: all of Airflow is loaded behind the page."""
        self.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})  # of somebody who was here before
        if user in self.server.sessions:
            self.browser.execute_cdp_cmd("Storage.setCookies", self.server.sessions[user])
            return
        self.browser.get(f"{self.server.address}/auth/login")
        self.sign_in(user)
        self.server.sessions[user] = self.browser.execute_cdp_cmd("Storage.getCookies", {})

    def forget(self) -> None:
        """Empties what the page has stored in the browser, from a file of it that runs no script."""
        self.browser.get(f"{self.server.address}/squatwatch/static/review.css")
        self.run("localStorage.clear(); sessionStorage.clear()")

    def sign_in(self, user: str) -> None:
        self.find("[name=username]").send_keys(user)
        self.find("[name=password]").send_keys(f"{user}'s password")
        self.find("[type=submit]").click()
        wait_for(lambda: self.browser.get_cookie("_token"))

    def open(self, query: str = "?date=2026-11-07") -> None:
        self.browser.get(f"{self.server.address}/squatwatch/{query}")
        wait_for(lambda: self.browser.find_elements("css selector", "main"))

    def find(self, selector: str):
        return wait_for(lambda: self.browser.find_elements("css selector", selector))[0]

    def texts(self, selector: str) -> list[str]:
        return [each.text for each in self.browser.find_elements("css selector", selector)]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)

    def says(self, text: str) -> None:
        wait_for(lambda: text in self.find("#toast").text)

    def shoot(self, name: str) -> None:
        if SHOTS:
            self.browser.save_screenshot(f"{SHOTS}/{name}.png")

    def run(self, script: str):
        return self.browser.execute_script(script)

    def asked(self) -> list[str]:
        """Where the browser sent requests to since this was last called."""
        messages = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return value

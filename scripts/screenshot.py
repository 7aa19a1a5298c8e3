"""Make docs/images/detections.png, the picture of the page in the README, from the embedded sample alone.

    python scripts/screenshot.py

Runs two dates of the sample (invented names) into a folder of its own, judges some of them, and opens the page in a
headless Chromium. Needs chromium and chromium-driver.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "detections.png"
DATES = ("2026-11-06", "2026-11-07")
WIDTH, HEIGHT = 1400, 900
JUDGED = {1: "squat", 2: "squat", 4: "watch", 6: "own", 7: "not_squat"}  # row of the page: verdict
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server", "--lang=en-US")


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SQUATWATCH_", "AIRFLOW"))}
        os.environ.clear()
        os.environ.update(clean | {"SQUATWATCH_HOME": f"{folder}/data", "AIRFLOW_HOME": f"{folder}/airflow"})
        for run_date in DATES:
            command = [sys.executable, "-m", "squatwatch.cli", "run", "--date", run_date]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with served() as address:
            PICTURE.parent.mkdir(parents=True, exist_ok=True)
            take(f"{address}/?date={DATES[-1]}", PICTURE, f"{folder}/browser")
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Serve the page without the rest of Airflow, as the user `ana`; give its address."""
    import uvicorn
    from airflow.api_fastapi.app import create_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.api_fastapi.core_api.security import get_user
    from airflow.models.dag import DagModel
    from fastapi import FastAPI

    from squatwatch.review.app import create_app
    from squatwatch.review.runs import failures, run_states

    create_auth_manager()
    DagModel.get_team_name = staticmethod(lambda dag_id: None)  # this asks Airflow's database, and there is none
    page = create_app()
    page.dependency_overrides[get_user] = lambda: SimpleAuthManagerUser(username="ana", role="USER")
    page.dependency_overrides[run_states] = lambda: {}
    page.dependency_overrides[failures] = lambda: lambda run_date: None
    outer = FastAPI()
    outer.mount("/squatwatch", page)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(outer, host="127.0.0.1", port=port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/squatwatch"
    server.should_exit = True


def take(address: str, picture: Path, profile: str) -> None:
    """Judge some rows as a person does, then save what the browser shows."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get(address)
        for row, verdict in JUDGED.items():
            browser.find_elements("css selector", "tr[data-id] td.why")[row].click()
            browser.find_element("css selector", f"[data-verdict={verdict}]").click()
            time.sleep(0.5)
        browser.get(address)  # without the line that says what was done last
        time.sleep(1)
        browser.save_screenshot(str(picture))
    finally:
        browser.quit()
    shrink(picture)


def shrink(picture: Path) -> None:
    """Write the picture again with 128 colours: a third of the size, and no difference to the eye."""
    from PIL import Image

    Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)


if __name__ == "__main__":
    main()

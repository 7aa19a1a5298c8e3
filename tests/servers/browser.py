"""Chromium, as tests drive it: headless, without requests of its own; skipped where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

BROWSER, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
           --disable-background-networking --disable-component-update --disable-sync --no-proxy-server
           --window-size=1400,1000 --lang=en-US"""


@contextmanager
def browser(folder: Path, wait: float = 0, logs: tuple[str, ...] = ("browser",)) -> Iterator[Chrome]:
    """A browser with its profile in the folder. It waits so many seconds for what a test looks for."""
    for program in (BROWSER, DRIVER):
        if not program.exists():
            pytest.skip(f"no browser: {program} is missing (apt-get install chromium chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    options.set_capability("goog:loggingPrefs", dict.fromkeys(logs, "ALL"))
    for flag in [*FLAGS.split(), f"--user-data-dir={folder}"]:
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    started.implicitly_wait(wait)
    try:
        yield started
    finally:
        started.quit()

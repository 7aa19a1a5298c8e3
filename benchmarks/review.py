"""Measure how long the Detections page takes for 500 flagged in 150,000 names, with a month of dates before it.

    .venv/bin/python benchmarks/review.py

Asked of Airflow's own API server as a browser would ask: login, permissions, queries and the page itself. The data root
is written as the tests write theirs; every name above the score floor (3,000 of the day) is read, and labels of 200.
"""

from __future__ import annotations

import importlib.util
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store

TESTS = Path(__file__).resolve().parents[1] / "tests"
DAY = date(2026, 11, 7)
NAMES, ABOVE_FLOOR, FLAGGED, LABELLED, DAYS_BEFORE = 150_000, 3_000, 500, 200, 30
BRANDS = [f"brand{n}" for n in range(20)]
TECHNIQUES = ["combo", "combo-typo", "homoglyph", "addition", "omission", "transposition", "tld-swap"]
ASKED = {
    "the day": f"?date={DAY}",
    "its last page": f"?date={DAY}&page=10",
    "one brand": f"?date={DAY}&brand=brand7",
    "one state": f"?date={DAY}&state=Escalated",
    "a search": f"?date={DAY}&q=login",
    "another day": f"?date={DAY - timedelta(days=9)}",
}
TIMES = 20


def main() -> None:
    tests = {
        name: load(path)
        for name, path in (("dates", "plugins/conftest.py"), ("server", "plugins/review/api_server.py"))
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "data"
        write(tests["dates"], home)
        server = tests["server"].ApiServer(Path(folder), home)
        try:
            server.start()
            measure(server)
        finally:
            server.stop()


def measure(server) -> None:
    """Print milliseconds; the first two rows are paid once a server, and once a date and publish."""
    with server.client("uma") as analyst:
        print(f"{'the first page of a new server':34}{milliseconds(analyst, ASKED['another day']):8.0f} ms")
        print(f"{'the day, first time':34}{milliseconds(analyst, ASKED['the day']):8.0f} ms")
        show_first = [milliseconds(analyst, f"?date={DAY - timedelta(days=n)}") for n in range(1, 9)]
        print(f"{'eight other days, first time each':34}{statistics.median(show_first):8.0f} ms (median)")
        print(f"\n{'':34}{'median':>8}{'slowest':>9}  of {TIMES}")
        for name, query in ASKED.items():
            show(name, [milliseconds(analyst, query) for _ in range(TIMES)])
        show("a verdict", [judge(analyst, n) for n in range(TIMES)])


def milliseconds(analyst, query: str) -> float:
    began = time.perf_counter()
    answer = analyst.get(f"/{query}")
    assert answer.status_code == 200, answer.text
    return (time.perf_counter() - began) * 1000


def judge(analyst, n: int) -> float:
    what = {"run_date": str(DAY), "detection_ids": [row(n)["detection_id"]], "verdict": "watch", "note": "benchmark"}
    began = time.perf_counter()
    answer = analyst.post("/labels", json=what, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200, answer.text
    return (time.perf_counter() - began) * 1000


def show(name: str, times: list[float]) -> None:
    print(f"{name:34}{statistics.median(times):8.0f}{max(times):9.0f}  ms")


def write(dates, home: Path) -> None:
    """Return the data root, published."""
    writer = dates.Dates(dates.read_settings(home=home))
    for back in range(DAYS_BEFORE, 0, -1):
        writer.write_verdicts(DAY - timedelta(days=back), [row(n) for n in range(back, ABOVE_FLOOR, 30)])
    flagged = [row(n) for n in range(ABOVE_FLOOR)]
    writer.write_verdicts(DAY, flagged, tuple(f"garden-{n}.com" for n in range(NAMES - ABOVE_FLOOR)))
    writer.publish()
    judged = [
        Label(each["detection_id"], each["domain"], each["brand"], "squat", "uma", "", DAY, "bilstm-1", each["score"])
        for each in flagged[: 2 * LABELLED : 2]
    ]
    label_store(writer.settings).add(judged)


def row(n: int) -> dict:
    """Return the n-th name of a day: the first 500 are flagged."""
    brand, technique = BRANDS[n * 7 % 20], TECHNIQUES[n % 7]
    domain = f"{brand}-login-{n}.com"
    score = 1 - n / FLAGGED / 2 if n < FLAGGED else 0.49 - n / ABOVE_FLOOR / 3
    components = {f"component_{name}": 4.2 for name in ("resemblance", "placement", "surroundings", "words")}
    return components | {
        "detection_id": f"{brand}|{domain}",
        "domain": domain,
        "brand": brand,
        "score": score,
        "is_detection": n < FLAGGED,
        "technique": technique,
        "matched_text": brand,
        "aligned": [],
        "reason": f"`{brand}` plus `login`",
    }


def load(path: str):
    spec = importlib.util.spec_from_file_location(Path(path).stem, TESTS / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()

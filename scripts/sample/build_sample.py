"""Write the sample lists that come with squatwatch: `python scripts/sample/build_sample.py`, the same every time.

Seven days of invented names in the format of WhoisDS: a zip with one member `domain-names.txt`, CRLF, unsorted.
Each day has ordinary names (sample_names.py), the look-alikes and near misses of planted.csv, and a few lines that
are no registrable domain, because real lists have them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

import sample_names

from squatwatch.names.idn import to_ascii
from squatwatch.sources.sample import FOLDER, PREFIX

FIRST_DATE = date(2026, 11, 1)
DATE_COUNT = 7
OWN_DOMAINS = ["paypal.com", "amazon.de", "microsoft.com", "netflix.com", "santander.com", "dhl.com", "google.com"]


def build() -> dict[date, bytes]:
    """Return {date: its zip file}. No ordinary name is in two of them."""
    lists, used = {}, {planted for rows in planted_by_date().values() for planted in rows}
    for number in range(DATE_COUNT):
        run_date = FIRST_DATE + timedelta(days=number)
        rng = Random(f"squatwatch sample {run_date}")
        ordinary = _ordinary_names(rng, rng.randrange(2500, 3000), used)
        lines = [*ordinary, *planted_by_date()[run_date], *_bad_lines(rng, run_date, ordinary)]
        rng.shuffle(lines)
        lists[run_date] = _zipped(lines, run_date)
    return lists


def planted_by_date() -> dict[date, list[str]]:
    """Return {date: look-alikes and near misses}, as they stand in the lists, with A-labels."""
    planted: dict[date, list[str]] = {}
    with Path(__file__).with_name("planted.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            planted.setdefault(date.fromisoformat(row["run_date"]), []).append(to_ascii(row["domain"]))
    return planted


def _ordinary_names(rng: Random, count: int, used: set[str]) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        name = sample_names.ordinary(rng)
        if name not in used:
            used.add(name)
            found.append(name)
    return found


def _bad_lines(rng: Random, run_date: date, ordinary: list[str]) -> list[str]:
    """Return what feeds send besides names: rejects, duplicates, names as people write them, a brand's own domain."""
    once, twice = rng.sample([name for name in ordinary if name.isascii()], 2)
    return [
        f"203.0.113.{run_date.day}",
        f"https://{rng.choice(ordinary)}/index.html",
        "bakery..example.com",
        "a" * 64 + ".com",
        f"_dmarc.{rng.choice(ordinary)}",
        f"under_score{run_date.day}.com",
        "<script>alert(1)</script>.com",
        once.upper(),
        twice + ".",
        f"café-{sample_names.pick(rng, 'nouns')}.fr",
        OWN_DOMAINS[run_date.day % len(OWN_DOMAINS)],
    ]


def _zipped(lines: list[str], run_date: date) -> bytes:
    """Return a zip of one member with a fixed time, so that the same lines give the same bytes."""
    member = zipfile.ZipInfo("domain-names.txt", (run_date.year, run_date.month, run_date.day, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    member.create_system = 3
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(member, "".join(line + "\r\n" for line in lines).encode(), compresslevel=9)
    return archive.getvalue()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for run_date, content in build().items():
        path = FOLDER / f"{PREFIX}{run_date}.zip"
        path.write_bytes(content)
        print(f"{path.name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()

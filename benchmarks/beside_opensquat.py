"""Load, transform and candidates beside openSquat's matcher on the same names and brands: CPU seconds and peak memory.

    python benchmarks/beside_opensquat.py [--plot FOLDER]

Names are real ones where the real lists are (../shared/data), else packaged popular names; brands are popular names.
Ours is `squatwatch load` and `squatwatch transform`, each a process of its own with all that it starts: features for
all names, allowlist, candidates, tests included. openSquat's is `SquattingDetector(confidence_level=1).check` for each
brand (extra `evaluation`), in a process of its own as well. Its cost is a sum over names and brands; where that would
take an hour it is measured on fewer names and multiplied, which the table says.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

REAL_DAYS = Path(__file__).resolve().parents[2] / "shared/data/registrations"
NAMES = 150_000
DATE = "2024-06-13"
LONGEST = 12_000_000  # comparisons of openSquat that are measured; some four minutes


class Cost(NamedTuple):
    cpu: float  # seconds, children included
    peak_mib: float  # of the largest process


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", type=Path, metavar="FOLDER", help="where cost-by-names.svg and cost-by-brands.svg go")
    parser.add_argument("--only", choices=["names", "brands"], help="one of the two series")
    arguments = parser.parse_args()
    names, brands = all_names(), all_brands()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as scratch:
        series = {
            "names": [(count, 40) for count in (25_000, 50_000, 100_000, NAMES)],
            "brands": [(NAMES, count) for count in (10, 40, 200, 1_000)],
        }
        measured: dict[tuple[int, int], tuple[Cost, Cost]] = {}
        print(f"{'names':>9}{'brands':>8}{'CPU s':>9}{'MiB':>7}{'openSquat -c1':>15}{'MiB':>7}{'times':>8}")
        for points in [series[arguments.only]] if arguments.only else series.values():
            for point in points:
                if point not in measured:
                    measured[point] = measure(Path(scratch), names, brands, *point)
    if arguments.plot:
        for what, points in series.items():
            plot(arguments.plot, what, points, measured)


def measure(scratch: Path, names: list[str], brands: list[str], count: int, brand_count: int) -> tuple[Cost, Cost]:
    listed, watched = scratch / "names.txt", scratch / "brands.csv"
    listed.write_text("\n".join(names[:count]))
    rows = [f"{brand},{brand}.com" for brand in brands[:brand_count]]
    watched.write_text("\n".join(["brand,brand_domain", *rows]))
    ours = ours_on(scratch, listed, watched)
    theirs, note = opensquat_on(scratch, names[:count], brands[:brand_count])
    ratio = theirs.cpu / ours.cpu
    print(
        f"{count:9,}{brand_count:8,}{ours.cpu:9.1f}{ours.peak_mib:7.0f}{theirs.cpu:15.1f}{theirs.peak_mib:7.0f}"
        f"{ratio:8.1f}  {note}",
        flush=True,
    )
    return ours, theirs


def ours_on(scratch: Path, listed: Path, watched: Path) -> Cost:
    with tempfile.TemporaryDirectory(dir=scratch) as home:
        environment = {"SQUATWATCH_HOME": home}
        squatwatch = [sys.executable, "-m", "squatwatch.cli"]
        day = ["--date", DATE]
        probe([*squatwatch, "download", *day, "--input", str(listed)], environment)
        load = probe([*squatwatch, "load", *day], environment)
        transform = probe([*squatwatch, "transform", *day, "--brands", str(watched)], environment)
        return Cost(load.cpu + transform.cpu, max(load.peak_mib, transform.peak_mib))


def opensquat_on(scratch: Path, names: list[str], brands: list[str]) -> tuple[Cost, str]:
    """The cost for all the names, measured on every nth where all would take too long."""
    step = max(1, -(-len(names) * len(brands) // LONGEST))
    work = scratch / "opensquat.json"
    work.write_text(json.dumps({"names": names[::step], "brands": brands}))
    cost = probe([sys.executable, __file__, "--opensquat", str(work)], {})
    note = f"on every {step}th name, times {step}" if step > 1 else ""
    return Cost(cost.cpu * step, cost.peak_mib), note


def run_opensquat(work: Path) -> None:
    from opensquat.squatting_detector import SquattingDetector

    given = json.loads(work.read_text())
    detector = SquattingDetector(confidence_level=1)
    print(sum(len(detector.check(brand, given["names"])) for brand in given["brands"]), "found", file=sys.stderr)


def probe(command: list[str], environment: dict[str, str]) -> Cost:
    """Runs a command in a process that reports its own and its children's cost."""
    ran = subprocess.run(
        [sys.executable, __file__, "--probe", *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ran.stderr}")
    return Cost(*json.loads(ran.stdout.splitlines()[-1]))


def report(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))


def all_names() -> list[str]:
    if REAL_DAYS.is_dir():
        lists = [
            gzip.decompress(path.read_bytes()).decode().split() for path in sorted(REAL_DAYS.glob("2020-05-08*.gz"))
        ]
        return list(dict.fromkeys(name for names in lists for name in names))[:NAMES]
    from squatwatch_ml.names import popular_domains

    return popular_domains()[:NAMES]


def all_brands() -> list[str]:
    import numpy as np

    from squatwatch_ml.names import labels_of, popular_domains

    labels = [label for label in labels_of(popular_domains("tranco10k")) if re.fullmatch("[a-z]{5,14}", label)]
    return [labels[at] for at in np.random.default_rng(1).permutation(len(labels))]


def plot(folder: Path, what: str, points: list[tuple[int, int]], measured: dict) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "squatwatch"
    from matplotlib import pyplot

    at = {"names": 0, "brands": 1}[what]
    held = f"{points[0][1]} brands" if what == "names" else f"{NAMES:,} names"
    figure, axes = pyplot.subplots(figsize=(6.4, 4))
    for name, index in (("openSquat -c1", 1), ("squatwatch load and transform", 0)):
        axes.plot([point[at] for point in points], [measured[point][index].cpu for point in points], "o-", label=name)
    axes.set(xlabel=f"{what}, {held}", ylabel="CPU seconds", xscale="log", yscale="log")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(folder / f"cost-by-{what}.svg", metadata={"Date": None})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--probe"]:
        report(sys.argv[2:])
    elif sys.argv[1:2] == ["--opensquat"]:
        run_opensquat(Path(sys.argv[2]))
    else:
        started = time.monotonic()
        main()
        print(f"\n{time.monotonic() - started:.0f} s in all")

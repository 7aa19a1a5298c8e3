"""Load, transform and candidates beside openSquat's matcher on the same names and brands: CPU seconds and peak memory.

    python benchmarks/beside_opensquat.py [--plot FOLDER]

Brands are popular names. Ours is `squatwatch load` and `squatwatch transform`, each a process of its own with all that
it starts: features for all names, allowlist, candidates, tests included, in a data root that has had a day before, as
all but the first have. openSquat's is `SquattingDetector(confidence_level=1).check` for each brand (extra
`evaluation`), in a process of its own as well. Its cost is a sum over names and brands; where that would take an hour
it is measured on fewer names and multiplied, which the table says.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

from cost import Cost, cost_of, squatwatch
from names import DAY as NAMES
from names import names_of_a_day, write_list

DATE = "2024-06-13"
LONGEST = 6_000_000  # comparisons of openSquat that are measured; some two minutes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", type=Path, metavar="FOLDER", help="where cost-by-names.svg and cost-by-brands.svg go")
    parser.add_argument("--only", choices=["names", "brands"], help="one of the two series")
    arguments = parser.parse_args()
    names, brands = names_of_a_day(), all_brands()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as scratch:
        series = {
            "names": [(count, 40) for count in (25_000, 75_000, NAMES)],
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
    listed, watched = write_list(scratch / "names.txt", names[:count]), scratch / "brands.csv"
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
        few = write_list(Path(home) / "few.txt", listed.read_text().split()[:100])
        brands = ["--brands", watched]
        squatwatch(home, "run", "--date", "2020-01-01", "--input", few, *brands)
        squatwatch(home, "download", "--date", DATE, "--input", listed)
        load = squatwatch(home, "load", "--date", DATE)
        transform = squatwatch(home, "transform", "--date", DATE, *brands)
        return Cost(load.cpu + transform.cpu, load.wall + transform.wall, max(load.peak_mib, transform.peak_mib))


def opensquat_on(scratch: Path, names: list[str], brands: list[str]) -> tuple[Cost, str]:
    """Return the cost for all the names, measured on every nth where all would take too long."""
    step = max(1, -(-len(names) * len(brands) // LONGEST))
    work = scratch / "opensquat.json"
    work.write_text(json.dumps({"names": names[::step], "brands": brands}))
    cost = cost_of([sys.executable, __file__, "--opensquat", str(work)])
    note = f"on every {step}th name, times {step}" if step > 1 else ""
    return cost._replace(cpu=cost.cpu * step), note


def run_opensquat(work: Path) -> None:
    from opensquat.squatting_detector import SquattingDetector

    given = json.loads(work.read_text())
    detector = SquattingDetector(confidence_level=1)
    print(sum(len(detector.check(brand, given["names"])) for brand in given["brands"]), "found", file=sys.stderr)


def all_brands() -> list[str]:
    import numpy as np

    from squatwatch_ml.text.names import labels_of, popular_domains

    labels = [label for label in labels_of(popular_domains("tranco10k")) if re.fullmatch("[a-z]{5,14}", label)]
    return [labels[at] for at in np.random.default_rng(1).permutation(len(labels))]


def plot(folder: Path, what: str, points: list[tuple[int, int]], measured: dict) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "squatwatch", "svg.fonttype": "none", "font.family": "sans-serif"}
    from matplotlib import pyplot

    at = {"names": 0, "brands": 1}[what]
    held = f"{points[0][1]} brands" if what == "names" else f"{NAMES:,} names"
    figure, axes = pyplot.subplots(figsize=(6.4, 4))
    counts = [point[at] for point in points]
    for name, index in (("openSquat -c1", 1), ("squatwatch load and transform", 0)):
        costs = [measured[point][index].cpu for point in points]
        axes.plot(counts, costs, "o-", label=name)
        for count, cost in zip(counts, costs, strict=True):
            axes.annotate(f"{cost:,.0f}", (count, cost), (0, 6), textcoords="offset points", ha="center")
    axes.set(xlabel=f"{what} ({held})", ylabel="CPU seconds", xscale="log", yscale="log")
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.minorticks_off()
    axes.margins(0.1, 0.15)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="upper left")
    figure.tight_layout()
    figure.savefig(folder / f"cost-by-{what}.svg", metadata={"Date": None})


if __name__ == "__main__":
    run_opensquat(Path(sys.argv[2])) if sys.argv[1:2] == ["--opensquat"] else main()

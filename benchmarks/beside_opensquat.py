"""The whole `squatwatch run` for ever more names and brands, beside openSquat's matcher: CPU seconds and peak memory.

    python benchmarks/beside_opensquat.py [--only names|brands] [--plot FOLDER]

Brands are popular names. Each run is the second of a data root, which has had a day of a hundred names with the same
brands. openSquat is measured at some of the points (opensquat_on.py), on as many comparisons as take it ten seconds.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from cost import Cost, squatwatch
from names import DAY, names_of_a_day, popular_brands, spread, write_brands, write_list
from opensquat_on import opensquat_on

LONGEST = 500_000  # comparisons of openSquat that are measured; some ten seconds
SERIES = {
    "names": [(count, 40) for count in (1_000, 10_000, 100_000, 1_000_000)],
    "brands": [(DAY, count) for count in (10, 40, 200, 1_000, 5_000)],
}
BESIDE = {(1_000, 40), (100_000, 40), (1_000_000, 40), (DAY, 10), (DAY, 200), (DAY, 5_000)}
LINES = ("openSquat -c1", "squatwatch run")
Point = tuple[int, int]  # numbers of names and brands
Measured = tuple[Cost | None, Cost]  # in the order of LINES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", type=Path, metavar="FOLDER", help="where cost-by-names.svg and cost-by-brands.svg go")
    parser.add_argument("--only", choices=SERIES, help="one of the two series")
    arguments = parser.parse_args()
    print(f"{'names':>9}{'brands':>8}{'CPU s':>9}{'MiB':>7}{'openSquat -c1':>15}{'MiB':>7}{'times':>8}")
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as scratch:
        for what in [arguments.only] if arguments.only else SERIES:
            measured = {point: measure(Path(scratch), *point) for point in SERIES[what]}
            if arguments.plot:
                plot(arguments.plot, what, measured)


def measure(scratch: Path, count: int, brand_count: int) -> Measured:
    names, brands = spread(names_of_a_day(max(count, DAY)), count), popular_brands(brand_count)
    ours = ours_on(scratch, write_list(scratch / "names.txt", names), write_brands(scratch / "brands.csv", brands))
    print(f"{count:9,}{brand_count:8,}{ours.cpu:9.1f}{ours.peak_mib:7.0f}", end="", flush=True)
    if (count, brand_count) not in BESIDE:
        print(flush=True)
        return None, ours
    theirs, note = opensquat_on(scratch, names, brands, LONGEST)
    print(f"{theirs.cpu:15,.1f}{theirs.peak_mib:7.0f}{theirs.cpu / ours.cpu:8.1f}  {note}", flush=True)
    return theirs, ours


def ours_on(scratch: Path, names: Path, brands: Path) -> Cost:
    with tempfile.TemporaryDirectory(dir=scratch) as home:
        few = write_list(scratch / "few.txt", [name.replace(".", "-0.", 1) for name in names_of_a_day(100)])
        for run_date, listed in (("2024-06-12", few), ("2024-06-13", names)):
            cost = squatwatch(home, "run", "--date", run_date, "--input", listed, "--brands", brands)
        return cost


def plot(folder: Path, what: str, measured: dict[Point, Measured]) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "squatwatch", "svg.fonttype": "none", "font.family": "sans-serif"}
    from matplotlib import pyplot

    points = list(measured)
    at = {"names": 0, "brands": 1}[what]
    held = f"{points[0][1]} brands" if what == "names" else f"{DAY:,} names"
    figure, axes = pyplot.subplots(figsize=(6.4, 4))
    for index, line in enumerate(LINES):
        costs = {point[at]: cost.cpu for point in points if (cost := measured[point][index])}
        axes.plot(list(costs), list(costs.values()), "o-", label=line)
        for count, cost in costs.items():
            axes.annotate(
                f"{cost:,.1f}" if cost < 10 else f"{cost:,.0f}",
                (count, cost),
                (0, 6),
                textcoords="offset points",
                ha="center",
            )
    axes.set(xlabel=f"{what} ({held})", ylabel="CPU seconds", xscale="log", yscale="log")
    counts = [point[at] for point in points]
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.minorticks_off()
    axes.margins(0.1, 0.15)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="upper left")
    figure.tight_layout()
    figure.savefig(folder / f"cost-by-{what}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()

"""What a data root in S3 costs: a date run there and in a folder, its steps on six empty machines, and a move.

    python benchmarks/s3_root.py [LIST] [--date D] [--turns N]

The server is moto's, on loopback, in this process: it shares the machine's cores with what is measured. Each run is a
process of its own. Both data roots have had a day before, of a hundred names. Runs of the two take turns; a figure is
the median.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from cost import Cost, squatwatch
from names import names_of_a_day, write_list

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/servers"))
from s3_server import client, connection, s3_server

STEPS = ("download", "load", "health", "transform", "score", "publish")


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as folder, s3_server("bucket") as address:
        place = Path(folder)
        names = arguments.list or write_list(place / "names.txt", names_of_a_day())
        few = write_list(place / "few.txt", names_of_a_day(100))
        costs: dict[str, list[Cost]] = {"folder": [], "S3": []}
        for turn in range(arguments.turns):
            homes = {
                "folder": (str(place / f"home-{turn}"), {}),
                "S3": (f"s3://bucket/{turn}", environment(address, place / f"scratch-{turn}")),
            }
            for kind, (home, variables) in homes.items():
                squatwatch(home, "run", "--date", "2020-01-01", "--input", few, **variables)
                costs[kind].append(squatwatch(home, "run", "--date", arguments.date, "--input", names, **variables))
        print(f"{'run':<24}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}")
        for kind, of_kind in costs.items():
            show(kind, of_kind)
        empty_machines(address, place, names, arguments.date)
        as_a_whole(address, place, place / "home-0")
        objects = client(address).get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="0/")
        sizes = [
            one["Size"] for page in objects for one in page["Contents"] if f"run_date={arguments.date}" in one["Key"]
        ]
        print(f"\n{len(sizes)} objects of the date, {sum(sizes) / 1e6:.1f} MB")


def empty_machines(address: str, place: Path, names: Path, date: str) -> None:
    """Each step on a machine that has nothing, after a day of a hundred names."""
    print("\neach step on an empty machine")
    for step in STEPS:
        what = [] if step == "publish" else ["--date", date]
        what += ["--input", names] if step == "download" else []
        costs = {
            "folder": squatwatch(place / "home-steps", step, *what),
            "S3": squatwatch("s3://bucket/steps", step, *what, **environment(address, place / f"empty-{step}")),
        }
        for kind, cost in costs.items():
            show(f"{step}, {kind}", [cost])


def as_a_whole(address: str, place: Path, home: Path) -> None:
    """Move, publish, mirror, sync and prune all dates, each on a machine that has nothing."""
    url = "s3://bucket/whole"
    commands = [
        ("move into S3", home, ["move", "--to", url], {}),
        ("publish", url, ["publish"], {}),
        ("publish, first mirror", url, ["publish"], {"SQUATWATCH_STORE_MIRROR": "true"}),
        ("sync", url, ["sync", "--to", place / "local"], {}),
        ("store prune", url, ["store", "prune"], {}),
        ("move out of S3", url, ["move", "--to", place / "back"], {}),
    ]
    print("\nthe whole data root")
    for number, (name, root, command, more) in enumerate(commands):
        show(name, [squatwatch(root, *command, **environment(address, place / f"whole-{number}"), **more)])


def environment(address: str, scratch: Path) -> dict[str, str]:
    return {
        "SQUATWATCH_SCRATCH": str(scratch),
        "SQUATWATCH_DATABASE_URL": f"sqlite:///{scratch.parent}/labels.db",
        "AIRFLOW_CONN_AWS_DEFAULT": connection(address),
        "AIRFLOW_HOME": str(scratch.parent / "airflow"),
    }


def show(name: str, costs: list[Cost]) -> None:
    cpu, wall, peak = (statistics.median(values) for values in zip(*costs, strict=True))
    print(f"{name:<24}{cpu:>8.1f}{wall:>8.1f}{peak:>10.0f}", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", nargs="?", type=Path, help="a registration list")
    parser.add_argument("--date", default="2024-06-13")
    parser.add_argument("--turns", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()

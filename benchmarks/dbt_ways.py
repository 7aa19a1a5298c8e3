"""The transform step by each of dbt's own ways to cost less, and by the plan: CPU seconds for two names and a day.

    python benchmarks/dbt_ways.py [--names 2 145000] [--times 2]

Each way is measured in a process of its own, several times; the cheapest counts. "New process" is all that the process
took, its imports included. "Same process again" is the second build in a process, which has then imported dbt and read
the project: it is what is left when dbt stays running. Nothing but the build is measured of dbt: not the copy of the
project, nor writing what was built into the data root, which the plan's figures include.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cost import cost_of
from names import names_of_a_day, spread, write_list

from squatwatch import pipeline
from squatwatch.dbt_runner.build import FLAGS
from squatwatch.dbt_runner.folder import copy_project
from squatwatch.detect.transform import place_inputs, transform_build
from squatwatch.settings import Settings, read_settings

DATE = date(2024, 6, 13)
READING = "target/partial_parse.msgpack"
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
NO_JSON = ("--no-write-json",)
NO_LOG = ("--log-level", "none", "--log-level-file", "none")


@dataclass(frozen=True)
class Way:
    """A way to build: dbt's options before and after `build`, and what it finds."""

    what: str
    flags: tuple[str, ...] = ()
    options: tuple[str, ...] = NO_UNIT_TESTS
    has_reading: bool = True  # dbt's reading of the project, made before
    has_other_brands: bool = False  # than when the project was read
    is_warm: bool = False  # the second build of a process


WAYS = (
    Way("new process, reads the project, unit tests", options=(), has_reading=False),
    Way("new process, kept reading, unit tests", options=()),
    Way("new process, kept reading"),
    Way("new process, kept reading, other brands", has_other_brands=True),
    Way("same process again", is_warm=True),
    Way("  … --no-write-json", NO_JSON, is_warm=True),
    Way("  … --log-level none, in the file too", NO_LOG, is_warm=True),
    Way("  … both", NO_JSON + NO_LOG, is_warm=True),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, nargs="+", default=[2, 145_000], help="names of a list, a column each")
    parser.add_argument("--times", type=int, default=2, help="how often each way is measured")
    arguments = parser.parse_args()
    counts = arguments.names
    with tempfile.TemporaryDirectory(prefix="squatwatch-dbt-ways-") as scratch:
        roots = [data_root(Path(scratch) / str(count), count) for count in counts]
        readings = [reading_of(settings) for settings in roots]
        print(
            f"{os.cpu_count()} cores, CPU s\n\n{'transform by dbt':<46}"
            + "".join(f"{f'{n:,} names':>16}" for n in counts)
        )
        for way in WAYS:
            show(
                way.what,
                [
                    min(by_dbt(settings, reading, way) for _ in range(arguments.times))
                    for settings, reading in zip(roots, readings, strict=True)
                ],
            )
        for what, is_warm in (("the plan, new process", False), ("the plan, same process again", True)):
            show(what, [min(by_plan(settings, is_warm) for _ in range(arguments.times)) for settings in roots])


def show(what: str, seconds: list[float]) -> None:
    print(f"{what:<46}" + "".join(f"{each:16.1f}" for each in seconds), flush=True)


def data_root(home: Path, count: int) -> Settings:
    """Return a data root in which the names were loaded, and that has had a transform."""
    settings = read_settings(home=home)
    pipeline.take_file(settings, DATE, write_list(home / "names.txt", spread(names_of_a_day(max(count, 1_000)), count)))
    pipeline.load(settings, DATE)
    pipeline.transform(settings, DATE)
    return settings


def reading_of(settings: Settings) -> Path:
    """Return dbt's reading of the project, kept of a build."""
    folder = placed(settings)
    cost_of([sys.executable, __file__, "--dbt", str(folder), "1", json.dumps(command(settings, Way("")))])
    return (folder / READING).rename(settings.home / "reading.msgpack")


def by_dbt(settings: Settings, reading: Path, way: Way) -> float:
    folder = placed(settings)
    if way.has_reading:
        (folder / "target").mkdir()
        shutil.copyfile(reading, folder / READING)
    if way.has_other_brands:
        with (folder / "seeds/brands.csv").open("a") as brands:
            brands.write("squatwatch,squatwatch.example\n")
    times = 2 if way.is_warm else 1
    cost = cost_of([sys.executable, __file__, "--dbt", str(folder), str(times), json.dumps(command(settings, way))])
    return float((folder / "seconds").read_text()) if way.is_warm else cost.cpu


def by_plan(settings: Settings, is_warm: bool) -> float:
    cost = cost_of([sys.executable, __file__, "--plan", str(settings.home), "2" if is_warm else "1"])
    return float((settings.home / "seconds").read_text()) if is_warm else cost.cpu


def placed(settings: Settings) -> Path:
    """Return an empty folder's copy of the project with its inputs."""
    folder = settings.home / "build"
    shutil.rmtree(folder, ignore_errors=True)
    copy_project(settings.dbt_project, folder)
    place_inputs(settings, [DATE], folder)
    return folder


def command(settings: Settings, way: Way) -> list[str]:
    build = transform_build(settings, [DATE])
    where = ["--project-dir", ".", "--profiles-dir", ".", "--target", build.target]
    return [*FLAGS, *way.flags, "build", *build.select, *where, "--vars", json.dumps(build.variables), *way.options]


def run_dbt(folder: str, times: str, arguments: str) -> None:
    """Build, in a process of its own, and leave the CPU seconds of the last time."""
    os.chdir(folder)
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    for _ in range(int(times)):
        began = cpu_seconds()
        result = dbtRunner().invoke(json.loads(arguments))
        DuckDBConnectionManager.close_all_connections()
        Path("seconds").write_text(str(cpu_seconds() - began))
        if not result.success:
            sys.exit(f"dbt build failed: {result.exception or Path('logs/dbt.log').read_text()[-2000:]}")


def run_plan(home: str, times: str) -> None:
    settings = read_settings(home=Path(home))
    for _ in range(int(times)):
        began = cpu_seconds()
        pipeline.transform(settings, DATE)
        (settings.home / "seconds").write_text(str(cpu_seconds() - began))


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    ways = {"--dbt": run_dbt, "--plan": run_plan}
    ways[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in ways else main()

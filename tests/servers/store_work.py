"""Small work on a data root in a store: files that are written and published there, and what a reader sees of them."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from squatwatch.files.streams import link_or_copy, sha256_of
from squatwatch.store.door import follow, work_on
from squatwatch.store.scope import Scope

PUBLISHED_FILES = (
    '"table" text, partition text, file_name text, path text, size bigint, modified_ns bigint, retired_at timestamp'
)
DAY, DAY_BEFORE = date(2024, 2, 29), date(2024, 2, 28)


def path_of(table, run_date=DAY):
    return f"{table}/run_date={run_date}/{table}.parquet"


def written(settings, files, scope=None):
    """Work that writes these files (path: text; None removes it)."""

    def work(root):
        for path, text in files.items():
            target = root.home / path
            if text is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{target.name}")
            beside.write_text(text)
            beside.rename(target)

    work_on(settings, scope or Scope([DAY]), work)


def seen(settings, *dates):
    """Files that a reader on that machine sees: text by path."""
    follow(settings, dates or None)
    files = (path for path in settings.home.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(settings.home).as_posix(): path.read_text() for path in files}


def publish(settings, *run_dates):
    """A warehouse over the registrations of these dates, as publishing leaves one."""

    def work(root):
        rows = [_published(root.home, day) for day in run_dates]
        beside = root.home / ".warehouse"
        with duckdb.connect(beside) as warehouse:
            warehouse.execute(f"create table published_files ({PUBLISHED_FILES})")
            warehouse.executemany("insert into published_files values (?, ?, ?, ?, ?, ?, null)", rows)
        beside.rename(root.home / "warehouse.duckdb")

    work_on(settings, Scope(warehouse="tables"), work)


def _published(home, run_date):
    """The row of the date's registrations in published_files."""
    file = home / path_of("registrations", run_date)
    folder = f"registrations/run_date={run_date}"
    path = f"published/{folder}/registrations-{sha256_of(file)[:16]}.parquet"
    return (*folder.split("/"), file.name, path, file.stat().st_size, 0)


def data_root(home):
    """A data root in a folder: two dates, an allowlist, and a warehouse over both, as the steps leave one."""
    rows = []
    for day, names in [(DAY_BEFORE, ["paypa1.example"]), (DAY, ["paypal-login.example", "arnazon.example"])]:
        file = home / path_of("registrations", day)
        file.parent.mkdir(parents=True)
        pl.DataFrame({"domain": names}).write_parquet(file)
        link = home / f"published/registrations/run_date={day}/registrations-{sha256_of(file)[:16]}.parquet"
        link_or_copy(file, link)
        stat = file.stat()
        path = link.relative_to(home).as_posix()
        rows.append((file.parent.parent.name, file.parent.name, file.name, path, stat.st_size, stat.st_mtime_ns, None))
    (home / "allowlist.csv").write_text("domain,reason,expires_on\n")
    (home / "brands.json").write_text('{"brands_file": "packaged"}')
    with duckdb.connect(home / "warehouse.duckdb") as warehouse:
        warehouse.execute(f"create table published_files ({PUBLISHED_FILES})")
        warehouse.executemany("insert into published_files values (?, ?, ?, ?, ?, ?, ?)", rows)
        files = [str(home / row[3]) for row in rows]
        warehouse.execute(f"create view registrations as from read_parquet({files}, hive_partitioning = true)")
    return home

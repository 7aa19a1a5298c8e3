"""Sets of names that may be larger than the memory, each a Parquet file with one column, `domain`, sorted.

Two sorted files are compared by walking through both. DuckDB sorts, on disk where its share of memory is not enough;
its `distinct` and its joins did not keep to so small a share with 200 million rows, so the two are done here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import polars as pl

from squatwatch.errors import SquatwatchError

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY = "320MB"  # of DuckDB; the whole process stays below twice as much
THREADS = 2  # each needs memory of its own
PART_ROWS = 1_000_000
GROUP_ROWS = 250_000  # a row group is what is held at a time


def write_parts(blocks: Iterable[list[str]], folder: Path) -> list[str]:
    """Write the names as they come to files of some PART_ROWS rows; return their paths."""
    paths: list[str] = []
    begun: list[pl.Series] = []

    def write() -> None:
        paths.append(str(folder / f"part-{len(paths)}.parquet"))
        pl.concat(begun).to_frame().write_parquet(paths[-1], compression="lz4")
        begun.clear()

    for block in blocks:
        begun.append(pl.Series("domain", block, dtype=pl.String))
        if sum(map(len, begun)) >= PART_ROWS:
            write()
    if begun:
        write()
    return paths


def write_sorted(parts: list[str], target: Path, work: Path, metadata: dict[str, str]) -> int:
    """Write the names of all parts, sorted and each once, to one file; return how many there are.

    DuckDB merges the parts, on disk where its memory is not enough. Equal names then stand side by side, so a name
    is kept where it differs from the one before it, and the last name of a batch is carried over to the next.
    """
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "temp_directory": str(work / "spilled"),
    }
    schema = pa.schema([("domain", pa.string())])
    count, last = 0, ""
    with (
        named_errors(),
        duckdb.connect(config=limits) as database,
        pq.ParquetWriter(target, schema, compression="zstd", use_dictionary=False) as writer,
    ):
        writer.add_key_value_metadata(metadata)
        rows = database.sql("select domain from read_parquet(?) order by domain", params=[parts])
        for batch in rows.to_arrow_reader(GROUP_ROWS):
            domains = _frame(batch)["domain"]
            once = domains.filter(domains != domains.shift(fill_value=last))
            last = domains[-1]
            if len(once):
                writer.write_table(once.to_frame().to_arrow().cast(schema), GROUP_ROWS)
            count += len(once)
    return count


def difference(now: Path, before: Path) -> Iterator[list[str]]:
    """Yield the names of the file `now` that the file `before` lacks, in order, a row group at a time.

    Both are sorted, so the names of a row group can only stand between its first and its last in the other file.
    """
    import pyarrow.parquet as pq

    with named_errors(), pq.ParquetFile(now) as file:
        earlier = pl.scan_parquet(before, hive_partitioning=False, glob=False)
        for number in range(file.num_row_groups):
            group = _frame(file.read_row_group(number, ["domain"]))
            first, last = pl.lit(group["domain"][0]), pl.lit(group["domain"][-1])
            # the file's statistics lead to the few row groups that overlap
            overlap = earlier.filter(pl.col("domain").is_between(first, last)).collect()
            yield group.join(overlap, on="domain", how="anti", maintain_order="left")["domain"].to_list()


def _frame(rows: pa.RecordBatch | pa.Table) -> pl.DataFrame:
    # what has columns becomes a DataFrame; a Series comes of a single array alone
    return cast(pl.DataFrame, pl.from_arrow(rows))


@contextmanager
def named_errors() -> Iterator[None]:
    """Raise what DuckDB, pyarrow and polars raise where a disk is full or a file damaged, as SquatwatchError."""
    import duckdb
    import pyarrow as pa

    try:
        yield
    except (duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError) as error:
        raise SquatwatchError(
            f"zones cannot be sorted or compared ({str(error).splitlines()[0]}); make room where the disk is full, "
            "remove a snapshot that is named as damaged, then run squatwatch download again"
        ) from error

"""Runs a `squatwatch` command and counts its work: modules, processes, SQL statements, files.

    python tests/counted_run.py COUNTS.json run --date …

The counts go into the file when the command ends: what each one counted, by name. Files that DuckDB and polars write
are seen when they are put in place, because a step writes to a temporary name.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

PROCESSES = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty", "os.exec", "os.system"}
PUT_IN_PLACE = {"os.rename", "os.link"}  # os.replace is told as os.rename
WRITES = os.O_WRONLY | os.O_RDWR
EXECUTES = ("execute", "executemany", "sql", "query", "from_query")  # methods of a connection


class Counted:
    """Counts of the run until now."""

    def __init__(self) -> None:
        self.processes_started: list[str] = []
        self.files_opened_to_write: list[str] = []
        self.files_put_in_place: list[str] = []
        self.statements_executed: list[str] = []

    def hear(self, event: str, arguments: tuple) -> None:
        """Take note of an audit event of Python."""
        if event in PROCESSES:
            self.processes_started.append(f"{event} {arguments[0]!r}")
        elif event in PUT_IN_PLACE:
            self.files_put_in_place.append(os.fsdecode(arguments[1]))
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
            self.files_opened_to_write.append(str(arguments[0]))

    def wrap(self, function):
        """Return the connection's method, counting its statements."""

        def counted(connection, query, *arguments, **named):
            self.statements_executed.append(" ".join(str(query).split())[:120])
            return function(connection, query, *arguments, **named)

        return counted


def main() -> None:
    counts, *sys.argv[1:] = sys.argv[1:]
    counted = Counted()
    sys.addaudithook(counted.hear)
    import duckdb  # which every command that runs a day needs anyhow

    for name in EXECUTES:
        setattr(duckdb.DuckDBPyConnection, name, counted.wrap(getattr(duckdb.DuckDBPyConnection, name)))
    from squatwatch.__main__ import main as squatwatch

    try:
        squatwatch()
    finally:
        found = {**vars(counted), "modules_imported": sorted(sys.modules)}
        Path(counts).write_text(json.dumps(found))


if __name__ == "__main__":
    main()

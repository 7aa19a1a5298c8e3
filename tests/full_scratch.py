"""Runs a date on a data root in a store, with a scratch folder on a disk that has more and more room.

It is started in a mount namespace of its own (see test_store_faults.py). A run without room ends with status 1 and says
what can be removed, readers see the date before or after, and with room again the next run is clean.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from full_disk import FIRST_ROOM, no_more_than, small_disk
from runner import Runner
from test_store_faults import NEW, OLD, Machines


def main(machines: Machines, scratch: Path) -> None:
    machines.run(0, NEW)
    after = machines.published()
    room, failures = FIRST_ROOM, 0
    while True:
        machines.run(0, OLD)
        before = machines.published()
        with no_more_than(scratch, room):
            ended = machines.run(0, NEW, may_end=(0, 1))
        said = (machines.folder / "output-0.txt").read_text()
        print(f"{room:,} bytes: status {ended.status} after {ended.commits} puts: {said}")
        assert machines.published() in ([before, after] if ended.status else [after]), "half a date is published"
        machines.run(0, NEW)
        assert machines.published() == after, "the next run is not clean"
        if ended.status == 0:
            break
        assert "there is no room left on its disk" in said and f"SQUATWATCH_SCRATCH ({scratch}) can be fetch" in said
        room, failures = room * 5, failures + 1
    assert failures > 3


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="squatwatch-full-scratch-") as folder:
        machines = Machines(Path(folder) / "machines", [Runner()])
        scratch = Path(machines.environment(0)["SQUATWATCH_SCRATCH"])
        with small_disk(scratch):
            main(machines, scratch)
        machines.runners[0].stop()

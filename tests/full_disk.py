"""Runs a date on a disk that has more and more room, in a mount namespace of its own (see test_failure_points.py).

A run without room ends with status 1 and says so, what was published stays, and with room again the next run is clean.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from test_failure_points import NEW, OLD, Runner, World

DISK = 256 << 20  # bytes
FIRST_ROOM = 4096  # bytes; five times that the next time, until a run ends well


@contextmanager
def no_more_than(folder: Path, room: int) -> Iterator[None]:
    """Fills the folder's disk but for `room` bytes."""
    ballast = folder / "ballast"
    disk = os.statvfs(folder)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - room)
    yield
    ballast.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
    yield
    subprocess.run(["umount", "--lazy", folder], check=True)


def main(world: World) -> None:
    world.run(OLD)
    before, saved = world.published(), world.folder / "saved"
    shutil.copytree(world.home, saved)
    world.run(NEW)
    after = world.published()
    room, failures = FIRST_ROOM, 0
    while True:
        for entry in world.home.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.copytree(saved, world.home, dirs_exist_ok=True)
        with no_more_than(world.home, room):
            ended = world.run(NEW, may_end=(0, 1))
        said = world.output.read_text()
        print(f"{room:,} bytes: status {ended.status} after {ended.commits} commits: {said}")
        assert world.published() == (before if ended.status else after), "half a date is published"
        world.run(NEW)
        assert world.published() == after, "the next run is not clean"
        if ended.status == 0:
            break
        assert "there is no room left on its disk" in said
        room, failures = room * 5, failures + 1
    assert failures > 3


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="squatwatch-full-disk-") as scratch:
        world = World(Path(scratch) / "world", Runner())
        with small_disk(world.home):
            main(world)
        world.runner.stop()

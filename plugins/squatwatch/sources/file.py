"""A list in a folder of this machine, or one file given by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from squatwatch.errors import NotPublishedYet, SquatwatchError
from squatwatch.files.streams import copy_capped
from squatwatch.sources.base import Receipt, fill_in


@dataclass(frozen=True)
class FileSource:
    """A list in a file.

    `template` is a path with the date's fields; given by hand it is a path as it stands, braces and all.
    """

    name: str
    template: str
    max_bytes: int
    given_by_hand: bool = False

    def location(self, run_date: date) -> str:
        """Return the path of the date's list."""
        return str(self._path(run_date))

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Copy the file to `into`; raises what `Source.fetch` raises."""
        path = self._path(run_date)
        try:
            with path.open("rb") as file:
                copy_capped(_pieces(file), into, self.max_bytes)
        except FileNotFoundError:
            raise self._missing(path, run_date) from None
        except IsADirectoryError:
            raise SquatwatchError(f"{path}, wanted for {run_date}, is a folder: {self._remedy(run_date)}") from None
        except OSError as error:
            raise SquatwatchError(
                f"{path} cannot be read for {run_date} ({error.strerror}): {self._remedy(run_date)}"
            ) from None
        return Receipt(str(path))

    def _path(self, run_date: date) -> Path:
        if self.given_by_hand:
            return Path(self.template).expanduser().absolute()
        return Path(fill_in(self.template, run_date, "SQUATWATCH_FILE_TEMPLATE")).expanduser().absolute()

    def _missing(self, path: Path, run_date: date) -> SquatwatchError:
        if self.given_by_hand:
            return SquatwatchError(f"{path}, wanted for {run_date}, does not exist: {self._remedy(run_date)}")
        return NotPublishedYet(f"source file: {path} of {run_date} is not there yet")

    def _remedy(self, run_date: date) -> str:
        if self.given_by_hand:
            return f"give a zip, gz or text file, as in: squatwatch run --date {run_date} --input FILE"
        return f"check SQUATWATCH_FILE_TEMPLATE, then run: squatwatch download --date {run_date}"


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(1 << 20):
        yield piece

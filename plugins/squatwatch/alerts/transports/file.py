"""Files in a folder, one a batch: for Filebeat, Elastic Agent, or whatever reads a folder.

A file is there whole or not at all, and a batch that is sent again replaces its own file. Airflow's tasks write files
that nobody else may read; these are for another program, so everybody may.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from squatwatch.alerts.failures import Busy
from squatwatch.alerts.transports.base import Document
from squatwatch.alerts.transports.payload import payload
from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic


class FileTransport:
    """A transport that writes files into a folder, which it makes where there is none."""

    def __init__(self, folder: Path, format_name: str):
        self._folder, self._format = folder, format_name

    def send(self, batch: str, documents: Sequence[Document]) -> None:
        """Write the batch's file. Raises Busy naming the folder where that fails."""
        content, _, suffix = payload(self._format, batch, documents)
        try:
            if not self._folder.exists():
                self._folder.mkdir(parents=True)
                self._folder.chmod(0o755)
            with atomic(self._folder / f"{batch}{suffix}") as temporary:
                temporary.write_bytes(content)
                temporary.chmod(0o644)
        except (OSError, SquatwatchError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise Busy(f"the folder {self._folder} cannot be written ({reason})") from None

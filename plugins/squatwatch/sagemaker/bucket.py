"""Where pairs and answers lie in the bucket: `pairs/<hash>/` for a job, `answers/<job>/` from it.

Pairs are named after their content and never change. Answers that were refused stay, with a note of the reason.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from squatwatch.errors import Missing
from squatwatch.sagemaker.pairs import BadAnswers
from squatwatch.settings import Settings
from squatwatch.store.s3 import S3Store

REFUSED = "refused.txt"
REMEDIES = {
    "NoSuchBucket": "make the bucket, or correct SQUATWATCH_SAGEMAKER_URL",
    "denied": "docs/sagemaker.md lists what connection {connection} must be allowed",
    "refused": "check SQUATWATCH_SAGEMAKER_URL and connection {connection}",
}


class JobBucket:
    """The place in the bucket that the settings name."""

    def __init__(self, settings: Settings):
        assert settings.sagemaker_url
        self.url = settings.sagemaker_url
        parts = urlsplit(self.url)
        self._store = S3Store(
            parts.netloc,
            parts.path.strip("/"),
            settings.sagemaker_connection,
            settings.sagemaker_kms_key,
            REMEDIES,
        )

    def put_pairs(self, inputs: str, parts: Sequence[bytes]) -> None:
        """Put the lines that a job reads, a file for each machine; those that are there already stay."""
        with tempfile.TemporaryDirectory() as folder:
            for number, part in enumerate(parts):
                path = Path(folder) / _part(number)
                path.write_bytes(part)
                self._store.create(f"pairs/{inputs}/{_part(number)}", path)

    def has_answers(self, job: str) -> bool:
        """Tell whether there are answers of a job, and nobody has refused them."""
        names = [Path(key).name for key in self._store.keys(f"answers/{job}/")]
        return REFUSED not in names and any(name.endswith(".out") for name in names)

    def answers(self, job: str, count: int) -> list[bytes]:
        """Return what a job has written, of all its parts in order. Raises BadAnswers where a part is not there."""
        keys = {Path(key).name: key for key in self._store.keys(f"answers/{job}/")}
        names = [f"{_part(number)}.out" for number in range(count)]
        if missing := [name for name in names if name not in keys]:
            raise BadAnswers(f"{self.answers_url(job)} has no {', '.join(missing)}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "answers"
            try:
                return [self._read(keys[name], path) for name in names]
            except Missing as missing_since:
                raise BadAnswers(str(missing_since)) from None

    def refuse(self, job: str, reason: str) -> None:
        """Note that the answers of a job are not to be used, and why."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / REFUSED
            path.write_text(f"{reason}\n", "utf-8")
            self._store.put(f"answers/{job}/{REFUSED}", path)

    def pairs_url(self, inputs: str) -> str:
        """Return where the pairs for a job lie."""
        return f"{self.url}/pairs/{inputs}/"

    def answers_url(self, job: str) -> str:
        """Return where the answers of a job come."""
        return f"{self.url}/answers/{job}/"

    def _read(self, key: str, path: Path) -> bytes:
        self._store.get(key, path)
        return path.read_bytes()


def _part(number: int) -> str:
    return f"part-{number:04}.jsonl"

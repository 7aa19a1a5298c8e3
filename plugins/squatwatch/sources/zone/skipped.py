"""Lines of a zone file that cannot be read: a few are passed over, counted and told, many stop the zone."""

from __future__ import annotations

from dataclasses import dataclass

from squatwatch.errors import BadList

FEW = 10  # lines may be bad in a zone of any size,
LARGEST_SHARE_OF_FEW = 0.05  # but not in one of so few lines that they are a twentieth of it;
LARGEST_SHARE = 0.0001  # in a large zone more may be


class BadLine(ValueError):
    """A line is no DNS record; the message says why and quotes it."""


@dataclass
class Skipped:
    """The lines passed over so far: `line_count` lines were seen, `count` of them are bad, `first` says why one is."""

    line_count: int = 0
    count: int = 0
    first: str = ""

    def add(self, problem: BadLine) -> None:
        """Count a bad line. Raises BadList as soon as the file is something else than a zone file."""
        self.first = self.first or str(problem)
        self.count += 1
        if self.count > FEW and self.count > LARGEST_SHARE_OF_FEW * self.line_count:
            raise self._refusal()

    def demand_few(self) -> None:
        """Raise BadList where too many lines of the whole file are bad."""
        if self.count > max(min(FEW, LARGEST_SHARE_OF_FEW * self.line_count), LARGEST_SHARE * self.line_count):
            raise self._refusal()

    def __str__(self) -> str:
        """Return a sentence for people, empty where nothing was skipped."""
        if not self.count:
            return ""
        return f"{self.count:,} of {self.line_count:,} lines skipped, the first because {self.first}"

    def _refusal(self) -> BadList:
        return BadList(f"{self.count:,} of its first {self.line_count:,} lines cannot be read: {self.first}")

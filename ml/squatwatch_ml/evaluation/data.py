"""Real lists for the evaluation: days of registrations, their verdicts, brands, and squats, in one folder.

registrations/*.txt.gz, *.zip   one day's names each; `RealLists.role_of` says which day is for what
judged_*.csv                    domain, brand, verdict of the day whose name ends like this file's
squats*.csv.gz, squats*.csv     brand, squat_domain, and perhaps match
brands.tsv or brands.csv        brands and the domains that they own
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from squatwatch_ml.text.csv_rows import rows
from squatwatch_ml.text.names import read_domains
from squatwatch_ml.training.data.splits import Role, day_of, role_of_day


@dataclass(frozen=True)
class RealLists:
    """A folder of real lists; what is not there is empty. Raises NotADirectoryError where there is no such folder."""

    folder: Path

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise NotADirectoryError(
                f"{self.folder} is no folder of real lists: name one with --data, or leave it out to use packaged names"
            )

    @cached_property
    def files(self) -> dict[str, Path]:
        """Return the file of each day's registrations, by name of the day."""
        return {day_of(path): path for path in sorted((self.folder / "registrations").glob("*"))}

    def days(self, role: Role) -> list[str]:
        """Return the names of the days that have this role."""
        return [day for day in self.files if self.role_of(day) == role]

    def role_of(self, day: str) -> Role | None:
        """Return the role of a day; None where it has none.

        Beside days that `splits` names, another day is for nothing, so that figures stay the same when a file is
        added; unless it was judged, which makes it one to report on. In a folder of other days all are to report on.
        """
        if role := role_of_day(day):
            return role
        is_judged = self.verdict_file(day) is not None
        return "report" if is_judged or not any(map(role_of_day, self.files)) else None

    def domains(self, day: str) -> list[str]:
        """Return the day's distinct names, lower case, in the order of the list.

        Raises OSError, ValueError where the list has no names.
        """
        names = list(dict.fromkeys(domain.lower() for domain in read_domains(self.files[day])))
        if not names:
            raise ValueError(f"{self.files[day]} has no names: put the day's list there, or take the file away")
        return names

    @cached_property
    def owned(self) -> dict[str, set[str]]:
        """Return each brand's own domains."""
        for path in (self.folder / "brands.csv", self.folder / "brands.tsv"):
            if path.exists():
                return read_brands(path)
        return {}

    @cached_property
    def squats(self) -> list[dict[str, str]]:
        """Return rows of brand, squat_domain and perhaps match."""
        return [row for path in sorted(self.folder.glob("squats*.csv*")) for row in rows(path, "brand", "squat_domain")]

    def verdict_rows(self, day: str) -> list[dict[str, str]]:
        """Return rows of domain, brand, verdict from a judged file of the day; none where there is no such file."""
        path = self.verdict_file(day)
        return rows(path, "domain", "brand", "verdict") if path else []

    def verdict_file(self, day: str) -> Path | None:
        """Return the file judged_*.csv whose name ends like the day's; None where the day was not judged."""
        files = sorted(self.folder.glob("judged_*.csv"))
        return next((path for path in files if day.endswith(path.stem.removeprefix("judged_"))), None)


def read_brands(path: Path) -> dict[str, set[str]]:
    """Read each brand's own domains from CSV (brand, brand_domain) or TSV (brand, comma separated domains).

    Raises OSError, ValueError where a column is missing.
    """
    owned: dict[str, set[str]] = defaultdict(set)
    if path.suffix == ".tsv":
        for line in path.read_text("utf-8").splitlines():
            brand, _, domains = line.partition("\t")
            if brand.strip():
                owned[brand.strip()] |= {domain.strip() for domain in domains.split(",")}
    else:
        for row in rows(path, "brand", "brand_domain"):
            owned[row["brand"]].add(row["brand_domain"])
    return dict(owned)

"""Recognition of lists: text that a server sends instead of one (an error, a page, a bill) is told from a list."""

from __future__ import annotations

import re

import polars as pl

from squatwatch.errors import BadList
from squatwatch.files.lines import columns_without_domain, lines_of
from squatwatch.files.table import DOMAIN_COLUMNS
from squatwatch.ingest.normalise import Normalised, normalise
from squatwatch.lake.tables import REJECT_REASONS

SAMPLE = 5000  # lines looked at, evenly spread over the list
LEAST_SHARE = 0.5  # of names among the lines that mean something
FEW, LEAST_SHARE_OF_FEW = 10, 0.66  # a short text with a name in it is more often an error than a list
NO_NAMES_MEANT = ("comment", "dropped", "empty")
NAMES_ALL_THE_SAME = ("subdomain", "public_suffix")  # no registrations, but names of the DNS
BEGINNING = 80  # characters of a refused file that a message shows
# parts of URLs, keys and tokens, which an error page may repeat
SECRET = re.compile(r"(?<=//)[^\s/@]*@|(?<![:/\s])/\S*|[^\s/]*=\S*|\b(?:(?=\w*\d)[\w-]{8,}|\w{24,})(?![\w-]*\.[a-z])")


def demand_names(content: bytes) -> None:
    """Raise BadList, with the reason, where less than half of the lines (two thirds of a few) are domain names."""
    try:
        lines = lines_of(content)
    except BadList as error:
        raise BadList(f"{error}{_first_characters(content)}") from None
    result = normalise("", lines.gather_every(max(1, lines.height // SAMPLE)))
    reasons = result.rejects["reason"]
    meant = result.line_count - int(reasons.is_in(NO_NAMES_MEANT).sum())
    subdomains = int(reasons.is_in(NAMES_ALL_THE_SAME).sum())
    names = result.registrations.height + result.duplicate_count + subdomains
    if not names:
        raise BadList(without_names(result, lines))
    if names < meant * (LEAST_SHARE if meant > FEW else LEAST_SHARE_OF_FEW):
        raise BadList(f"only {names / meant:.0%} of its lines are domain names{_commonest(result)}{_beginning(lines)}")


def without_names(result: Normalised, lines: pl.DataFrame) -> str:
    """Return why a list is refused that has no registrable domain: the commonest reason and how it begins."""
    number = "none" if result.line_count != 1 else "not one"
    return f"{number} of its {lines.height:,} lines is a registrable domain{_commonest(result)}{_beginning(lines)}"


def _commonest(result: Normalised) -> str:
    """Return why most lines were rejected, in brackets; a CSV file with a header alone has none."""
    counts = result.rejects["reason"].value_counts(sort=True).sort("count", "reason", descending=True).head(1).rows()
    return "".join(f" (mostly: {REJECT_REASONS[reason]})" for reason, _ in counts)


def _beginning(lines: pl.DataFrame) -> str:
    """Return the columns of the first line where it looks like a header, else its first characters."""
    if lines.is_empty():
        return ""
    cells = columns_without_domain(lines["received"][0])
    if cells and max(map(len, cells)) <= 40:
        names = ", ".join(ascii(cell) for cell in cells[:8])
        columns = " or ".join(DOMAIN_COLUMNS)
        return (
            f"; its first line has the columns {names}, and none is called {columns}: "
            f"name the column with the names in a header line, as in domain,created"
        )
    return _first_characters(lines["received"][0])


def _first_characters(content: bytes) -> str:
    """Return how a refused text begins, without what may be a secret."""
    text = " ".join(content[: 10 * BEGINNING].decode("utf-8", "replace").split())
    return f"; it begins with {SECRET.sub('…', text)[:BEGINNING]!a}"

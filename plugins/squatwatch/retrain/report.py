"""The plots of a comparison. Its own has each held-out label at its score by the model in use and by the candidate."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import polars as pl

SIZE, EDGE = 360, 48  # of the square, and around it
COLOURS = {True: "#d1495b", False: "#3a6ea5"}
WORDS = {True: "squat", False: "no squat"}


def plot_of(scores: pl.DataFrame, current: str, candidate: str) -> str:
    """Return an SVG. Above the diagonal the candidate is surer of a squat; red ones should rise, blue ones sink."""
    side = SIZE + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="12">',
        f"<title>Scores of held-out labels: {escape(candidate)} against {escape(current)}</title>",
        f'<rect width="{side}" height="{side}" fill="white"/>',
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#999"/>',
        f'<path d="M{EDGE} {EDGE + SIZE}L{EDGE + SIZE} {EDGE}" stroke="#ccc"/>',
        f'<text x="{side / 2}" y="{side - 14}" text-anchor="middle">score by {escape(current)}</text>',
        f'<g transform="translate(18 {side / 2}) rotate(-90)">',
        f'<text text-anchor="middle">score by {escape(candidate)}</text></g>',
    ]
    for row in scores.sort("is_squat", descending=True).iter_rows(named=True):
        x, y = EDGE + row["current_score"] * SIZE, EDGE + (1 - row["candidate_score"]) * SIZE
        name = escape(f"{row['label']} ({row['brand']}), {WORDS[row['is_squat']]}")
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[row["is_squat"]]}" fill-opacity="0.65">'
            f"<title>{name}</title></circle>"
        )
    for at, is_squat in enumerate((True, False)):
        x = EDGE + 90 * at
        parts.append(f'<circle cx="{x + 5}" cy="{EDGE - 16}" r="4" fill="{COLOURS[is_squat]}"/>')
        parts.append(f'<text x="{x + 15}" y="{EDGE - 12}">{WORDS[is_squat]}</text>')
    return "\n".join([*parts, "</svg>\n"])


def show_plots(report: Path, names: Sequence[str]) -> None:
    """Add pictures, files beside it, to a report in Markdown."""
    with report.open("a", encoding="utf-8") as file:
        file.writelines(f"\n![{Path(name).stem}]({name})\n" for name in names)

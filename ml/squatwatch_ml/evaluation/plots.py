"""Plots of the tables, as SVG, by matplotlib of the extra `evaluation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from squatwatch_ml.evaluation.bench import Table
from squatwatch_ml.training.extra import MissingExtra, need

MOST_BRANDS = 12
Draw = Callable[[Any, pl.DataFrame], None]  # matplotlib may be missing, so its figures have no type here


def draw_tables(output: Path, tables: Sequence[Table], tell: Callable[[str], None]) -> list[Path]:
    """Draw all tables that there is a plot for; where matplotlib is not installed, none, and tell so."""
    try:
        return draw_all(output, {table.name: table.frame for table in tables})
    except MissingExtra as error:
        tell(f"no plots: {error}")
        return []


def draw_all(output: Path, frames: Mapping[str, pl.DataFrame]) -> list[Path]:
    """Write one SVG for each table that there is a plot for; return the files. Raises MissingExtra, OSError."""
    need("matplotlib").use("Agg")
    figure = need("matplotlib.figure").Figure
    written = []
    for name, (size, draw) in PLOTS.items():
        if name in frames and frames[name].height:
            canvas = figure(figsize=size, layout="constrained")
            draw(canvas, frames[name])
            path = output / f"{name}.svg"
            canvas.savefig(path, metadata={"Date": None})  # the same figures give the same file
            written.append(path)
    return written


def _flagged_recall(canvas: Any, frame: pl.DataFrame) -> None:
    axes = canvas.subplots(1, 2, sharey=True)
    sides = (("flagged", "names raised per brand and 150,000"), ("false_alarms", "false alarms of them"))
    for ax, (column, label) in zip(axes, sides, strict=True):
        for (matcher,), rows in frame.group_by("matcher", maintain_order=True):
            curve = rows.filter(pl.col("threshold") != "its own").sort(column)
            own = rows.filter(pl.col("threshold") == "its own")
            lines = ax.plot(curve[column], curve["recall"]) if curve.height else [None]
            color = lines[0].get_color() if lines[0] else None
            ax.plot(own[column], own["recall"], "o", color=color, label=matcher)
        ax.set(xlabel=label, xlim=(0, 10), ylim=(0.5, 1.01))
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("judged squats found")
    axes[1].legend(loc="lower right")


def _precision_recall(canvas: Any, frame: pl.DataFrame) -> None:
    most = frame.group_by("brand").len().sort("len", "brand", descending=[True, False])["brand"].to_list()
    brands = sorted(most[:MOST_BRANDS])
    axes = canvas.subplots(3, 4, sharex=True, sharey=True).ravel()
    for ax, brand in zip(axes, brands, strict=False):
        for (matcher,), rows in frame.filter(pl.col("brand") == brand).group_by("matcher", maintain_order=True):
            ax.step([0, *rows["recall"]], [1, *rows["precision"]], where="pre", label=matcher)
        ax.set(title=brand, xlim=(0, 1.02), ylim=(0, 1.02))
        ax.grid(alpha=0.3)
    for ax in axes[len(brands) :]:
        ax.axis("off")
    axes[0].legend(fontsize="small")
    canvas.supxlabel("judged squats found")
    canvas.supylabel("precision")


def _calibration(canvas: Any, frame: pl.DataFrame) -> None:
    ax = canvas.subplots()
    ax.plot([0, 1], [0, 1], color="grey", linewidth=1)
    for (matcher,), rows in frame.group_by("matcher", maintain_order=True):
        lines = ax.plot(rows["mean score"], rows["squats"], "o-", label=f"{matcher}: squats")
        color = lines[0].get_color()
        ax.plot(rows["mean score"], rows["squats and uses"], "o--", color=color, label=f"{matcher}: squats and uses")
    ax.set(xlabel="score", ylabel="share of the pairs", xlim=(0, 1), ylim=(0, 1))
    ax.grid(alpha=0.3)
    ax.legend()


def _techniques(canvas: Any, frame: pl.DataFrame) -> None:
    of = frame["imitations of"].unique(maintain_order=True).to_list()
    matchers = frame.columns[frame.columns.index("candidates") + 1 :]
    axes = canvas.subplots(1, len(of), sharey=True, squeeze=False)[0]
    names = frame["technique"].unique().sort(descending=True).to_list()
    for ax, title in zip(axes, of, strict=True):
        rows = frame.filter(pl.col("imitations of") == title)
        places = [names.index(name) for name in rows["technique"]]
        for matcher in matchers:
            ax.plot(rows[matcher], places, "o", alpha=0.7, label=matcher)
        ax.axvline(0.9, color="grey", linewidth=1)
        ax.set(title=title, xlabel="found", xlim=(-0.02, 1.02), yticks=range(len(names)), yticklabels=names)
        ax.grid(alpha=0.3)
    axes[-1].legend(fontsize="small")


PLOTS: dict[str, tuple[tuple[float, float], Draw]] = {
    "flagged_recall": ((11, 5), _flagged_recall),
    "precision_recall": ((12, 8), _precision_recall),
    "calibration": ((6, 6), _calibration),
    "techniques": ((15, 7), _techniques),
}

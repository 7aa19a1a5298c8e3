"""The charts of the brand and model views. Numbers stand at the bar or the line they belong to: no axis to read off."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from squatwatch.review.charts.svg import BASE, LEFT, RIGHT, TOP, WIDTH, chart, dates, highest, level, tag


def bars(
    labels: Sequence[str],
    counts: Sequence[int | None],
    budget: float | None,
    title: str,
    ghosts: bool = False,
    links: Sequence[str] = (),
) -> Markup:
    """Return one bar a day with its number, against the budget's line. A day that was not scored has a dash.

    `links` lead from each day to its page. With `ghosts` static/threshold.js can change the bars, and lines across them
    keep what they were.
    """
    top = highest([*(count or 0 for count in counts), 1.25 * (budget or 0)])
    slot = (RIGHT - LEFT) / max(len(labels), 1)
    drawn, numbers = [], []
    for n, (label, count) in enumerate(zip(labels, counts, strict=True)):
        x, height = LEFT + n * slot, (BASE - TOP) * (count or 0) / top
        tooltip = f"{label}: not scored" if count is None else f"{label}: {count} flagged"
        over = " over" if budget is not None and (count or 0) > budget else ""
        middle = x + slot / 2
        parts = [tag("title", tooltip), tag("rect", x=x, y=TOP, width=slot, height=BASE - TOP, class_="hit")]
        if count is None:
            parts.append(tag("line", x1=middle - 3, x2=middle + 3, y1=BASE - 4, y2=BASE - 4, class_="none"))
        else:
            box = {"x": x + 3, "y": BASE - height, "width": slot - 6, "height": height}
            parts.append(tag("rect", **box, class_="bar" + over))
            across = {"x1": x + 1, "x2": x + slot - 1, "y1": BASE - height, "y2": BASE - height}
            parts += [tag("line", **across, class_="ghost")] * ghosts
        numbers.append(tag("text", count or "", x=middle, y=BASE - height - 4, class_="count"))
        day = tag("g", *parts, class_="day")
        drawn.append(tag("a", day, href=links[n], tabindex=-1) if links and count else day)
    drawn += [tag("line", x1=LEFT, x2=RIGHT, y1=BASE, y2=BASE, class_="base"), dates(labels, slot)]
    if budget is not None:
        drawn.append(level(BASE - (BASE - TOP) * budget / top, f"budget {budget:g}", "budget"))
    drawn.append(tag("g", *numbers, class_="numbers"))
    return chart(title, *drawn, class_="chart bars", data_top=TOP, data_base=BASE)


def lines(
    labels: Sequence[str],
    values: Sequence[float | None],
    levels: Sequence[tuple[float, str]],
    title: str,
    marks: Sequence[tuple[int, str]] = (),
    digits: int = 2,
) -> Markup:
    """Return a line that breaks where there is no value; `levels` are named lines across, `marks` name places."""
    top = highest([*(value or 0 for value in values), *(1.15 * height for height, _ in levels)], least=1e-9)
    slot = (RIGHT - LEFT) / max(len(labels), 1)
    places = [
        None if value is None else (LEFT + (n + 0.5) * slot, BASE - (BASE - TOP) * value / top)
        for n, value in enumerate(values)
    ]
    pairs = [(a, b) for a, b in pairwise(places) if a and b]
    drawn = [tag("line", x1=LEFT, x2=RIGHT, y1=BASE, y2=BASE, class_="base"), dates(labels, slot)]
    drawn += [level(BASE - (BASE - TOP) * height / top, text, "level") for height, text in levels]
    for n, text in marks:
        x = LEFT + n * slot
        drawn.append(tag("line", x1=x, x2=x, y1=TOP - 8, y2=BASE, class_="mark"))
        side = {"text_anchor": "end", "x": x - 5} if x > WIDTH / 2 else {"x": x + 5}
        drawn.append(tag("text", text, y=TOP, class_="mark-name", **side))
    drawn += [tag("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], class_="line") for a, b in pairs]
    points = [(n, place) for n, place in enumerate(places) if place]
    for n, (x, y) in points:
        tooltip = tag("title", f"{labels[n]}: {values[n]:.{digits}f}")
        drawn.append(tag("circle", tooltip, cx=x, cy=y, r=4 if n == points[-1][0] else 2.5, class_="point"))
    if points:
        n, (x, y) = points[-1]
        falls = len(points) > 1 and points[-2][1][1] < y < BASE - 20  # then there is room below the point, none above
        drawn.append(tag("text", f"{values[n]:.{digits}f}", x=x + 4, y=y + (18 if falls else -9), class_="count last"))
    return chart(title, *drawn, class_="chart lines")


def histogram(
    labels: Sequence[str], counts: Sequence[int], flagged: Sequence[int], usual: Sequence[float] | None, title: str
) -> Markup:
    """Return bars side by side, what was flagged filled from below; `usual` is a line across each."""
    top = highest([*counts, *(usual or [])])
    slot = (RIGHT - LEFT) / max(len(labels), 1)
    drawn = [tag("line", x1=LEFT, x2=RIGHT, y1=BASE, y2=BASE, class_="base")]
    for n, (label, count) in enumerate(zip(labels, counts, strict=True)):
        x, height, filled = LEFT + n * slot, *((BASE - TOP) * value / top for value in (count, flagged[n]))
        tooltip = f"score {label}: {count:,} pairs, {flagged[n]:,} flagged" + (
            f", usually {usual[n]:.1f}" if usual else ""
        )
        parts = [
            tag("title", tooltip),
            tag("rect", x=x + 2, y=BASE - height, width=slot - 4, height=height, class_="bar not-flagged"),
            tag("rect", x=x + 2, y=BASE - filled, width=slot - 4, height=filled, class_="bar"),
        ]
        above = BASE - height
        if usual:
            y = BASE - (BASE - TOP) * usual[n] / top
            parts.append(tag("line", x1=x + 2, x2=x + slot - 2, y1=y, y2=y, class_="usual"))
            above = min(above, y)
        parts.append(tag("text", f"{count:,}", x=x + slot / 2, y=above - 5, class_="count"))
        parts.append(tag("text", label, x=x + slot / 2, y=BASE + 17, class_="date middle"))
        drawn.append(tag("g", *parts))
    return chart(title, *drawn, class_="chart histogram")


def sparkline(counts: Sequence[int | None], budget: float | None, title: str) -> Markup:
    """Return the last days for a table's cell: a bar a day, the budget as a thin line; small, as a list has many."""
    width, height = 5 * len(counts), 24
    top = highest([*(count or 0 for count in counts), budget or 0])
    paths = {"bar": "", "bar over": ""}
    for n, count in enumerate(counts):
        if count is None:
            continue
        tall = max((height - 2) * count / top, 0.8)  # a scored day without a name has a trace, others have none
        over = budget is not None and count > budget
        paths["bar over" if over else "bar"] += f"M{5 * n} {height}v-{tall:.1f}h4v{tall:.1f}z"
    drawn = [tag("path", d=path, class_=class_) for class_, path in paths.items() if path]
    if budget is not None:
        y = height - (height - 2) * budget / top
        drawn.append(tag("line", x1=0, x2=width, y1=y, y2=y, class_="budget-line"))
    size = {"viewBox": f"0 0 {width} {height}", "width": width, "height": height}
    return tag("svg", tag("title", title), *drawn, role="img", class_="sparkline", **size)


def share(value: float, low: float, high: float, title: str) -> Markup:
    """Return a share of 1 as a dot on a track, with the interval in which it may lie."""
    x = [6 + 148 * part for part in (low, value, high)]
    drawn = [
        tag("line", x1=6, x2=154, y1=9, y2=9, class_="track"),
        tag("line", x1=x[0], x2=x[2], y1=9, y2=9, class_="interval"),
        tag("circle", cx=x[1], cy=9, r=4.5, class_="point"),
    ]
    return tag(
        "svg", tag("title", title), *drawn, role="img", class_="share", viewBox="0 0 160 18", width=160, height=18
    )

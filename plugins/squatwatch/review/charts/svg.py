"""Inline SVG for the charts: elements that escape what they are given, and the parts that charts share.

No library, no script, no style attribute; colours come from static/charts.css by class. Every chart has the role `img`
and a title that says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 184
TOP, BASE = 24, 160  # the plot lies between them; below are the labels of dates
LEFT, RIGHT = 8, 648  # on the right of it are the names of lines


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; children and values are escaped. `class_` is class, `data_x` is data-x, None is left out."""
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    written = Markup("").join(Markup(' {}="{}"').format(key, _short(value)) for key, value in given.items())
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, Markup("").join(map(escape, children)))


def chart(title: str, *parts: Markup, **attributes: object) -> Markup:
    """Return an `<svg>` of the charts' size whose title says in words what it shows."""
    return tag("svg", tag("title", title), *parts, role="img", viewBox=f"0 0 {WIDTH} {HEIGHT}", **attributes)


def level(y: float, text: str, class_: str) -> Markup:
    """Return a named line across the chart; its transform moves it."""
    across = tag("line", x1=LEFT, x2=RIGHT, y1=0, y2=0)
    return tag("g", across, tag("text", text, x=RIGHT + 8, y=4), class_=class_, transform=f"translate(0 {y:.1f})")


def dates(labels: Sequence[str], slot: float) -> Markup:
    """Return the label of the last day and of as many before it as fit."""
    apart = max(1, -(-len(labels) // 5))
    places = range(len(labels) - 1, -1, -apart)
    texts = [tag("text", labels[n], x=LEFT + (n + 0.5) * slot, y=BASE + 17, class_="date middle") for n in places]
    return Markup("").join(texts)


def highest(values: Sequence[float], least: float = 1) -> float:
    """Return the largest value, at least `least`, so that nothing is divided by zero."""
    return max([*values, least])


def _short(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value

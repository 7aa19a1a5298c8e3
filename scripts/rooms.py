"""Draw which room imports which: the picture and the table in docs/architecture.md.

    python scripts/rooms.py

A room is a folder of `plugins/squatwatch` or `ml/squatwatch_ml`, or a module that lies beside these folders. Imports
are read from the source, those inside functions and those for type checkers included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = {"squatwatch": ROOT / "plugins", "squatwatch_ml": ROOT / "ml"}
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms: written by scripts/rooms.py -->", "<!-- /rooms -->"

Graph = Mapping[str, set[str]]


def main() -> None:
    PAGE.write_text(with_drawing(PAGE.read_text("utf-8"), drawing()), "utf-8")


def with_drawing(page: str, drawn: str) -> str:
    """Return the page with the text between its two marks replaced. Raises ValueError where it has no marks."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{drawn}\n{END}{after}"


def drawing() -> str:
    """Return the picture and the table of both libraries, as Markdown."""
    return "\n".join(_of_library(library) for library in LIBRARIES)


def modules_of(library: str) -> dict[str, Path]:
    """Return {dotted name: file} of a library's modules."""
    root = LIBRARIES[library]
    named = {_dotted(file.relative_to(root)): file for file in sorted((root / library).rglob("*.py"))}
    assert named, f"no modules of {library} below {root}"
    return named


@cache
def module_imports() -> dict[str, set[str]]:
    """Return {module: modules of this project that it imports}, of both libraries."""
    modules = {name: file for library in LIBRARIES for name, file in modules_of(library).items()}
    return {name: set(_imported(file, modules)) - {name} for name, file in modules.items()}


def room_imports(library: str) -> dict[str, set[str]]:
    """Return {room: rooms of the same library that it imports}; `__init__` and `__main__` of a library are no rooms."""
    rooms: dict[str, set[str]] = {}
    for module, imported in module_imports().items():
        if module.startswith(f"{library}.") and not module.endswith("__main__"):
            rooms.setdefault(_room(module), set()).update(
                _room(name) for name in imported if name.startswith(f"{library}.")
            )
    return {room: others - {room} for room, others in rooms.items()}


def floors(graph: Graph) -> list[list[str]]:
    """Return the rooms floor by floor: each stands above all that it imports.

    Raises ValueError where there is a cycle.
    """
    placed: dict[str, int] = {}
    while len(placed) < len(graph):
        ready = [room for room in graph if room not in placed and graph[room] <= placed.keys()]
        if not ready:
            raise ValueError(f"a cycle among {', '.join(sorted(graph.keys() - placed.keys()))}")
        placed |= {room: max((placed[other] + 1 for other in graph[room]), default=0) for room in ready}
    return [sorted(room for room in placed if placed[room] == floor) for floor in range(max(placed.values()) + 1)]


def without_shortcuts(graph: Graph) -> dict[str, set[str]]:
    """Return the graph without the arrows that a longer way says too (its transitive reduction)."""
    below: dict[str, set[str]] = {}
    for floor in floors(graph):
        for room in floor:
            below[room] = graph[room] | {deeper for other in graph[room] for deeper in below[other]}
    return {
        room: {other for other in others if not any(other in below[between] for between in others)}
        for room, others in graph.items()
    }


def _of_library(library: str) -> str:
    graph = room_imports(library)
    levels = floors(graph)
    boxes = [f"    {room}([{room}])" for level in reversed(levels) for room in level]
    arrows = [
        f"    {room} --> {other}"
        for room, others in sorted(without_shortcuts(graph).items())
        for other in sorted(others)
    ]
    rows = [
        f"| {len(levels) - n} | `{room}` | {', '.join(f'`{other}`' for other in sorted(graph[room])) or '–'} |"
        for n, level in enumerate(reversed(levels))
        for room in level
    ]
    return "\n".join(
        [
            f"### `{library}`\n",
            "```mermaid\nflowchart TB",
            *boxes,
            *arrows,
            "```\n",
            "| floor | room | imports |\n| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _imported(file: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from [whole] if whole in modules else [node.module] if node.module in modules else []


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


if __name__ == "__main__":
    main()

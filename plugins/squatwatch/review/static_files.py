"""The page's own style and scripts."""

from __future__ import annotations

from pathlib import Path

from fastapi import HTTPException
from fastapi.responses import FileResponse

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def static_file(name: str) -> FileResponse:
    """One of the files that are there, by its bare name."""
    path = {each.name: each for each in FOLDER.iterdir() if each.suffix in TYPES}.get(name)
    if path is None:
        raise HTTPException(404, "there is nothing here")
    return FileResponse(path, media_type=TYPES[path.suffix])

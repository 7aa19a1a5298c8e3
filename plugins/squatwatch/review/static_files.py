"""The page's own style and scripts."""

from __future__ import annotations

from pathlib import Path

from fastapi import HTTPException
from fastapi.responses import FileResponse

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def static_file(name: str) -> FileResponse:
    """Return the file of that bare name; answer 404 for any other."""
    path = {file.name: file for file in FOLDER.iterdir() if file.suffix in TYPES}.get(name)
    if path is None:
        raise HTTPException(404, "there is nothing here")
    return FileResponse(path, media_type=TYPES[path.suffix])

"""Templates to HTML. Everything is escaped; links are relative, so that a base path works."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from squatwatch.names import hostile_text

FOLDER = Path(__file__).parent / "templates"


def render(request: Request, template_name: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """Return the page of a template.

    Besides `values`, templates have who asks (`reader`), which view this is (`section`) and what relative links begin
    with (`root`).
    """
    ours = {
        "reader": getattr(request.state, "reader", None),
        "section": _path(request).split("/")[0],
        "root": root_of(request),
    }
    return HTMLResponse(_templates().get_template(template_name).render(values | ours), status_code)


def root_of(request: Request) -> str:
    """Return what a relative link to the page's own root begins with."""
    return "../" * _path(request).count("/") or "./"


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", "")).removeprefix("/")


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "defanged": hostile_text.defanged,
        "visible": hostile_text.visible,
        "reason": hostile_text.reason_html,
        "mixed_scripts": hostile_text.mixed_scripts,
    }
    return environment

"""Browsers: a page of anybody can send requests to this machine, which then come from a program of this machine."""

from __future__ import annotations

from starlette.requests import Request

from squatwatch.net.loopback import is_loopback
from squatwatch.serve.http.answers import NotServed


def demand_local(request: Request) -> None:
    """Raise NotServed for what a page in a browser has sent, and for a name that only leads to this machine."""
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none":
        raise NotServed(403, "AccessDeniedException", "pages in a browser are not served")
    if not is_loopback(request.url.hostname or ""):
        raise NotServed(403, "AccessDeniedException", "the server is asked by its address, 127.0.0.1, or as localhost")

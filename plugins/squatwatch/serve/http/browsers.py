"""Browsers: a page of anybody can send requests to this machine, which then come from a program of this machine."""

from __future__ import annotations

import re

from starlette.requests import Request

from squatwatch.net.loopback import is_loopback
from squatwatch.serve.http.answers import NotServed

HOST = re.compile(r"(?:([a-z0-9.-]+)|\[([0-9a-f:.]+)\])(?::[0-9]{1,5})?", re.IGNORECASE)


def demand_local(request: Request) -> None:
    """Raise NotServed for what a page in a browser has sent, and for a name that only leads to this machine."""
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none":
        raise NotServed(403, "AccessDeniedException", "pages in a browser are not served")
    if not _names_this_machine(request.headers.getlist("host")):
        raise NotServed(403, "AccessDeniedException", "the server is asked by its address, 127.0.0.1, or as localhost")


def _names_this_machine(hosts: list[str]) -> bool:
    """Tell it of the header as it was sent: Starlette's URL has the server's own address where it cannot parse it."""
    if len(hosts) != 1 or not (found := HOST.fullmatch(hosts[0])):
        return False
    return is_loopback((found[1] or found[2]).lower())

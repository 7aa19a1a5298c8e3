"""Access: whoever may see, or edit, the DAG `daily_detections` may see, or write to, the page.

A plugin's application is open to everybody unless it says otherwise, so `app.py` asks `may_read` before every answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from fastapi import HTTPException, Request

from squatwatch import DAILY_DAG

LARGEST_BODY = 1_000_000  # bytes

may_read = requires_access_dag("GET", param_dag_id=DAILY_DAG)
may_write = requires_access_dag("PUT", param_dag_id=DAILY_DAG)
may_trigger = requires_access_dag("POST", DagAccessEntity.RUN, param_dag_id=DAILY_DAG)


class Reader(NamedTuple):
    """The person who asks; the page offers to judge where `may_write`, and to run dates where `may_trigger`."""

    name: str
    may_write: bool
    may_trigger: bool = False


def reader(request: Request, user: GetUserDep) -> Reader:
    """Return who asks and what they may do."""
    return Reader(user.get_name(), _allows(may_write, request, user), _allows(may_trigger, request, user))


def _allows(check: Callable[[Request, BaseUser], None], request: Request, user: BaseUser) -> bool:
    try:
        check(request, user)
    except HTTPException:
        return False
    return True


def same_site(request: Request) -> None:
    """Refuse posts from other sites with 403: the session's cookie alone does not keep them out.

    Every browser says where a post comes from; what says nothing is no browser and names its own Origin.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = {request.headers.get("host"), urlsplit(conf.get("api", "base_url", fallback="")).netloc} - {"", None}
    if site not in (None, "same-origin") or (origin and urlsplit(origin).netloc not in ours) or not (site or origin):
        raise HTTPException(403, "this came from another site")


async def json_body(request: Request) -> bytes:
    """Return the body; answer 415 where it is not said to be JSON, 413 where it is too large.

    FastAPI would read a body before it asks who sent it.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "only application/json is taken")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, "this is too large")
    return body

"""The Airflow plugin: the page "Detections" in the navigation, served by `squatwatch.review`.

Every component of Airflow reads this file; only the API server serves the page. So the application is made at the first
request, in a thread, and reading this costs nothing.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

from airflow.plugins_manager import AirflowPlugin


@cache
def application() -> Any:
    """Return the FastAPI application, made once."""
    from squatwatch.review.app import create_app

    return create_app()


async def review_page(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve a request of the page: an ASGI application that costs nothing until then."""
    app = await asyncio.to_thread(application)
    await app(scope, receive, send)


class SquatwatchPlugin(AirflowPlugin):
    """The page and its place in Airflow's navigation."""

    name = "squatwatch"
    fastapi_apps = [{"name": "squatwatch", "app": review_page, "url_prefix": "/squatwatch"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Detections",
            "href": "squatwatch/",  # relative, so that a base path works
            "url_route": "detections",
            "destination": "nav",
        }
    ]

"""The application behind the page. Nothing of it is open: a path that leads nowhere asks for the login as well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.middleware.base import RequestResponseEndpoint

from squatwatch.errors import SquatwatchError
from squatwatch.review import errors, following, refresh
from squatwatch.review.access import Reader, json_body, may_read, may_trigger, may_write, reader, same_site
from squatwatch.review.charts import routes as charts_routes
from squatwatch.review.day import routes as day_routes
from squatwatch.review.headers import HEADERS
from squatwatch.review.judging import routes as label_routes
from squatwatch.review.pages import render
from squatwatch.review.static_files import static_file

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app() -> FastAPI:
    """Return the application, each route behind the login; those that write ask for that right, this site and JSON."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(may_read), Depends(remember_reader), Depends(following.follow_lately)],
    )
    pages = APIRouter()
    day_routes.add_to(pages, render)
    charts_routes.add_to(pages, render)
    pages.add_api_route("/static/{name}", static_file, methods=["GET"])
    app.include_router(pages)
    app.include_router(label_routes.router(), dependencies=[Depends(may_write), Depends(same_site), Depends(json_body)])
    app.include_router(refresh.router(), dependencies=[Depends(may_trigger), Depends(same_site), Depends(json_body)])
    app.add_api_route("/{path:path}", nothing_here, methods=METHODS)
    app.middleware("http")(add_headers)
    app.exception_handler(HTTPException)(errors.refused)
    app.exception_handler(RequestValidationError)(errors.not_understood)
    app.exception_handler(ValidationError)(errors.not_understood)
    app.exception_handler(SquatwatchError)(errors.in_words)
    app.exception_handler(Exception)(errors.unforeseen)
    return app


def remember_reader(request: Request, who: Annotated[Reader, Depends(reader)]) -> None:
    """Keep who asks, for the templates and for the names of labels."""
    request.state.reader = who


def nothing_here() -> None:
    """Refuse a path that leads nowhere."""
    raise HTTPException(404, "there is nothing here")


async def add_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Put the policy of `headers` on every answer."""
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response

"""The application behind the page. Nothing of it is open: a path that leads nowhere asks for the login as well."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from squatwatch.errors import SquatwatchError
from squatwatch.review.access import json_body, may_read, may_write, reader, same_site
from squatwatch.review.charts import routes as charts_routes
from squatwatch.review.day import routes as day_routes
from squatwatch.review.headers import HEADERS
from squatwatch.review.judging import routes as label_routes
from squatwatch.review.pages import render, root_of
from squatwatch.review.static_files import static_file

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app() -> FastAPI:
    """The routes, each behind the login. Those that write want more: the right to edit, this site, JSON."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(may_read), Depends(remember_reader)],
    )
    pages = APIRouter()
    day_routes.add_to(pages, render)
    charts_routes.add_to(pages, render)
    pages.add_api_route("/static/{name}", static_file, methods=["GET"])
    app.include_router(pages)
    app.include_router(label_routes.router(), dependencies=[Depends(may_write), Depends(same_site), Depends(json_body)])
    app.add_api_route("/{path:path}", nothing_here, methods=METHODS)
    app.middleware("http")(add_headers)
    app.exception_handler(HTTPException)(refuse)
    app.exception_handler(SquatwatchError)(tell)
    app.exception_handler(ValidationError)(tell)
    return app


def remember_reader(request: Request, who=Depends(reader)) -> None:  # noqa: B008
    request.state.reader = who


def nothing_here() -> None:
    raise HTTPException(404, "there is nothing here")


async def add_headers(request: Request, call_next) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


async def refuse(request: Request, error: HTTPException) -> Response:
    """As FastAPI does it; but a person whose session has ended is shown the way to log in, in the frame too."""
    if error.status_code == 401 and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        log_in = f"{root_of(request)}../api/v2/auth/login?{urlencode({'next': here})}"
        return render(request, "log_in.html", 401, log_in=log_in)
    return await http_exception_handler(request, error)


def tell(request: Request, error: Exception) -> Response:
    """What went wrong, in words: to the script as JSON, to a person as a page."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        message = f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}"
        return JSONResponse({"detail": message}, 422)
    if request.method == "GET":
        return render(request, "trouble.html", 503, message=str(error))
    return JSONResponse({"detail": str(error)}, 409)

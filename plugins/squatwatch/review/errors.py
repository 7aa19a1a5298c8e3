"""Answers to what went wrong: a page for a person, JSON for the page's scripts and other programs."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from squatwatch import DAILY_DAG
from squatwatch.errors import DatabaseTrouble, DiskFull, NotAllowed
from squatwatch.review.headers import HEADERS
from squatwatch.review.pages import render, root_of

TITLES = {
    403: "You may not see this page",
    404: "There is nothing here",
    405: "There is nothing here",
    409: "This cannot be done",
    422: "This address cannot be understood",
    500: "Something went wrong that nobody foresaw",
    503: "This cannot be shown",
}
FOR_A_WHILE = (DatabaseTrouble, DiskFull, NotAllowed)  # an engineer mends these; what was sent is not wrong
NEXT = {
    403: f"Your login may not read the DAG {DAILY_DAG}. Ask whoever keeps the users of this Airflow for that right.",
    500: "The log of Airflow's API server has the whole error; please show it to an engineer.",
}


def refused(request: Request, error: Exception) -> Response:
    """Answer an HTTPException; a person whose session has ended is shown the way to log in, inside Airflow too."""
    error = cast(HTTPException, error)  # Starlette's type of a handler is that of any exception
    if error.status_code == 401 and _is_person(request):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        log_in = f"{root_of(request)}../api/v2/auth/login?{urlencode({'next': here})}"
        return render(request, "log_in.html", 401, log_in=log_in)
    return answer(request, error.status_code, str(error.detail))


def not_understood(request: Request, error: Exception) -> Response:
    """Answer an address or a body that does not fit, with the first thing that does not."""
    first = cast(ValidationError | RequestValidationError, error).errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("query", "path"))
    return answer(request, 422, f"{where}: {first['msg'].removeprefix('Value error, ')}")


def in_words(request: Request, error: Exception) -> Response:
    """Answer an error of squatwatch, whose message says what to do.

    409 to a POST that would be refused again; 503 to a GET, and to a POST that the page keeps and sends again later.
    """
    is_refused = request.method != "GET" and not isinstance(error, FOR_A_WHILE)
    return answer(request, 409 if is_refused else 503, str(error))


def unforeseen(request: Request, error: Exception) -> Response:
    """Answer any other error, without its text; Starlette raises it again, so that the server's log has it."""
    response = answer(request, 500, "")
    response.headers.update(HEADERS)  # this answer is made outside the middleware
    return response


def answer(request: Request, status_code: int, message: str) -> Response:
    """Return the error as a page where a person asked for one, else as JSON `{"detail": …}`."""
    if not _is_person(request):
        return JSONResponse({"detail": message or NEXT.get(status_code, "")}, status_code)
    title = TITLES.get(status_code, f"Airflow answers {status_code}")
    return render(request, "trouble.html", status_code, title=title, message=message, next_step=NEXT.get(status_code))


def _is_person(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")

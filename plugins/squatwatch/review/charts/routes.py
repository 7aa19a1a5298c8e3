"""Routes of the brand and model views. What loads DuckDB or polars is imported in the request, not with the server."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from squatwatch.settings import Settings, settings


def add_to(router: APIRouter, render: Callable[..., HTMLResponse], read: Callable[[], Settings] = settings) -> None:
    """Add the routes. `render(request, template_name, status_code, **values)` gives the page, with `root` for links."""

    @router.get("/brands")
    def brands(request: Request) -> HTMLResponse:
        from squatwatch.review.charts.values import brands_values

        return render(request, "brands.html", section="brands", **brands_values(read()))

    @router.get("/brands/{brand}")
    def brand(request: Request, brand: str) -> HTMLResponse:
        from squatwatch.review.charts.values import brand_values

        if values := brand_values(read(), brand):
            return render(request, "brand.html", section="brands", **values)
        return render(request, "no_brand.html", 404, section="brands", unknown=brand)

    @router.get("/models")
    def models(request: Request) -> HTMLResponse:
        from squatwatch.review.charts.values import models_values

        return render(request, "models.html", section="models", **models_values(read()))

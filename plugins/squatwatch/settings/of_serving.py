"""Settings of the server that scores on demand."""

from __future__ import annotations

from pydantic import BaseModel, Field

from squatwatch.settings.values import HomePath


class ServingSettings(BaseModel):
    """Where `squatwatch serve` listens, whom it lets in, and how much it takes at a time."""

    serve_host: str = Field("127.0.0.1", description="`serve`: address that it listens on.")
    serve_port: int = Field(8090, ge=0, le=65535, description="`serve`: port; 0 for any that is free.")
    serve_endpoint: str = Field(
        "squatwatch", pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$", description="`serve`: name of the endpoint."
    )
    serve_access_file: HomePath | None = Field(
        None,
        description="`serve`: who may ask for which models (docs/serving-access.md); without it only this machine, "
        "unsigned.",
    )
    serve_container: bool = Field(
        False,
        description="`serve`: be a container of SageMaker: unsigned, on all addresses.",
    )
    serve_certificate: HomePath | None = Field(None, description="`serve`: PEM file of the certificate, for TLS.")
    serve_certificate_key: HomePath | None = Field(None, description="`serve`: PEM file of the certificate's key.")
    serve_names: int = Field(10_000, ge=1, description="`serve`: names or pairs in one request, at most.")
    serve_bytes: int = Field(5_000_000, ge=1, description="`serve`: bytes of one request's body, at most.")
    serve_at_once: int = Field(2, ge=1, description="`serve`: requests that are scored at once.")
    serve_waiting: int = Field(
        256, ge=0, description="`serve`: requests that may wait; others are told to come again (503)."
    )
    serve_seconds: float = Field(
        60, gt=0, allow_inf_nan=False, description="`serve`: seconds that a body may take to come, and a stop to wait."
    )

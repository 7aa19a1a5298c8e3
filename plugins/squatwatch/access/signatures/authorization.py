"""The header Authorization of AWS Signature Version 4, taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from squatwatch.access.refused import incomplete, no_signature
from squatwatch.access.request import Request

ALGORITHM = "AWS4-HMAC-SHA256"
PRESIGNED = (
    ": a signature in the query string (a presigned URL) is not taken here; sign the header Authorization, as the "
    "clients of AWS do"
)


@dataclass(frozen=True)
class Authorization:
    """Who signed, for what (date, region, service), which headers, and the signature."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str


def read_authorization(request: Request) -> Authorization:
    """Return what the header Authorization says.

    Raises Refused where there is none, where the signature stands in the query, and where a part is missing.
    """
    parameters = _parameters(_header(request))
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not parameters.get(name)]
    if missing:
        raise incomplete(" ".join(f"Authorization header requires '{name}' parameter." for name in missing))
    scope = parameters["Credential"].split("/")
    if len(scope) != 5:
        raise incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got {len(scope)}"
        )
    key_id, date, region, service, terminator = scope
    signed_headers = tuple(parameters["SignedHeaders"].split(";"))
    return Authorization(key_id, date, region, service, terminator, signed_headers, parameters["Signature"])


def _header(request: Request) -> str:
    headers = request.header_values("authorization")
    if not headers and b"x-amz-signature=" in request.query_string.lower():
        raise no_signature(PRESIGNED)
    if not headers or not headers[0].strip().startswith("AWS4-"):
        raise no_signature()
    if len(headers) > 1:
        raise incomplete("The request has more than one Authorization header.")
    return headers[0].strip()


def _parameters(header: str) -> dict[str, str]:
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise incomplete(f"Unsupported AWS 'algorithm': '{algorithm}' (only {ALGORITHM} for now).")
    parameters: dict[str, str] = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise incomplete(f"'{name}' not a valid key=value pair (missing equal-sign) in Authorization header.")
        if name in parameters:
            raise incomplete(f"Authorization header has the parameter '{name}' twice.")
        parameters[name] = value
    return parameters

"""AWS Signature Version 4 of a request, verified with botocore's own signer: what it signs is what is compared."""

from __future__ import annotations

import re
from datetime import datetime
from hmac import compare_digest

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import ReadOnlyCredentials

from squatwatch.access.refused import invalid, mismatch
from squatwatch.access.request import Request
from squatwatch.access.signatures.authorization import Authorization
from squatwatch.access.signatures.freshness import stamp

SERVICE = "sagemaker"
TERMINATOR = "aws4_request"
BODY_HASH = "x-amz-content-sha256"

# what a request means depends on these headers, so nobody on the way may add or change them
SIGNED_IF_SENT = re.compile("content-type|x-amz-.*|x-amzn-sagemaker-.*")
ONCE = re.compile(f"host|{SIGNED_IF_SENT.pattern}")
# a URL's parser would cut at # and drop line breaks, so that botocore would sign less than the server reads
PLAIN = re.compile(rb"[\x21-\x22\x24-\x7e]*")


def check_signed_headers(request: Request, authorization: Authorization) -> None:
    """Raise Refused where a header that must be signed is not, or was sent more than once."""
    sent = [name for name, _ in request.header_pairs]
    if "host" not in authorization.signed_headers:
        raise invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    for name in sorted(set(sent)):
        if SIGNED_IF_SENT.fullmatch(name) and name not in authorization.signed_headers:
            raise invalid(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
        if ONCE.fullmatch(name) and sent.count(name) > 1:
            raise invalid(f"The header '{name}' must not be sent more than once.")


def check_scope(authorization: Authorization, signed: datetime, region: str) -> None:
    """Raise Refused where the signature was made for another region, service or day, naming all that are wrong."""
    wrong = []
    if authorization.region != region:
        wrong.append(f"Credential should be scoped to a valid region, not '{authorization.region}'.")
    if authorization.service != SERVICE:
        wrong.append(f"Credential should be scoped to correct service: '{SERVICE}'.")
    if authorization.terminator != TERMINATOR:
        wrong.append(
            f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{authorization.terminator}'."
        )
    if authorization.date != stamp(signed)[:8]:
        wrong.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{authorization.date}' != '{stamp(signed)[:8]}', from '{stamp(signed)}'."
        )
    if wrong:
        raise invalid(" ".join(wrong))


def check_body_hash(request: Request) -> None:
    """Raise Refused where a header gives the hash of another body, or says that the body is not signed."""
    given = request.header(BODY_HASH)
    if given is None or compare_digest(given.encode(), request.body_sha256.encode()):
        return
    if given.startswith(("UNSIGNED-PAYLOAD", "STREAMING-")):
        raise invalid(f"The body must be signed: '{given}' in {BODY_HASH} is not taken by this service.")
    raise mismatch()


def check_signature(request: Request, authorization: Authorization, signed: datetime, secret: str) -> None:
    """Raise Refused where the signature is not that of this request with this secret."""
    if not (PLAIN.fullmatch(request.raw_path) and PLAIN.fullmatch(request.query_string)):
        raise mismatch()
    expected = signature_of(request, authorization, signed, secret)
    if not compare_digest(expected.encode(), authorization.signature.encode()):
        raise mismatch()


def signature_of(request: Request, authorization: Authorization, signed: datetime, secret: str) -> str:
    """Return the signature in hexadecimal digits that the request has to carry."""
    signer = _Verifier(authorization, secret, request.body_sha256)
    url = f"http://host{request.raw_path.decode('ascii')}?{request.query_string.decode('ascii')}"
    asked = AWSRequest(method=request.method, url=url)
    asked.context["timestamp"] = stamp(signed)
    for name, value in request.header_pairs:
        if name in authorization.signed_headers:
            asked.headers[name] = value  # one more each time: these headers are those of a mail
    return str(signer.signature(signer.string_to_sign(asked, signer.canonical_request(asked)), asked))


class _Verifier(SigV4Auth):  # type: ignore[misc]  # botocore has no types
    """botocore's signer, told that all headers are signed, and what the body's hash is."""

    def __init__(self, authorization: Authorization, secret: str, body_sha256: str):
        key = ReadOnlyCredentials(authorization.access_key_id, secret, None)
        super().__init__(key, authorization.service, authorization.region)
        self._body_sha256 = body_sha256

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers

    def payload(self, request: AWSRequest) -> str:
        return self._body_sha256

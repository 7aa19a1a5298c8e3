"""The one door: whose request it is, whether it is fresh and unchanged, and whether policies allow it."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest
from pathlib import Path

from squatwatch.access.access_file import Access
from squatwatch.access.access_in_force import CHECK_SECONDS, AccessInForce
from squatwatch.access.context import context_of
from squatwatch.access.policies.policy import INVOKE, Decision, access_denied, decide
from squatwatch.access.principal import Principal
from squatwatch.access.refused import expired_key, unknown_key
from squatwatch.access.request import Request
from squatwatch.access.signatures.authorization import Authorization, read_authorization
from squatwatch.access.signatures.freshness import check_freshness, signed_at
from squatwatch.access.signatures.replays import UsedSignatures
from squatwatch.access.signatures.signature import check_body_hash, check_scope, check_signature, check_signed_headers


class Door:
    """The check that every request passes, from any number of threads; one for a process of the server."""

    def __init__(self, access_file: Path, check_seconds: float = CHECK_SECONDS):
        """Read the access file. Raises SquatwatchError naming what does not fit in it."""
        self._access = AccessInForce(access_file, check_seconds)
        self._used = UsedSignatures()

    def authorize(self, request: Request, target_model: str | None, endpoint: str, now: datetime) -> Principal:
        """Return who asks, where that user may invoke a model of an endpoint.

        `target_model` is the model that the server is about to use, None where the request names none; `now` is a UTC
        time. Raises Refused, which is the answer, in each other case.
        """
        access = self._access.current()
        principal = self._authenticated(access, request, now)
        resource = principal.endpoint_arn(endpoint)
        context = context_of(principal, request, target_model, now)
        decision = decide(access.rules.users[principal.name].policies, INVOKE, resource, context)
        if decision is not Decision.ALLOWED:
            raise access_denied(decision, principal.arn, INVOKE, resource)
        return principal

    def recognise(self, request: Request, now: datetime) -> None:
        """Raise Refused where it is clear without the body that the request is not let in."""
        access = self._access.current()
        authorization, _ = _whole_and_fresh(access, request, now)
        if authorization.access_key_id not in access.rules.holders:
            raise unknown_key()

    def _authenticated(self, access: Access, request: Request, now: datetime) -> Principal:
        """Return whose signature the request has. The order is that of the real service."""
        authorization, signed = _whole_and_fresh(access, request, now)
        check_body_hash(request)
        principal = _holder(access, request, authorization, signed, now)
        self._used.use(authorization.signature, now)
        return principal


def _whole_and_fresh(access: Access, request: Request, now: datetime) -> tuple[Authorization, datetime]:
    """Return the signature of a request and its time, where nothing but the body is left to look at. Raises Refused."""
    authorization = read_authorization(request)
    signed = signed_at(request)
    check_freshness(signed, now)
    check_signed_headers(request, authorization)
    check_scope(authorization, signed, access.rules.region)
    return authorization, signed


def _holder(
    access: Access, request: Request, authorization: Authorization, signed: datetime, now: datetime
) -> Principal:
    """Return the user whose key signed. Raises Refused; what is wrong with a token is told to its holder only."""
    if (holder := access.rules.holders.get(authorization.access_key_id)) is None:
        raise unknown_key()
    name, key = holder
    check_signature(request, authorization, signed, access.secrets[authorization.access_key_id])
    token = key.session_token.get_secret_value() if key.session_token else ""
    if not compare_digest(token.encode(), (request.header("x-amz-security-token") or "").encode()):
        raise unknown_key()
    if key.is_expired(now):
        raise expired_key()
    return access.rules.principal(name, authorization.access_key_id)

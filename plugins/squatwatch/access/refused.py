"""The answer to a request that is not let in, with the words of the real service, so that AWS clients understand it."""

from __future__ import annotations

import json


class Refused(Exception):
    """A request that is not let in. The server answers with `status`, `headers` and `body`.

    An AWS client turns `code` into its error class. The answer must carry the header Date as well: some clients correct
    their clock by it, and people compare it with theirs.
    """

    def __init__(self, code: str, message: str, status: int = 403):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say what went wrong."""
        return {"x-amzn-ErrorType": self.code, "Content-Type": "application/json"}

    @property
    def body(self) -> bytes:
        """The JSON of the answer; the real service writes *Message* where a policy refused and *message* elsewhere."""
        name = "Message" if self.code == "AccessDeniedException" else "message"
        return json.dumps({name: self.message}).encode()


def no_signature(detail: str = "") -> Refused:
    """Return the answer to a request that is not signed, or not in its Authorization header."""
    return Refused("MissingAuthenticationTokenException", f"Missing Authentication Token{detail}")


def incomplete(message: str) -> Refused:
    """Return the answer to a signature that is not whole."""
    return Refused("IncompleteSignatureException", message)


def invalid(message: str) -> Refused:
    """Return the answer to a signature that is whole and does not hold."""
    return Refused("InvalidSignatureException", message)


def mismatch() -> Refused:
    """Return the answer to a wrong secret, and to a request that was changed on its way: they look the same."""
    return invalid(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details."
    )


def unknown_key() -> Refused:
    """Return the answer to an access key that nobody has, and to a wrong session token."""
    return Refused("UnrecognizedClientException", "The security token included in the request is invalid.")


def expired_key() -> Refused:
    """Return the answer to temporary credentials whose time is over."""
    return Refused("ExpiredTokenException", "The security token included in the request is expired")

"""Trust: the certificate authorities that count, and what is said where a certificate is not trusted.

Python and OpenSSL take SSL_CERT_FILE and SSL_CERT_DIR for the authorities of this machine. OpenSSL passes over a file
that is not there, and each certificate fails later; here the variable is named.
"""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

import certifi

from squatwatch.net.faults import NeedsAPerson

# OpenSSL's X509_V_ERR_…: the certificate itself is wrong, whoever signed it
EXPIRED, NOT_YET_VALID = 10, 9
OTHER_NAME = (62, 64)  # a host name, an address


def trusted_authorities(who: str, authorities: str | None = None) -> ssl.SSLContext:
    """Return a context that trusts the PEM file `authorities`, else what SSL_CERT_FILE or SSL_CERT_DIR names.

    Without any of them it trusts the public authorities. Raises NeedsAPerson where a file or folder does not do.
    """
    if authorities:
        return _of_file(authorities, who, f"the connection's ca_file {authorities}")
    if file := os.environ.get("SSL_CERT_FILE"):
        return _of_file(file, who, f"SSL_CERT_FILE ({file})")
    if folder := os.environ.get("SSL_CERT_DIR"):
        if not any(Path(part).is_dir() for part in folder.split(os.pathsep)):
            raise _unusable(who, f"SSL_CERT_DIR ({folder})", "is no folder")
        return ssl.create_default_context(capath=folder)
    return _context_of(certifi.where())


def untrusted_certificate(error: BaseException | None) -> tuple[str, str] | None:
    """Return what is wrong with a server's certificate and the remedy; None where the error is of another kind."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"has a certificate that is not trusted ({error.verify_message})", remedy_of(error.verify_code)
        error = error.__cause__ or error.__context__
    return None


def remedy_of(verify_code: int | None = None) -> str:
    """Return what helps against a certificate that failed with OpenSSL's `verify_code`."""
    if verify_code in (EXPIRED, NOT_YET_VALID):
        return "its owner has to renew it, or this machine's clock is wrong"
    if verify_code in OTHER_NAME:
        return "write the address with the name that the certificate is for"
    own = "an authority of your own: set SSL_CERT_FILE to a PEM file that has its certificate (docs/troubleshooting.md)"
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if value := os.environ.get(name):
            return f"the authority that signed it is not in {name} ({value}); add its certificate there"
    return f"if it was signed by {own}"


def _of_file(path: str, who: str, named: str) -> ssl.SSLContext:
    if not Path(path).is_file():
        raise _unusable(who, named, "does not exist")
    try:
        return _context_of(path)
    except OSError:  # ssl.SSLError is one
        raise _unusable(who, named, "cannot be read as certificates") from None


def _context_of(path: str) -> ssl.SSLContext:
    return _read(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: str, _modified_ns: int) -> ssl.SSLContext:
    """Read a file once as long as it stays as it is: 150 authorities take a twentieth of a second, for each client."""
    return ssl.create_default_context(cafile=path)


def _unusable(who: str, named: str, why: str) -> NeedsAPerson:
    return NeedsAPerson(who, f"cannot be asked: {named} {why}", "correct it or unset it")

"""The proxy between this machine and a URL, and the variable that names it.

The variables are those of every program: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in capitals or small letters.
A proxy's URL may have a password in it, so it is shown as scheme, host and port only.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from urllib.request import getproxies, proxy_bypass

import httpx

from squatwatch.net.faults import NeedsAPerson

REMEDY = "write it as http://host:port or socks5://host:port"


@dataclass(frozen=True)
class ProxySetting:
    """A proxy as the environment names it, without user and password. `authority` is host and port."""

    variable: str
    scheme: str
    authority: str

    def __str__(self) -> str:
        return f"the proxy {self.scheme}://{self.authority} of {self.variable}"


def check_proxies(who: str, schemes: Collection[str] = ("http", "https", "all")) -> None:
    """Raise NeedsAPerson naming the variable of a proxy that no request of the schemes can go through."""
    for scheme, address in _addresses().items():
        if scheme not in schemes:
            continue
        try:
            url = httpx.Proxy(address).url
            usable = bool(url.host)
        except (ValueError, httpx.InvalidURL):
            usable = False
        if not usable:
            raise NeedsAPerson(who, f"cannot be asked: {_variable(scheme)} is not the address of a proxy", REMEDY)


def proxy_of(url: httpx.URL) -> ProxySetting | None:
    """Return the proxy that a request to the URL goes through; None where it goes straight."""
    addresses = _addresses()
    scheme = url.scheme if url.scheme in addresses else "all"
    if scheme not in addresses or proxy_bypass(url.host):
        return None
    return _setting(scheme, addresses[scheme])


def proxies_of_s3() -> str:
    """Return in words which proxies boto takes; it does not read ALL_PROXY and does not speak SOCKS."""
    settings = [_setting(scheme, text) for scheme, text in _addresses().items() if scheme != "all"]
    note = " (S3 goes through HTTP proxies only)" if any("socks" in proxy.scheme for proxy in settings) else ""
    return " or ".join(map(str, settings)) + note


def _addresses() -> dict[str, str]:
    """Return `{http, https or all: the proxy's URL}` as httpx reads them."""
    values = getproxies()
    named = {scheme: values[scheme] for scheme in ("http", "https", "all") if values.get(scheme)}
    return {scheme: text if "://" in text else f"http://{text}" for scheme, text in named.items()}


def _setting(scheme: str, address: str) -> ProxySetting:
    proxy = httpx.URL(address)
    port = f":{proxy.port}" if proxy.port else ""
    return ProxySetting(_variable(scheme), proxy.scheme, f"{proxy.host}{port}")


def _variable(scheme: str) -> str:
    """Return the variable that names the proxy; small letters count first, as for httpx."""
    name = f"{scheme}_proxy"
    if os.environ.get(name):
        return name
    return name.upper() if os.environ.get(name.upper()) else f"this system's {scheme} proxy"

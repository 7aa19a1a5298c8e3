"""The users of `make up`: SQUATWATCH_UP_USERS=ana:admin,vic:viewer; by default one admin.

Passwords are made once and kept in a file that only its owner reads. A user who is taken out of the setting can no
longer log in; his password is still there when he comes back.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
from pathlib import Path

VARIABLE = "SQUATWATCH_UP_USERS"
ROLES = ("viewer", "user", "op", "admin")  # of Airflow's simple auth manager: viewers look, users judge
DEFAULT = "admin:admin"


def users() -> dict[str, str]:
    """Return `{name: role}` as the variable gives them. End the program where it does not fit."""
    text = os.environ.get(VARIABLE) or DEFAULT
    roles: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, role = (part.strip() for part in entry.partition(":"))
        if not re.fullmatch(r"[\w.@-]+", name) or role.lower() not in ROLES or name in roles:
            refuse(f"{entry!r} is not a new name with a role of {', '.join(ROLES)}")
        roles[name] = role.lower()
    if "admin" not in roles.values():
        refuse("nobody in it is an admin")
    return roles


def refuse(problem: str) -> None:
    """End the program with the problem and an example."""
    sys.exit(f"{VARIABLE}: {problem}; write it as {VARIABLE}=ana:admin,vic:viewer make up")


def for_airflow() -> str:
    """Return the users as Airflow's option `simple_auth_manager_users` wants them."""
    return ",".join(f"{name}:{role.upper()}" for name, role in users().items())


def keep_passwords(path: Path) -> dict[str, str]:
    """Return `{name: password}` of today's users: those of earlier times, new ones where there are none."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    for name in users():
        kept.setdefault(name, secrets.token_urlsafe(12))
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(kept))
    return {name: kept[name] for name in users()}

"""How the access file is read: strictly, with the secrets of other files, and with the rights that keep them secret."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from squatwatch.access.complaints import KeyTwice, complaints, unique_keys, warnings_about
from squatwatch.access.principals import AccessRules
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_secret

OTHERS_MAY_READ_OR_WRITE = stat.S_IRWXG | stat.S_IRWXO
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH

State = tuple[int, ...] | None


@dataclass(frozen=True)
class Access:
    """Contents of an access file: the rules, the secret of each access key, and what somebody should look at.

    `states` has the state of each file before it was read: one that changed while it was read is read again.
    """

    rules: AccessRules = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)
    warnings: tuple[str, ...]
    states: Mapping[Path, State] = field(repr=False)

    def for_nobody(self) -> Access:
        """Return the same door without users."""
        rules = AccessRules(account=self.rules.account, region=self.rules.region, users={})
        return Access(rules, {}, (), self.states)


def read_access(path: Path) -> Access:
    """Return what the access file says.

    Raises SquatwatchError naming the file, the user, the policy and the statement where something does not fit, and
    where other accounts of the machine may read a secret or change who has access.
    """
    states = {path: state_of(path)}
    rules = _parsed(path)
    _check_mode(path, OTHERS_MAY_READ_OR_WRITE if rules.holds_secrets() else OTHERS_MAY_WRITE)
    states |= {path.parent / file: state_of(path.parent / file) for file in rules.secret_files()}
    return Access(rules, dict(_secrets(path, rules)), tuple(warnings_about(f"the access file {path}", rules)), states)


def state_of(path: Path) -> State:
    """Return what changes with a file, None without one; its rights count too, which show in the time of its inode."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _parsed(path: Path) -> AccessRules:
    try:
        return AccessRules.model_validate(json.loads(path.read_text("utf-8"), object_pairs_hook=unique_keys))
    except OSError as error:
        wrong = f"cannot be read ({error.strerror}); name a file that this account may read"
    except ValidationError as error:
        wrong = f"does not fit: {complaints(error)}"
    except RecursionError:
        wrong = "is not JSON that this program can read: it is nested too deeply; write it anew"
    except json.JSONDecodeError as error:  # its text may hold a secret, so only the place is told
        wrong = f"is not JSON (line {error.lineno}, column {error.colno}): {error.msg}; correct it there"
    except ValueError as error:
        wrong = f"is not JSON: {error}" if isinstance(error, KeyTwice) else "is no UTF-8 text; write it anew"
    raise SquatwatchError(f"the access file {path} {wrong}")


def _secrets(path: Path, rules: AccessRules) -> Iterator[tuple[str, str]]:
    for key_id, (user, key) in rules.holders.items():
        if key.secret_access_key:
            yield key_id, key.secret_access_key.get_secret_value()
        elif key.secret_access_key_file:
            file = path.parent / key.secret_access_key_file  # a relative path begins at the folder of the access file
            secret = read_secret(file, f"the access file {path}, user {user}, secret_access_key_file")
            if not secret:
                raise SquatwatchError(f"the access file {path}, user {user}: {file} is empty; write the secret into it")
            _check_mode(file, OTHERS_MAY_READ_OR_WRITE)
            yield key_id, secret


def _check_mode(path: Path, forbidden: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    what, remedy = ("change it", "go-w") if forbidden == OTHERS_MAY_WRITE else ("read or write it", "go=")
    if mode & forbidden:
        raise SquatwatchError(
            f"{path} decides who has access, and its mode {mode:04o} lets other accounts {what}: chmod {remedy} {path}"
        )

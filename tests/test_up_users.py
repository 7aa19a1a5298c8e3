"""Who may log in to `make up`, as SQUATWATCH_UP_USERS says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def users(monkeypatch):
    """scripts/airflow_users.py."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import airflow_users

    monkeypatch.delenv("SQUATWATCH_UP_USERS", raising=False)
    return airflow_users


@pytest.mark.parametrize(
    "text, for_airflow",
    [
        ("", "admin:ADMIN"),
        ("ana:admin,vic:viewer", "ana:ADMIN,vic:VIEWER"),
        (" ana:ADMIN , uma@soc.example:user,", "ana:ADMIN,uma@soc.example:USER"),
    ],
)
def test_users_and_roles(users, monkeypatch, text, for_airflow):
    monkeypatch.setenv("SQUATWATCH_UP_USERS", text)
    assert users.for_airflow() == for_airflow


@pytest.mark.parametrize(
    "text, problem",
    [
        ("vic:viewer", "nobody in it is an admin"),
        ("ana", "'ana' is not a new name with a role of viewer, user, op, admin"),
        ("ana:boss", "'ana:boss'"),
        ("ana:admin,ana:viewer", "'ana:viewer'"),
        ("a b:admin", "'a b:admin'"),
    ],
)
def test_what_does_not_fit_is_named_with_an_example(users, monkeypatch, text, problem):
    monkeypatch.setenv("SQUATWATCH_UP_USERS", text)
    with pytest.raises(SystemExit) as ended:
        users.users()
    assert problem in str(ended.value) and "SQUATWATCH_UP_USERS=ana:admin,vic:viewer make up" in str(ended.value)


def test_passwords_stay_and_only_their_owner_reads_them(users, monkeypatch, tmp_path):
    path = tmp_path / "passwords.json"
    first = users.keep_passwords(path)
    monkeypatch.setenv("SQUATWATCH_UP_USERS", "admin:admin,vic:viewer")
    second = users.keep_passwords(path)
    assert second["admin"] == first["admin"] and set(second) == {"admin", "vic"} and second["vic"] != second["admin"]
    assert json.loads(path.read_text()) == second and path.stat().st_mode & 0o077 == 0
    monkeypatch.delenv("SQUATWATCH_UP_USERS")
    assert set(users.keep_passwords(path)) == {"admin"}

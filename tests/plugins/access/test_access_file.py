"""The access file is read strictly, its secrets stay secret, and a broken new version never opens the door."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest
from signed_requests import ALLOW_ALL, KEY_ID, NOW, SECRET, access_rules, signed, write_access_file

from squatwatch.access import Door, Refused
from squatwatch.access.access_file import read_access
from squatwatch.access.context import KEYS
from squatwatch.access.policies.operators import OPERATORS
from squatwatch.errors import SquatwatchError

PAGE = Path(__file__).resolve().parents[3] / "docs/serving-access.md"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "access.json"


def error(path, rules, mode=0o600):
    with pytest.raises(SquatwatchError) as failure:
        read_access(write_access_file(path, rules, mode))
    message = str(failure.value)
    assert str(path.parent) in message and SECRET not in message
    return message


def changed(change, **key):
    """The access file with something changed: `change` gets the whole and the user."""
    rules = access_rules(**key)
    change(rules, rules["users"]["analyst"])
    return rules


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda all_, user: all_.update(acount="1"), "acount: there is no such key; remove it"),
        (lambda all_, user: all_.pop("account"), "account: it is missing; add it"),
        (lambda all_, user: all_.update(account="12"), "account: it has another form; docs/serving-access.md shows"),
        (lambda all_, user: all_.update(users=[]), "users: "),
        (lambda all_, user: user.update(policy=[]), "user analyst, policy: there is no such key; remove it"),
        (lambda all_, user: user.update(access_keys=None), "user analyst, access_keys: "),
        (lambda all_, user: user["access_keys"][0].pop("secret_access_key"), "user analyst, access key 1: it needs "),
        (lambda all_, user: user["access_keys"][0].update(expires_at="2026-11-29T12:00:00Z"), "add their session_tok"),
        (
            lambda all_, user: user["access_keys"][0].update(session_token="x", expires_at="2026-11-29T12:00:00"),
            "user analyst, access key 1, expires_at: Input should have timezone info",
        ),
        (lambda all_, user: user["access_keys"][0].update(secret_access_key=SECRET.split("/")), "secret_access_key: "),
        (lambda all_, user: user["access_keys"].append(user["access_keys"][0]), f"the access key {KEY_ID} stands more"),
        (lambda all_, user: all_["users"].update(other=user), f"the access key {KEY_ID} stands more than once"),
        (lambda all_, user: all_["users"].update({"a b": user}), "user a b: it has another form"),
        (
            lambda all_, user: user["policies"].append(
                {"Version": "2012-10-17", "Statement": [ALLOW_ALL["Statement"], {"Effect": "Deni"}]}
            ),
            "user analyst, policy 2, statement 2, Effect: Input should be 'Allow' or 'Deny'",
        ),
        (
            lambda all_, user: user["policies"][0]["Statement"].update(NotAction="s3:*"),
            "user analyst, policy 1, statement 1: it needs either Action or NotAction",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(change, message, path):
    told = error(path, changed(change))
    assert told.startswith(f"the access file {path} does not fit: ") and message in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"account": "123456789012",\n "users": {]', "is not JSON (line 2, column 12)"),
        ('{"users": {"a": 1, "a": 2}}', "is not JSON: an object has the key 'a' twice; remove one of them"),
        ("[]", "does not fit: "),
        ("", "is not JSON (line 1, column 1)"),
    ],
)
def test_what_is_no_access_file_is_named(text, message, path):
    assert message in error(path, text)


def test_bytes_that_are_no_text_are_named(path):
    path.write_bytes(b"\xff{}")
    with pytest.raises(SquatwatchError, match=r"access\.json is no UTF-8 text"):
        read_access(path)


def test_a_file_that_is_not_there_is_named(path):
    with pytest.raises(
        SquatwatchError, match=r"access\.json cannot be read \(No such file or directory\); name a file"
    ):
        read_access(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_others_may_not_read_a_file_with_secrets(mode, path):
    assert error(path, access_rules(), mode).endswith(
        f"{path} decides who has access, and its mode {mode:04o} lets other accounts read or write it: chmod go= {path}"
    )


def with_secret_file(path, secret, mode=0o600, name="analyst.secret"):
    write_access_file(path.parent / name, secret, mode)
    return access_rules(secret_access_key=None, secret_access_key_file=name)


def test_a_secret_may_stand_in_a_file_of_its_own(path):
    access = read_access(write_access_file(path, with_secret_file(path, f"{SECRET}\n"), 0o644))
    assert access.secrets == {KEY_ID: SECRET}
    assert SECRET not in repr(access) and SECRET not in repr(access.rules) and SECRET not in str(access.rules)


def test_others_may_not_change_who_has_access(path):
    assert error(path, with_secret_file(path, SECRET), 0o664).endswith(
        f"lets other accounts change it: chmod go-w {path}"
    )


def test_a_secret_s_file_that_cannot_be_used_is_named(path):
    secret = path.parent / "analyst.secret"
    assert error(path, with_secret_file(path, SECRET, 0o644)).endswith(f"chmod go= {secret}")
    assert f"user analyst: {secret} is empty; write the secret into it" in error(path, with_secret_file(path, "\n"))
    rules = with_secret_file(path, SECRET)
    secret.unlink()
    assert f"user analyst, secret_access_key_file: {secret}: No such file or directory; name a file" in error(
        path, rules
    )


def test_what_is_served_and_was_not_meant_is_told(path):
    odd = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLikes": {"aws:username": "*"}}},
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "yes"}}},
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"sagemaker:Model": "true"}}},
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:principaltag/a": "true"}}},
        ],
    }
    warnings = read_access(write_access_file(path, access_rules(odd))).warnings
    place = f"the access file {path}, user analyst, policy 1, statement"
    assert warnings == (
        f"{place} 1: the operator StringLikes is not known here; the condition counts as met, so it denies; correct it",
        f"{place} 2: Bool cannot compare aws:SecureTransport with 'yes'; the condition is never met; correct it",
        f"{place} 3: no request has the condition key sagemaker:Model; correct its name",
    )


def is_let_in(door, **signing):
    try:
        door.authorize(signed(**signing), "general", "squatwatch", NOW)
    except Refused:
        return False
    return True


def replaced(path, rules, mode=0o600):
    """Put a new version in place of the old one, as editors and configuration tools do."""
    new = write_access_file(path.with_suffix(".new"), rules, mode)
    os.replace(new, path)


def test_a_new_version_counts_without_a_restart(path, caplog):
    caplog.set_level(logging.INFO, "squatwatch.access")
    door = Door(write_access_file(path, access_rules()), check_seconds=0)
    rules = access_rules()
    rules["users"]["analyst"]["access_keys"].append({"access_key_id": "AKIANEW", "secret_access_key": "new"})
    replaced(path, rules)
    assert is_let_in(door) and is_let_in(door, key_id="AKIANEW", secret="new")
    del rules["users"]["analyst"]["access_keys"][0]
    replaced(path, rules)
    assert not is_let_in(door) and is_let_in(door, key_id="AKIANEW", secret="new")
    assert caplog.messages == [f"the access file {path} was read anew; it has 1 users"] * 2


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


@pytest.mark.parametrize(
    "lock_out",
    [
        lambda all_, user: all_.update(users={}),
        lambda all_, user: user.update(access_keys=[]),
        lambda all_, user: all_["users"].pop("analyst"),
    ],
)
def test_the_only_user_is_locked_out_without_a_restart(lock_out, path, caplog):
    door = Door(write_access_file(path, access_rules()), check_seconds=0)
    assert is_let_in(door)
    replaced(path, changed(lock_out))
    assert not is_let_in(door) and warnings(caplog) == []
    replaced(path, access_rules())
    assert is_let_in(door)


def test_a_removed_file_lets_in_nobody_until_it_is_there_again(path, caplog):
    door = Door(write_access_file(path, access_rules()), check_seconds=0)
    path.unlink()
    for _ in range(3):
        assert not is_let_in(door)
    assert len(warnings(caplog)) == 1
    assert warnings(caplog)[0].endswith("Nobody may ask until it is there again")
    write_access_file(path, "{")
    assert not is_let_in(door)
    assert warnings(caplog)[1].endswith("Nobody may ask until this is corrected")
    replaced(path, access_rules())
    assert is_let_in(door)


@pytest.mark.parametrize("broken", ["{", json.dumps({"users": {}})])
def test_a_broken_new_version_leaves_the_old_one_in_force_and_is_told_once(broken, path, caplog):
    door = Door(write_access_file(path, access_rules()), check_seconds=0)
    replaced(path, broken)
    for _ in range(3):
        assert is_let_in(door) and not is_let_in(door, secret="wrong")
    assert len(warnings(caplog)) == 1
    assert warnings(caplog)[0].endswith("Its earlier version stays in force until this is corrected")
    replaced(path, access_rules(access_key_id="AKIANEW"))
    assert not is_let_in(door) and is_let_in(door, key_id="AKIANEW")
    assert len(warnings(caplog)) == 1


def test_rights_that_were_corrected_are_seen(path):
    door = Door(write_access_file(path, access_rules()), check_seconds=0)
    replaced(path, access_rules(access_key_id="AKIANEW"), 0o644)
    assert not is_let_in(door, key_id="AKIANEW")
    path.chmod(0o600)
    assert is_let_in(door, key_id="AKIANEW")


def test_a_secret_that_was_replaced_in_its_file_counts(path):
    door = Door(write_access_file(path, with_secret_file(path, SECRET)), check_seconds=0)
    write_access_file(path.parent / "analyst.secret", "another secret")
    assert not is_let_in(door) and is_let_in(door, secret="another secret")


def test_a_secret_s_file_may_come_after_the_access_file_that_names_it(path):
    door = Door(write_access_file(path, access_rules()), check_seconds=0)
    replaced(path, access_rules(secret_access_key=None, secret_access_key_file="later"))
    assert is_let_in(door) and not is_let_in(door, secret="new")
    write_access_file(path.parent / "later", "new")
    assert is_let_in(door, secret="new") and not is_let_in(door)


def test_the_file_is_looked_at_once_a_second(path):
    door = Door(write_access_file(path, access_rules()), check_seconds=3600)
    path.unlink()
    assert is_let_in(door)


def test_no_secret_is_in_what_is_printed_or_logged(path, caplog):
    key = {"session_token": "session/token", "expires_at": "2026-11-29T13:00:00Z"}
    right = signed(token="session/token")
    wrong = [signed(token="other"), signed(token="session/token", secret="wrong"), signed()]
    caplog.set_level(logging.DEBUG)  # of the server: the client itself logs what it signs
    door = Door(write_access_file(path, access_rules(**key)), check_seconds=0)
    principal = door.authorize(right, "general", "squatwatch", NOW)
    printed = [repr(principal), repr(vars(door)), repr(vars(door._access))]
    for request in wrong:
        with pytest.raises(Refused) as refused:
            door.authorize(request, "general", "squatwatch", NOW)
        printed += [repr(refused.value), refused.value.body.decode()]
    replaced(path, "{")
    door.authorize(right, "general", "squatwatch", NOW)
    printed += caplog.messages
    assert caplog.messages and not [text for text in printed if SECRET in text or "session/token" in text]
    assert principal.arn == "arn:aws:iam::123456789012:user/analyst"


def test_the_example_of_the_documentation_is_read(path):
    example = PAGE.read_text("utf-8").partition("```json\n")[2].partition("```")[0]
    write_access_file(path.parent / "analyst.secret", SECRET)
    access = read_access(write_access_file(path, example, 0o644))
    assert list(access.rules.users) == ["analyst"] and access.warnings == ()


def test_the_documentation_names_every_operator_and_condition_key():
    page = PAGE.read_text("utf-8")
    assert {
        name for name in OPERATORS if not name.startswith(("String", "Arn", "Date")) and f"`{name}`" not in page
    } == set()
    assert [key for key in KEYS if f"`{key}`" not in page] == []

"""Policies of least rights: what they say, and that nothing more is asked and nothing less is enough."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from s3_rights import patterns_of, refusing
from s3_server import client, no_credentials_of_the_machine, s3_server
from store_work import DAY, DAY_BEFORE, path_of, publish, seen, written
from typer.testing import CliRunner

from squatwatch.checkpoints import checkpoint_of
from squatwatch.cli import app
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings
from squatwatch.store import catalogs
from squatwatch.store.door import follow_warehouse
from squatwatch.store.s3_policy import CALLS, Role, bucket_policy, policy_of
from squatwatch.store.scope import Scope
from squatwatch.store.whole import prune_notes
from squatwatch.store.whole.cluster import demand_own
from squatwatch.store.whole.mirror import mirror_published
from squatwatch.store.whole.prune import prune
from squatwatch.store.whole.sync import sync

URL = "s3://names/squat/watch"
DENIED = (403, "AccessDenied")
REGISTRATIONS = "/names/squat/watch/objects/registrations/run_date=2024-02-29/"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd"


def test_a_reader_may_read_what_is_committed_and_published():
    objects = "arn:aws:s3:::names/squat/watch"
    assert policy_of(Role.READER, URL)["Statement"] == [
        {
            "Sid": "List",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": ["arn:aws:s3:::names"],
            "Condition": {
                "StringLike": {"s3:prefix": ["squat/watch/commits/*", "squat/watch/catalog/*", "squat/watch/objects/*"]}
            },
        },
        {
            "Sid": "GetObject",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": [f"{objects}/commits/*", f"{objects}/catalog/*", f"{objects}/objects/*"],
        },
    ]


def test_only_a_prune_may_remove_objects_and_nobody_may_remove_commits():
    removing = {role: {call.part for call in CALLS if role in call.roles and "Delete" in call.action} for role in Role}
    assert removing == {
        Role.READER: set(),
        Role.WORKER: {"catalog/", "checkpoints/"},
        Role.MIRROR: {"catalog/", "checkpoints/", "published/"},
        Role.PRUNE: {"objects/", "prune/"},
    }


def test_a_bucket_without_a_prefix():
    [listing, reading] = policy_of(Role.READER, "s3://names")["Statement"]
    assert listing["Condition"]["StringLike"]["s3:prefix"][0] == "commits/*"
    assert reading["Resource"][0] == "arn:aws:s3:::names/commits/*"


@pytest.mark.parametrize(
    ("key", "resource", "condition"),
    [
        (KEY, KEY, None),
        ("1234abcd", "arn:aws:kms:*:*:key/1234abcd", None),
        (
            "alias/squatwatch",
            "arn:aws:kms:*:*:key/*",
            {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/squatwatch"}},
        ),
    ],
)
def test_whoever_reads_may_decrypt_and_whoever_writes_encrypt(key, resource, condition):
    of_key = policy_of(Role.WORKER, URL, key)["Statement"][-1]
    assert of_key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert (of_key["Resource"], of_key.get("Condition")) == ([resource], condition)
    assert policy_of(Role.READER, URL, key)["Statement"][-1]["Action"] == ["kms:Decrypt"]


@pytest.mark.parametrize("key", ["key/1234abcd", "alias/squatwatch"])
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_all_is_in_the_partition_of_the_key(partition, key):
    arn = f"arn:{partition}:kms:cn-north-1:111122223333:{key}"
    for policy in (policy_of(Role.WORKER, URL, arn), bucket_policy(URL, arn)):
        resources = [name for one in policy["Statement"] for name in one["Resource"]]
        assert {name.split(":")[1] for name in resources} == {partition}


def test_the_bucket_takes_tls_only_replaces_nothing_and_keeps_commits():
    statements = {one["Sid"]: one for one in bucket_policy(URL, KEY)["Statement"]}
    assert {one["Effect"] for one in statements.values()} == {"Deny"}
    assert statements["OnlyOverTLS"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statements["NothingIsReplaced"]["Condition"] == {"Null": {"s3:if-none-match": "true"}}
    assert statements["CommitsStay"]["Resource"] == ["arn:aws:s3:::names/squat/watch/commits/*"]
    encrypted = {"s3:x-amz-server-side-encryption-aws-kms-key-id": KEY}
    assert statements["OnlyEncrypted"]["Condition"] == {"StringNotEquals": encrypted}
    assert "OnlyEncrypted" not in {one["Sid"] for one in bucket_policy(URL)["Statement"]}


def test_the_command_prints_them(monkeypatch, tmp_path):
    monkeypatch.setenv("SQUATWATCH_HOME", URL)
    monkeypatch.setenv("SQUATWATCH_STORE_KMS_KEY", KEY)
    for arguments, policy in [
        (["worker"], policy_of(Role.WORKER, URL, KEY)),
        (["prune"], policy_of(Role.PRUNE, URL, KEY)),
        (["--bucket"], bucket_policy(URL, KEY)),
    ]:
        assert json.loads(CliRunner().invoke(app, ["store", "policy", *arguments]).stdout) == policy
    monkeypatch.setenv("SQUATWATCH_HOME", f"file://{tmp_path}")
    assert "is no bucket: rights there are" in str(CliRunner().invoke(app, ["store", "policy"]).exception)


# --- what is asked of a server ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def server():
    with no_credentials_of_the_machine(), s3_server("names", "encrypted") as address:
        yield address


@pytest.fixture
def machine(tmp_path):
    def new(name: str, home: str = URL, **settings: str):
        return read_settings(home=home, scratch=tmp_path / name, database_url="sqlite://", **settings)

    return new


def trained_in_two_goes(first, second):
    """Interrupted on one machine, and ended on another."""
    kept = checkpoint_of(first, "train/trained")
    assert not kept.fetch()
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    kept.path.write_bytes(b"what it has learnt")
    kept.put()
    elsewhere = checkpoint_of(second, "train/trained")
    assert elsewhere.fetch() and elsewhere.path.read_bytes() == b"what it has learnt"
    elsewhere.remove()
    assert not kept.fetch()


@pytest.mark.slow
@pytest.mark.machines
def test_each_role_asks_all_that_its_policy_allows_and_nothing_else(proxy, machine, tmp_path, monkeypatch):
    """A server that refuses the rest; what a date is, is of no account here."""
    used: dict[Role, set] = {role: set() for role in Role}

    def now_as(role: Role) -> None:
        proxy.fault = refusing(policy_of(role, URL), used[role])

    monkeypatch.setattr(catalogs, "KEPT", 1)
    worker, reader = machine("worker"), machine("reader")
    for role in (Role.WORKER, Role.MIRROR):
        now_as(role)
        for name in "ab":  # the second one asks whose it is
            demand_own(machine(f"{role}-{name}"), "a database")
        for turn, days in enumerate([(DAY_BEFORE, DAY), (DAY,)]):
            for day in days:
                written(worker, {path_of("registrations", day): f"{role} {turn}"}, Scope([day]))
            publish(worker, *days)
            if role is Role.MIRROR:
                mirror_published(worker)
        trained_in_two_goes(machine(f"{role}-a"), machine(f"{role}-b"))
    with monkeypatch.context() as patch:  # what a killed run has left long ago is put anew
        patch.setattr(prune_notes, "OLD", timedelta(seconds=-1))
        for role in (Role.WORKER, Role.MIRROR):
            now_as(role)
            written(worker, {path_of("registrations"): f"{role} 0"})
    now_as(Role.READER)
    assert seen(reader)[path_of("registrations")] == "mirror 0"
    follow_warehouse(reader)
    sync(machine("analyst"), tmp_path / "local")
    allowed = proxy.fault
    proxy.fault = lambda method, path: DENIED if path.startswith(REGISTRATIONS) else allowed(method, path)
    with pytest.raises(SquatwatchError, match="access denied"):
        seen(machine("another reader"))
    now_as(Role.PRUNE)
    time.sleep(1.1)  # S3 has seconds
    prune(machine("prune"), timedelta(0))
    for role in Role:
        statements = policy_of(role, URL)["Statement"]
        assert used[role] == {(one["Action"], pattern) for one in statements for pattern in patterns_of(one)}, role


@pytest.mark.slow
@pytest.mark.machines
def test_objects_are_encrypted_with_the_key(proxy, server, machine):
    settings = machine("a", "s3://encrypted", store_kms_key=KEY)
    written(settings, {path_of("registrations"): "names"})
    keys = [one["Key"] for one in client(server).list_objects_v2(Bucket="encrypted")["Contents"]]
    heads = [client(server).head_object(Bucket="encrypted", Key=key) for key in keys]
    assert [(head["ServerSideEncryption"], head["SSEKMSKeyId"]) for head in heads] == [("aws:kms", KEY)] * 2

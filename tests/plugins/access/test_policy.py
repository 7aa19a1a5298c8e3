"""Policies decide as IAM's documents say, and what cannot be judged never opens the door."""

from __future__ import annotations

import pytest
from policy_cases import ACTION, ENDPOINT, PRINCIPAL, TAG
from pydantic import ValidationError

from squatwatch.access.policies.conditions import Condition
from squatwatch.access.policies.policy import Decision, access_denied, decide
from squatwatch.access.policies.policy_document import Policy

RESOURCE = f"{ENDPOINT}squatwatch"
CONTEXT = {
    "sagemaker:TargetModel": "acme/1",
    "aws:username": "analyst",
    "aws:SourceIp": "192.0.2.7",
    "aws:CurrentTime": "2026-11-29T12:00:00Z",
    "aws:SecureTransport": "true",
}


def statement(effect="Allow", condition=None, **parts):
    made = {"Effect": effect, "Action": ACTION, "Resource": "*"} | parts
    return {name: part for name, part in made.items() if part} | ({"Condition": condition} if condition else {})


def decided(*statements, version="2012-10-17", **context):
    policy = Policy.model_validate({"Version": version, "Statement": list(statements)})
    known = CONTEXT | {key.replace("__", ":"): value for key, value in context.items()}
    return decide([policy], ACTION, RESOURCE, {key.lower(): value for key, value in known.items() if value is not None})


def is_met(condition, **context):
    return decided(statement(condition=condition), **context) is Decision.ALLOWED


def test_nothing_allows_and_an_explicit_deny_wins():
    only_acme = statement(condition={"StringLike": {"sagemaker:TargetModel": "acme/*"}})
    never_old = statement("Deny", {"StringLike": {"sagemaker:TargetModel": "*/1"}})
    assert decide([], ACTION, RESOURCE, {}) is Decision.NOT_ALLOWED
    assert decided(only_acme) is Decision.ALLOWED
    assert decided(only_acme, sagemaker__TargetModel="globex/1") is Decision.NOT_ALLOWED
    assert decided(only_acme, never_old) is Decision.DENIED
    assert decided(only_acme, never_old, sagemaker__TargetModel="acme/2") is Decision.ALLOWED


def test_a_request_that_names_no_model_meets_no_condition_on_it():
    assert not is_met({"StringLike": {"sagemaker:TargetModel": "*"}}, sagemaker__TargetModel=None)
    assert is_met({"StringNotLike": {"sagemaker:TargetModel": "acme/*"}}, sagemaker__TargetModel=None)
    assert is_met({"StringLikeIfExists": {"sagemaker:TargetModel": "x"}}, sagemaker__TargetModel=None)
    assert is_met({"Null": {"sagemaker:TargetModel": True}}, sagemaker__TargetModel=None)
    assert not is_met({"Null": {"sagemaker:TargetModel": "true"}})


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("StringLikes", "acme/*"),
        ("stringlike", "acme/*"),
        ("NumericEquals", "1"),
        ("ForSomeValues:StringLike", "acme/*"),
        ("StringLikeIfexists", "acme/*"),
        ("NullIfExists", "true"),
        ("ForAllValues:Null", "true"),
        ("IfExists", "acme/*"),
        ("", "acme/*"),
        ("IpAddress", "acme/*"),
        ("DateLessThan", "tomorrow"),
        ("DateLessThan", "99999999999999999999"),
        ("Bool", "yes"),
        ("Null", "yes"),
    ],
)
def test_what_cannot_be_judged_denies_where_it_denies_and_allows_nowhere(operator, value):
    condition = {operator: {"sagemaker:TargetModel": value}}
    assert decided(statement(condition=condition)) is Decision.NOT_ALLOWED
    assert decided(statement(), statement("Deny", condition)) is Decision.DENIED
    assert Condition(operator, "sagemaker:TargetModel", (value,)).problem


def test_what_cannot_be_judged_does_not_widen_the_other_conditions_of_a_deny():
    condition = {"StringLikes": {"sagemaker:TargetModel": "*"}, "StringEquals": {"aws:username": "somebody"}}
    assert decided(statement(), statement("Deny", condition)) is Decision.ALLOWED


def test_wildcards_reach_over_line_breaks_and_other_characters_mean_themselves():
    assert is_met({"StringLike": {"sagemaker:TargetModel": "a*1"}}, sagemaker__TargetModel="a\n/1")
    assert not is_met({"StringEquals": {"sagemaker:TargetModel": "acme/1"}}, sagemaker__TargetModel="acme/1\n")
    assert not is_met({"StringLike": {"sagemaker:TargetModel": "acme.1"}})
    assert is_met({"StringLike": {"sagemaker:TargetModel": "a[*](+)?"}}, sagemaker__TargetModel="a[b](+)c")


def test_an_arn_is_compared_part_by_part():
    assert decided(statement(Resource="arn:aws:sagemaker:*:*:endpoint/*")) is Decision.ALLOWED
    assert decided(statement(Resource="arn:aws:sagemaker:*endpoint/squatwatch")) is Decision.NOT_ALLOWED
    assert decided(statement(Resource=RESOURCE.upper().replace("ARN", "arn"))) is Decision.NOT_ALLOWED
    assert decided(statement(Resource="arn:aws:sagemaker:us-east-1:*")) is Decision.ALLOWED


def test_variables_are_filled_in_and_are_no_patterns():
    own = {"StringLike": {"sagemaker:TargetModel": "${aws:username}/*"}}
    assert is_met(own, sagemaker__TargetModel="analyst/1")
    assert not is_met(own)
    assert not is_met(own, aws__username="*")  # a user called * gets the models of *, not of everybody
    assert is_met({"StringLike": {"sagemaker:TargetModel": "a${*}"}}, sagemaker__TargetModel="a*")
    assert not is_met({"StringLike": {"sagemaker:TargetModel": "a${*}"}}, sagemaker__TargetModel="ab")
    assert is_met({"StringEquals": {"sagemaker:TargetModel": "a${$}"}}, sagemaker__TargetModel="a$")


def test_a_variable_without_a_value_equals_nothing():
    """As IAM's documents say: a negated condition is met by it, all others are not."""
    team = f"${{{TAG}}}"
    assert not is_met({"StringEquals": {"sagemaker:TargetModel": team}})
    assert is_met({"StringNotEquals": {"sagemaker:TargetModel": team}})
    assert is_met({"StringEquals": {"sagemaker:TargetModel": f"${{{TAG}, 'acme/1'}}"}})
    assert decided(statement(Resource=f"{ENDPOINT}{team}")) is Decision.NOT_ALLOWED


def test_an_exception_with_a_variable_without_a_value_never_opens_the_door():
    excepted = {"Resource": None, "NotResource": f"{ENDPOINT}${{{TAG}}}"}
    assert decided(statement(**excepted)) is Decision.NOT_ALLOWED
    assert decided(statement(), statement("Deny", **excepted)) is Decision.DENIED


@pytest.mark.parametrize(
    ("network", "address", "is_in"),
    [
        ("0.0.0.0/0", "192.0.2.7", True),
        ("192.0.2.0/24", "::ffff:192.0.2.7", True),  # how a socket of both families names an IPv4 client
        ("192.0.2.9/24", "192.0.2.7", True),
        ("2001:db8::/32", "2001:db8::7", True),
        ("2001:db8::/32", "192.0.2.7", False),
        ("::/0", "192.0.2.7", False),
    ],
)
def test_addresses(network, address, is_in):
    assert is_met({"IpAddress": {"aws:SourceIp": network}}, aws__SourceIp=address) is is_in
    assert is_met({"NotIpAddress": {"aws:SourceIp": network}}, aws__SourceIp=address) is not is_in


def test_times_may_be_seconds():
    assert is_met({"DateGreaterThan": {"aws:CurrentTime": "1767225600"}})  # 2026-01-01
    assert is_met({"DateLessThan": {"aws:CurrentTime": "2026-11-29T14:00:00+01:00"}})
    assert not is_met({"DateLessThan": {"aws:CurrentTime": 1767225600}})


def test_a_request_with_a_value_of_another_kind_is_judged_as_in_doubt():
    """No address is known of a client on a Unix socket."""
    condition = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    assert not is_met(condition, aws__SourceIp="unix:")
    assert decided(statement(), statement("Deny", condition), aws__SourceIp="unix:") is Decision.DENIED


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"Statement": statement(Principal="*")}, "Principal"),
        ({"Statement": statement(NotAction="s3:*")}, "either Action or NotAction"),
        ({"Statement": statement(Resource=None)}, "either Resource or NotResource"),
        ({"Statement": statement(effect="allow")}, "Effect"),
        ({"Statement": statement(Action="InvokeEndpoint")}, "Action"),
        ({"Statement": statement(Action="sage*:InvokeEndpoint")}, "Action"),
        ({"Statement": statement(Resource="squatwatch")}, "Resource"),
        ({"Statement": statement(Resource=None, NotResource="arn:aws:sagemaker:*")}, "NotResource"),
        ({"Statement": []}, "Statement"),
        ({"Statement": statement(), "Version": "2026-01-01"}, "Version"),
        ({"Statement": statement(Resource=f"{ENDPOINT}${{aws:username}}")}, "2012-10-17"),
        ({"Statement": statement(condition={"StringEquals": {"aws:username": []}})}, "Condition"),
        ({"Statement": statement(condition={"StringEquals": {}})}, "Condition"),
    ],
)
def test_a_policy_that_iam_would_not_store_is_refused(policy, message):
    with pytest.raises(ValidationError, match=message):
        Policy.model_validate(policy)


def test_the_answers_are_those_of_the_real_service():
    user = f"User: {PRINCIPAL} is not authorized to perform: sagemaker:InvokeEndpoint on resource: {RESOURCE} "
    refused = access_denied(Decision.NOT_ALLOWED, PRINCIPAL, ACTION, RESOURCE)
    assert (refused.status, refused.code) == (403, "AccessDeniedException")
    assert refused.message == user + "because no identity-based policy allows the sagemaker:InvokeEndpoint action"
    assert refused.body.startswith(b'{"Message": "User: arn:aws:iam::123456789012:user/analyst is not authorized')
    refused = access_denied(Decision.DENIED, PRINCIPAL, ACTION, RESOURCE)
    assert refused.message == user + "with an explicit deny in an identity-based policy"

"""Least rights: a role may do what is called, and no more. In the plan every policy is complete."""

from __future__ import annotations

import json
import re

import pytest
from terraform import ROOT, STACK, VARIABLES

ACCOUNT, REGION, BUCKET = "111122223333", "eu-central-1", "squatwatch-111122223333-eu-central-1"

# actions that take no resource but all, and statements that are about one resource anyway
FOR_ALL = {
    "ecr:GetAuthorizationToken": "a login for the account's registry",
    "cloudwatch:PutMetricData": "the condition names the metrics",
    "ec2:DescribeDhcpOptions": "a listing",
    "ec2:DescribeNetworkInterfaces": "a listing",
    "ec2:DescribeSecurityGroups": "a listing",
    "ec2:DescribeSubnets": "a listing",
    "ec2:DescribeVpcs": "a listing",
}
OF_ONE_RESOURCE = {
    "aws_kms_key.": "in the policy of a key * is that key",
    "aws_vpc_endpoint.interface": "an endpoint is for its own account; the roles name resources",
}
WHOLE_SERVICES = {
    ("aws_kms_key.this RolesDecide", "kms:*"): "without it no policy of a role gives a right to the key",
    ("aws_s3_bucket_policy.this OnlyOverTLS", "s3:*"): "a refusal",
    ("aws_s3_bucket_policy.this OnlyOverTLSAnywhere", "s3:*"): "a refusal",
}

# who calls from inside the private network, and what answers there
INSIDE = ("airflow", "execution", "prune")
ENDPOINTS = {
    "ecr": {"ecr.api", "ecr.dkr"},
    "logs": {"logs"},
    "s3": {"s3"},
    "sagemaker": {"sagemaker.api"},
    "secretsmanager": {"secretsmanager"},
    "kms": set(),  # S3 and Secrets Manager ask it, in the name of the caller
}


def test_rights_to_the_data_root_are_those_that_the_code_makes(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import aws_rights

    files = {file.stem: file.read_text("utf-8") for file in (STACK / "rights").glob("*.json")}
    made = {name: aws_rights.text_of(policy) for name, policy in aws_rights.policies().items()}
    assert files == made, "run: python scripts/aws_rights.py"


@pytest.mark.parametrize(("role", "name"), [("airflow", "worker"), ("reader", "reader"), ("prune", "prune")])
def test_a_role_gets_them_with_the_names_of_the_stack(role, name, plan):
    text = (STACK / f"rights/{name}.json").read_text("utf-8")
    key = plan.one("aws_kms_key")["key_id"]
    for word, value in dict(partition="aws", region=REGION, account=ACCOUNT, bucket=BUCKET, key=key).items():
        text = text.replace(f"${{{word}}}", value)
    given = plan.of("aws_iam_role_policy")[f'aws_iam_role_policy.store["{role}"]']["policy"]
    assert json.loads(given) == json.loads(text)


def broad(plan) -> set[tuple[str, str]]:
    """Return the actions with a wildcard, each with its statement."""
    return {(one.name, action) for one in plan.statements() for action in one.actions if "*" in action}


def test_no_role_may_do_whatever_it_likes(plan):
    assert broad(plan) == set(WHOLE_SERVICES)


def test_a_right_that_is_too_wide_would_be_seen(workspace):
    file = workspace.folder / "rights.tf"
    wide = file.read_text("utf-8").replace('["s3:GetObject", "s3:PutObject"]', '["s3:*"]', 1)
    file.write_text(wide)
    assert broad(workspace.plan()) - set(WHOLE_SERVICES) == {
        ('aws_iam_role_policy.calls["training"] KeepCheckpoints', "s3:*")
    }


def test_only_what_takes_no_resource_is_for_all(plan):
    """And each of these is still used."""
    of_all = [one for one in plan.statements() if "*" in one.resources]
    listed = {where for where in OF_ONE_RESOURCE if any(one.of.startswith(where) for one in of_all)}
    others = {action for one in of_all if not one.of.startswith(tuple(OF_ONE_RESOURCE)) for action in one.actions}
    assert listed == set(OF_ONE_RESOURCE) and others == set(FOR_ALL)


def test_no_resource_is_of_another_account_or_bucket(plan):
    for one in plan.statements():
        for resource in set(one.resources) - {"*"}:
            own = resource.startswith((f"arn:aws:s3:::{BUCKET}", f"arn:aws:iam::{ACCOUNT}:role/squatwatch-"))
            assert own or resource.split(":")[3:5] == [REGION, ACCOUNT] or "starport-layer-bucket" in resource, one


@pytest.mark.parametrize("service", ["ec2", "ecr", "ecs", "firehose", "logs", "sagemaker", "secretsmanager", "sqs"])
def test_every_action_is_a_call_that_the_service_has(service, plan):
    from botocore.session import get_session

    asked = {action for one in plan.statements() for action in one.actions if action.startswith(f"{service}:")}
    calls = get_session().get_service_model(service).operation_names
    if service == "sagemaker":
        calls = [*calls, *get_session().get_service_model("sagemaker-runtime").operation_names]
    assert asked and {action.partition(":")[2] for action in asked} <= set(calls)


def test_a_role_is_passed_to_its_own_service_only(plan):
    roles = {
        values["name"]: json.loads(values["assume_role_policy"])["Statement"][0]["Principal"]
        for values in plan.of("aws_iam_role").values()
    }
    passing = [one for one in plan.statements() if "iam:PassRole" in one.actions]
    assert len(passing) == 2
    for one in passing:
        service = one.condition["StringEquals"]["iam:PassedToService"]
        assert one.actions == ["iam:PassRole"]
        assert {roles[arn.rpartition("/")[2]]["Service"] for arn in one.resources} == {service}


def test_a_role_is_taken_by_one_service_for_this_account_or_by_those_who_are_named(plan):
    named = {
        'aws_iam_role.this["reader"]': VARIABLES["reader_principals"],
        'aws_iam_role.caller["acme"]': VARIABLES["callers"]["acme"]["principals"],
    }
    for address, values in plan.of("aws_iam_role").items():
        (trust,) = json.loads(values["assume_role_policy"])["Statement"]
        if address in named:
            assert trust["Principal"] == {"AWS": named[address]}
        else:
            assert re.fullmatch(r"[a-z-]+\.amazonaws\.com", trust["Principal"]["Service"])
            assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_a_team_may_call_its_own_families_and_nothing_else(plan):
    (call,) = (one for one in plan.statements() if one.of == 'aws_iam_role_policy.caller["acme"]')
    endpoint = plan.one("aws_sagemaker_endpoint")["name"]
    assert call.actions == ["sagemaker:InvokeEndpoint"]
    assert call.resources == [f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{endpoint}"]
    assert call.condition == {"StringLike": {"sagemaker:TargetModel": ["acme/*"]}}


def test_whoever_may_write_to_the_bucket_may_use_its_key(plan):
    key = plan.one("aws_kms_key")["arn"]
    for address in plan.of("aws_iam_role"):
        rights = plan.rights(address.split('"')[1])
        if "s3:PutObject" in rights:
            assert key in rights["kms:GenerateDataKey"], address
        if "s3:GetObject" in rights:
            assert key in rights["kms:Decrypt"], address


def test_only_the_data_root_s_own_roles_touch_it(plan):
    for one in plan.statements():
        in_it = [resource for resource in one.resources if resource.startswith(f"arn:aws:s3:::{BUCKET}/data")]
        if in_it and one.effect == "Allow":
            assert one.of.startswith("aws_iam_role_policy.store["), one


def test_jobs_are_asked_for_by_the_calls_that_the_code_makes(plan):
    """`client.create_transform_job(…)` is the right `sagemaker:CreateTransformJob`."""
    folder = ROOT / "plugins/squatwatch/sagemaker"
    code = "".join(file.read_text("utf-8") for file in folder.rglob("*.py"))
    calls = re.findall(r"\b((?:create|describe|stop|list)_transform_jobs?)\b", code)
    asked = {f"sagemaker:{''.join(word.capitalize() for word in call.split('_'))}" for call in calls}
    assert asked == {action for action in plan.rights("airflow") if action.startswith("sagemaker:")}


# --- the private network ---------------------------------------------------------------------------------------------
def test_every_service_that_is_called_from_inside_has_an_endpoint_and_no_other(plan):
    called = {action.partition(":")[0] for role in INSIDE for action in plan.rights(role)}
    wanted = {endpoint for service in called for endpoint in ENDPOINTS[service]} | {"sagemaker.runtime"}
    services = {values["service_name"] for values in plan.of("aws_vpc_endpoint").values()}
    assert services == {f"com.amazonaws.{REGION}.{name}" for name in wanted}


@pytest.mark.parametrize("role", INSIDE)
def test_an_endpoint_lets_pass_what_a_role_may_call(role, plan):
    let_pass = {action for one in plan.statements() if one.of.startswith("aws_vpc_endpoint.") for action in one.actions}
    assert {action for action in plan.rights(role) if not action.startswith("kms:")} <= let_pass


def test_an_endpoint_is_for_this_account(plan):
    for one in plan.statements():
        if one.of.startswith("aws_vpc_endpoint.") and one.sid != "LayersOfImages":
            assert one.condition == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, one.name

"""The API of SageMaker's runtime, by boto3's own client."""

from __future__ import annotations

import json
import shutil

import pytest
from botocore.exceptions import ClientError
from scoring_server import invoke, runtime_client, serving
from served_models import BANKS, SHIPPED, write_copy
from signed_requests import KEY_ID, SECRET, access_rules, write_access_file

from squatwatch.models.registry import keep_artifact, use


def predictions(client, *names, **options):
    body = json.dumps({"names": names} if isinstance(names[0], str) else {"pairs": names})
    return json.loads(invoke(client, body, "application/json", **options))["predictions"]


def test_a_name_has_an_answer_for_each_brand_that_it_may_pass_for(client):
    [login] = predictions(client, "paypal-login.com")
    assert login["brand"] == "paypal" and login["is_detection"] and login["score"] > login["threshold"]
    assert (login["technique"], login["matched_text"], login["reason"]) == ("combo", "paypal", "`paypal` plus `login`")
    assert {row["brand"] for row in predictions(client, "dhl-paypal.com")} == {"dhl", "paypal"}
    assert predictions(client, "garden-tools.com") == []


def test_a_pair_has_one_answer_whatever_its_score(client):
    low, high = predictions(client, ["garden-tools.com", "paypal"], ["paypal-login.com", "PayPal"])
    assert low["score"] < 0.1 and not low["is_detection"] and "reason" not in low
    assert high["score"] > 0.9 and high["brand"] == "paypal"


def test_a_name_that_is_none_has_the_reason(client):
    assert predictions(client, "www.paypal-login.com", "paypal-login.com")[0] == {
        "name": "www.paypal-login.com",
        "error": "subdomain",
    }


def test_a_brand_s_own_domain_is_no_detection(client):
    [own] = predictions(client, ["paypal.com", "paypal"])
    assert own["score"] > own["threshold"] and not own["is_detection"] and own["allowlist_reason"] == "owned by paypal"


def test_lines_come_back_as_lines(client):
    answer = invoke(client, "paypal-login.com\nwww.a.com\nsantader-cuenta.com,santander\n")
    rows = [line.split(",") for line in answer.splitlines()]
    assert [row[0] for row in rows] == ["paypal-login.com", "www.a.com", "santader-cuenta.com"]
    assert rows[1][-1] == "subdomain" and rows[2][5] == "False"  # nothing reaches the threshold of `banks`
    lines = invoke(client, '{"name": "paypal-login.com"}', "application/jsonlines")
    assert json.loads(lines)["model_version"].startswith(f"{SHIPPED}.")


def test_the_answer_says_which_variant_it_comes_from_and_gives_back_attributes(client):
    answer = client.invoke_endpoint(
        EndpointName="squatwatch", Body="paypal-login.com", ContentType="text/csv", Accept="application/json",
        CustomAttributes="trace=1",
    )  # fmt: skip
    assert (answer["ContentType"], answer["InvokedProductionVariant"], answer["CustomAttributes"]) == (
        "application/json", "AllTraffic", "trace=1",
    )  # fmt: skip


# --- target models ---------------------------------------------------------------------------------------------------
def test_without_a_target_each_brand_is_scored_by_its_own_model(client):
    santander, paypal = predictions(client, "santander-login.com", "paypal-login.com")
    assert santander["threshold"] == 1.0 and paypal["threshold"] < 1


def test_a_target_is_asked_about_the_brands_of_its_family_and_about_pairs_with_any(client):
    assert predictions(client, "paypal-login.com", TargetModel="banks") == []
    assert [row["brand"] for row in predictions(client, "santander-login.com", TargetModel="banks")] == ["santander"]
    assert [row["brand"] for row in predictions(client, "santander-login.com", TargetModel="general")] == []
    [pair] = predictions(client, ["paypal-login.com", "paypal"], TargetModel=f"banks/{BANKS}")
    assert pair["threshold"] == 1.0


def test_a_version_can_be_asked_for_as_soon_as_it_is_there_and_what_is_in_use_at_once(root, client, tmp_path):
    with pytest.raises(ClientError, match="there is no model posts"):
        predictions(client, ["dhl-paket.com", "dhl"], TargetModel="posts")
    for version, threshold in (("bilstm-aaaaaaaaaa", 0.5), ("bilstm-bbbbbbbbbb", 0.6)):
        folder = write_copy(tmp_path / version, version, threshold=threshold, thresholds={})
        shutil.copytree(folder, root.home / "models/posts" / version)
        [row] = predictions(client, ["dhl-paket.com", "dhl"], TargetModel=f"posts/{version}")
        assert row["threshold"] == threshold
        use(root.home, "posts", version, "ana")
        [row] = predictions(client, ["dhl-paket.com", "dhl"], TargetModel="posts")
        assert row["threshold"] == threshold


@pytest.mark.parametrize(
    ("target", "code", "why"),
    [
        ("../banks", "ValidationError", "is no name of a model"),
        ("banks/../../etc", "ValidationError", "there is no model banks/../../etc"),
        ("banks/bilstm-9999999999", "ValidationError", "there is no model banks/bilstm-9999999999"),
        ("nobodys", "ValidationError", "there is no model nobodys"),
        ("banks/", "ValidationError", "names no version"),  # a policy about `banks` would not see it
        ("broken/bilstm-1111111111", "ModelError", "it was altered or belongs to another manifest"),
        ("broken/bilstm-2222222222", "ModelError", "format version 99, this program reads 3"),
        ("broken/bilstm-3333333333", "ModelError", "there is no model in"),  # one that is being put there
        ("broken/bilstm-4444444444", "ModelError", "name the folder after it"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_and_the_others_go_on(root, client, tmp_path, target, code, why):
    name, _, version = target.partition("/")
    if name == "broken":
        folder = keep_artifact(root.home, "broken", write_copy(tmp_path / "copy", version), version)
        _break(folder, version)
    with pytest.raises(ClientError, match=why) as refused:
        predictions(client, ["dhl-paket.com", "dhl"], TargetModel=target)
    assert refused.value.response["Error"]["Code"] == code
    assert predictions(client, ["santander-login.com", "santander"], TargetModel="banks")


def _break(folder, version):
    manifest = folder / "manifest.json"
    if version.endswith("1"):
        (folder / "weights.npz").write_bytes(b"altered")
    elif version.endswith("2"):
        manifest.write_text(manifest.read_text().replace('"format_version": 3', '"format_version": 99'))
    elif version.endswith("3"):
        manifest.unlink()
    else:
        manifest.write_text(manifest.read_text().replace(version, "bilstm-5555555555"))


def test_the_shipped_model_has_a_version_like_others(client):
    for target in ("general", f"general/{SHIPPED}", "general/shipped"):
        assert predictions(client, ["paypal-login.com", "paypal"], TargetModel=target)


def test_a_brand_that_none_can_be_is_told_as_a_name_that_is_none(client):
    brands = ["com", "x", "pay pal", "pay\u202epal", "a" * 80, "paypal"]
    rows = predictions(client, *(["paypal-login.com", brand] for brand in brands))
    assert [row.get("error") for row in rows] == [
        "the brand is a public suffix: every name below it would resemble it",
        "the brand has one letter: half of all names would resemble it",
        "the brand has something other than letters, digits and hyphens; write it as it stands in a domain",
        "the brand has something other than letters, digits and hyphens; write it as it stands in a domain",
        "the brand has more than 63 characters, which no domain can hold",
        None,
    ]


def test_another_endpoint_is_not_found(client):
    with pytest.raises(ClientError, match="Endpoint another not found"):
        client.invoke_endpoint(EndpointName="another", Body="a.com", ContentType="text/csv")


# --- access ----------------------------------------------------------------------------------------------------------
def test_who_is_let_in_and_to_which_model(root, tmp_path):
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "sagemaker:InvokeEndpoint",
            "Resource": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/squatwatch",
            "Condition": {"StringLike": {"sagemaker:TargetModel": ["banks", "banks/*"]}},
        },
    }
    file = write_access_file(tmp_path / "access.json", access_rules(policy))
    with serving(root.model_copy(update={"serve_access_file": file})) as running:
        allowed = runtime_client(running.url, KEY_ID, SECRET)
        assert predictions(allowed, "santander-login.com", TargetModel="banks")
        assert predictions(allowed, "santander-login.com", TargetModel=f"banks/{BANKS}")
        for target in ("general", "posts", "banksy", None):
            with pytest.raises(ClientError) as refused:
                predictions(allowed, "santander-login.com", **({"TargetModel": target} if target else {}))
            assert refused.value.response["Error"] == {
                "Code": "AccessDeniedException",
                "Message": "User: arn:aws:iam::123456789012:user/analyst is not authorized to perform: "
                "sagemaker:InvokeEndpoint on resource: arn:aws:sagemaker:us-east-1:123456789012:endpoint/squatwatch "
                "because no identity-based policy allows the sagemaker:InvokeEndpoint action",
            }
        with pytest.raises(ClientError, match="InvalidSignatureException"):
            predictions(runtime_client(running.url, KEY_ID, "wrong"), "a.com", TargetModel="banks")
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            predictions(runtime_client(running.url, "AKIAUNKNOWN"), "a.com", TargetModel="banks")

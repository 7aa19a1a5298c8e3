"""Signatures are those that botocore makes and that AWS published; whatever else was changed is refused."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from signed_requests import MODEL_HEADER, NOW, SECRET, access_rules, replaced, signed, write_access_file

from squatwatch.access import Door, Refused, Request
from squatwatch.access.signatures.authorization import read_authorization
from squatwatch.access.signatures.freshness import signed_at
from squatwatch.access.signatures.signature import check_signature, signature_of

MISMATCH = "The request signature we calculated does not match the signature you provided."


@pytest.fixture
def door(tmp_path):
    return Door(write_access_file(tmp_path / "access.json", access_rules()))


def refusal(door, request, now=NOW):
    with pytest.raises(Refused) as refused:
        door.authorize(request, "general", "squatwatch", now)
    assert refused.value.status == 403
    return refused.value.code, refused.value.message


# of AWS's own suite of signatures (aws-c-auth, tests/aws-signing-test-suite/v4): requests without a body, and one with
PUBLISHED = [
    ("GET", "/", "", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("GET", "/a/b/../..", "", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("GET", "/example space/", "", [], "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
    (
        "GET",
        "/",
        "Param2=value2&Param1=value1",
        [],
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    (
        "GET",
        "/",
        "",
        [("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')],
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    (
        "GET",
        "/",
        "",
        [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    ),
    (
        "GET",
        "/",
        "",
        [("X-Amz-Security-Token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267")],
        "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
    ),
    (
        "POST",
        "/",
        "",
        [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", "13"),
            ("x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"),
        ],
        "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
    ),
]


@pytest.mark.parametrize(("method", "path", "query", "headers", "signature"), PUBLISHED)
def test_signatures_are_those_that_aws_published(method, path, query, headers, signature):
    sent = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z"), *headers]
    names = ";".join(sorted({name.lower() for name, _ in sent}))
    sent.append(
        (
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            f"SignedHeaders={names}, Signature={signature}",
        )
    )
    body = b"Param1=value1" if method == "POST" else b""
    raw = [(name.encode(), value.encode()) for name, value in sent]
    request = Request(method, path.encode(), query.encode(), raw, sha256(body).hexdigest())
    authorization, signed_on = read_authorization(request), signed_at(request)
    assert signed_on == datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    assert signature_of(request, authorization, signed_on, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY") == signature


def odd_request(seed):
    """A request with parts that signers get wrong: dots, slashes, encoded and reserved characters, spaces, umlauts."""
    rng = random.Random(seed)

    def some(parts, most, between=""):
        return between.join(rng.choice(parts) for _ in range(rng.randint(0, most)))

    path = "/" + some(["a", "%20", "%25", "%2F", "..", ".", "", "~", "-", "é".encode().hex(), "a+b", "%C3%A9"], 6, "/")
    query = some(["a=1", "a=", "b", "A=%20", "a=%2B", "z=~", "=x", "a=0", "é=1".encode().hex()], 5, "&")
    headers = [
        (f"X-Own-{n}", some(["a", " ", "  ", "é", "日", ",", '"', "=", ";"], 9)) for n in range(rng.randint(0, 3))
    ]
    headers += [("X-Own-0", "again")] * rng.randint(0, 2)
    headers.append((MODEL_HEADER, some(["brand", "/", " ", "ü", "-", "  "], 6) or "general"))
    return signed(path, query, headers, rng.randbytes(rng.randint(0, 40)))


@pytest.mark.parametrize("seed", range(200))
def test_what_botocore_signs_is_verified_and_nothing_else(seed, door):
    request = odd_request(seed)
    door.authorize(request, "general", "squatwatch", NOW)
    authorization, at = read_authorization(request), signed_at(request)
    for changed in (
        Request("PUT", request.raw_path, request.query_string, request.headers, request.body_sha256),
        Request("POST", request.raw_path + b"x", request.query_string, request.headers, request.body_sha256),
        Request("POST", request.raw_path, request.query_string + b"&x=1", request.headers, request.body_sha256),
        Request("POST", request.raw_path, request.query_string, request.headers, sha256(b"other").hexdigest()),
        replaced(request, x_amzn_sagemaker_target_model="other"),
        replaced(request, host="other"),
    ):
        with pytest.raises(Refused, match=MISMATCH):
            check_signature(changed, authorization, at, SECRET)


@pytest.mark.parametrize("at", [b"#", b"\n", b"\t", b" ", b"\xc3\xa9", b"\x00"])
def test_characters_at_which_a_url_would_be_cut_are_refused(at, door):
    """Else `/endpoints/squatwatch/invocations#x` would have the signature of a request without `#x`."""
    for path, query in ((b"/endpoints/squatwatch/invocations" + at + b"x", b""), (b"/", b"a=1" + at)):
        request = Request("POST", path, query, signed(path="/").headers, signed(path="/").body_sha256)
        assert refusal(door, request) == ("InvalidSignatureException", f"{MISMATCH} {CHECK_SECRET}")


CHECK_SECRET = "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."


def test_a_request_without_a_signature(door):
    missing = ("MissingAuthenticationTokenException", "Missing Authentication Token")
    assert refusal(door, replaced(signed(), authorization=None)) == missing
    assert refusal(door, replaced(signed(), authorization="Basic YTpi")) == missing
    presigned = Request("POST", b"/", b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00", [], "")
    code, message = refusal(door, presigned)
    assert code == missing[0] and "a presigned URL) is not taken here; sign the header Authorization" in message


CREDENTIAL = "Credential=AKIA/20261129/us-east-1/sagemaker/aws4_request"


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("AWS4-HMAC-SHA256", "'' not a valid key=value pair (missing equal-sign) in Authorization header."),
        ("AWS4-HMAC-SHA256 Credential", "'Credential' not a valid key=value pair (missing equal-sign)"),
        ("AWS4-HMAC-SHA256 Credential=a/b/c", "Authorization header requires 'Signature' parameter. Authorization "
         "header requires 'SignedHeaders' parameter."),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "Credential must have exactly 5 slash-"),
        (f"AWS4-HMAC-SHA256 {CREDENTIAL}, {CREDENTIAL}", "Authorization header has the parameter 'Credential' twice"),
        ("AWS4-ECDSA-P256-SHA256 Credential=a", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-"),
    ],
)  # fmt: skip
def test_a_signature_that_is_not_whole(authorization, message, door):
    code, told = refusal(door, replaced(signed(), authorization=authorization))
    assert code == "IncompleteSignatureException" and told.startswith(message)


def test_a_signature_that_is_no_number_is_only_wrong(door):
    request = signed()
    header = request.header("authorization").rpartition("=")[0]
    for signature in ("0", "é" * 64, "0" * 64, "-"):
        code, message = refusal(door, replaced(request, authorization=f"{header}={signature}"))
        assert code == "InvalidSignatureException" and message.startswith(MISMATCH)


def test_two_authorizations_are_one_too_many(door):
    request = signed()
    both = Request(
        "POST", request.raw_path, b"", [*request.headers, (b"Authorization", b"AWS4-x")], request.body_sha256
    )
    assert refusal(door, both)[0] == "IncompleteSignatureException"


def test_a_request_without_a_time_or_with_another_form(door):
    code, message = refusal(door, replaced(signed(), x_amz_date=None))
    assert code == "IncompleteSignatureException"
    assert message == "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
    for value in ("2026-11-29T12:00:00Z", "now", "20261329T120000Z"):
        code, message = refusal(door, replaced(signed(), x_amz_date=value))
        assert code == "IncompleteSignatureException" and message.startswith("Date must be in ISO-8601 'basic format'.")


def test_the_header_date_does_as_well(door, monkeypatch):
    """Botocore signs so where somebody set Date before; it writes -0000, which is no time of this machine."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    request = signed(headers=[("Date", "x")])
    assert request.header("x-amz-date") is None and request.header("date") == "Sun, 29 Nov 2026 12:00:00 -0000"
    try:
        assert door.authorize(request, "general", "squatwatch", NOW).name == "analyst"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_clock_of_the_client_may_be_wrong_by_five_minutes(door):
    for minutes in (-5, 5):
        at = NOW + timedelta(minutes=minutes)
        assert door.authorize(signed(at=at), "general", "squatwatch", NOW).name == "analyst"
    assert refusal(door, signed(at=NOW - timedelta(seconds=301))) == (
        "InvalidSignatureException",
        "Signature expired: 20261129T115459Z is now earlier than 20261129T115500Z (20261129T120000Z - 5 min.)",
    )
    assert refusal(door, signed(at=NOW + timedelta(seconds=301))) == (
        "InvalidSignatureException",
        "Signature not yet current: 20261129T120501Z is still later than 20261129T120500Z (20261129T120000Z + 5 min.)",
    )


def test_a_signature_for_something_else_names_all_that_is_wrong(door):
    code, message = refusal(door, signed(region="eu-west-1", service="s3"))
    assert code == "InvalidSignatureException"
    assert message == (
        "Credential should be scoped to a valid region, not 'eu-west-1'. "
        "Credential should be scoped to correct service: 'sagemaker'."
    )
    header = signed().header("authorization").replace("/20261129/", "/20261128/").replace("aws4_request", "aws5")
    message = refusal(door, replaced(signed(), authorization=header))[1]
    assert message == (
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. Date in Credential scope "
        "does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261128' != '20261129', from "
        "'20261129T120000Z'."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-amzn-sagemaker-target-model", "other"),
        ("x-amzn-sagemaker-target-variant", "b"),
        ("x-amz-anything", "1"),
        ("content-type", "text/plain"),
    ],
)
def test_a_header_that_was_added_on_the_way_is_refused(name, value, door):
    request = replaced(signed(), **{name: value})
    header = request.header("authorization").replace(f"{name};", "")
    code, message = refusal(door, replaced(request, authorization=header))
    assert code == "InvalidSignatureException"
    assert message == f"'{name}' must be a 'SignedHeader' in the AWS Authorization."


def test_headers_that_proxies_add_change_nothing(door):
    request = replaced(signed(), x_forwarded_for="192.0.2.1", x_amzn_trace_id="Root=1", via="1.1 proxy", user_agent="x")
    assert door.authorize(request, "general", "squatwatch", NOW).name == "analyst"


def test_the_host_must_be_signed(door):
    header = signed().header("authorization").replace("host;", "")
    message = refusal(door, replaced(signed(), authorization=header))[1]
    assert message == "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."


def test_a_model_that_is_named_twice_is_refused(door):
    """Signed as `a,b`, two headers could be read as `a` by one reader and as `b` by another."""
    request = signed(headers=[(MODEL_HEADER, "a"), (MODEL_HEADER, "b")])
    assert "must not be sent more than once" in refusal(door, request)[1]


def test_the_body_must_be_signed(door):
    for word in ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"):
        message = refusal(door, signed(headers=[("X-Amz-Content-SHA256", word)]))[1]
        assert message == f"The body must be signed: '{word}' in x-amz-content-sha256 is not taken by this service."
    honest = [("X-Amz-Content-SHA256", sha256(b"paypa1.com\n").hexdigest())]
    assert door.authorize(signed(headers=honest), "general", "squatwatch", NOW).name == "analyst"
    other = [("X-Amz-Content-SHA256", sha256(b"other").hexdigest())]
    assert refusal(door, signed(headers=other))[1].startswith(MISMATCH)


def test_a_wrong_secret_and_an_unknown_key(door):
    code, message = refusal(door, signed(secret="wrong"))
    assert code == "InvalidSignatureException" and message.startswith(MISMATCH)
    assert refusal(door, signed(key_id="AKIAOTHER")) == INVALID_TOKEN


INVALID_TOKEN = ("UnrecognizedClientException", "The security token included in the request is invalid.")


def test_temporary_credentials_need_their_token_and_end(tmp_path):
    key = {"session_token": "token/+=", "expires_at": "2026-11-29T13:00:00+01:00"}
    door = Door(write_access_file(tmp_path / "access.json", access_rules(**key)))
    before = NOW - timedelta(seconds=1)
    assert door.authorize(signed(token="token/+=", at=before), "general", "squatwatch", before).name == "analyst"
    assert refusal(door, signed(), before) == INVALID_TOKEN
    assert refusal(door, signed(token="other"), before) == INVALID_TOKEN
    assert refusal(door, signed(token="token/+=", secret="wrong"))[0] == "InvalidSignatureException"
    assert refusal(door, signed(token="token/+=")) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )


def test_a_token_where_there_should_be_none_is_refused(door):
    assert refusal(door, signed(token="token")) == INVALID_TOKEN


def test_an_answer_has_the_headers_and_the_body_of_the_real_service(door):
    with pytest.raises(Refused) as refused:
        door.authorize(signed(key_id="AKIAOTHER"), "general", "squatwatch", NOW)
    assert refused.value.headers == {
        "x-amzn-ErrorType": "UnrecognizedClientException",
        "Content-Type": "application/json",
    }
    assert refused.value.body == b'{"message": "The security token included in the request is invalid."}'


@pytest.mark.parametrize("seed", range(300))
def test_whatever_comes_is_refused_and_breaks_nothing(seed, door):
    rng = random.Random(seed)
    request = signed(headers=[(MODEL_HEADER, "general")])
    headers = list(request.headers)
    for _ in range(rng.randint(1, 3)):
        number = rng.randrange(len(headers))
        name, value = headers[number]
        at = rng.randrange(len(value) + 1)
        odd = rng.choice([b"", b",", b"=", b"/", b";", b"\xff", b"\x00", rng.randbytes(3), b"Signature=", b"20261129T"])
        headers[number] = (name, value[:at] + odd + value[at + rng.randint(0, 30) :])
    broken = Request("POST", request.raw_path, rng.randbytes(2), headers, request.body_sha256)
    assert refusal(door, broken)

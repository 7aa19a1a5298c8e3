"""Who sees the page, who may write, and what the browser is told. Against a real API server: test_review_page.py."""

from __future__ import annotations

import pytest

LOGIN = "paypal|paypal-login.com"
PATHS = ("/", "/static/review.js", "/static/nothing.js", "/docs", "/redoc", "/openapi.json", "/nowhere", "/labels")


@pytest.mark.parametrize("path", PATHS)
def test_nobody_sees_anything(page, path):
    assert page(role="").get(path).status_code == 401


@pytest.mark.parametrize("path", ["/labels", "/undo", "/allowlist", "/", "/nowhere"])
def test_nobody_posts_anything_not_even_nonsense(page, path):
    client = page(role="").client
    assert client.post(path, content="no json", headers={"Content-Type": "application/json"}).status_code == 401


def test_whose_session_has_ended_is_shown_the_way_to_log_in(page):
    answer = page(role="").get("/brands/paypal?x=%22%3E", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 401
    assert 'href="../../api/v2/auth/login?next=%2Fbrands%2Fpaypal%3Fx%3D%2522%253E"' in answer.text
    assert "Content-Security-Policy" in answer.headers and "paypal-login" not in answer.text
    assert page(role="").get("/").headers["content-type"] == "application/json"  # to a program


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/nowhere", "/static/..%2fapp.py"])
def test_there_are_no_pages_of_documentation_and_no_other_files(page, path):
    assert page().get(path).status_code == 404


def test_a_viewer_looks_and_does_not_write(page, home):
    viewer = page(role="VIEWER")
    shown = viewer.get("/")
    assert shown.status_code == 200 and "paypal-login[.]com" in shown.text
    assert "data-verdict" not in shown.text and "checkbox" not in shown.text
    for path in ("/labels", "/undo", "/allowlist"):
        assert viewer.post(path, verdict="squat", detection_ids=[LOGIN]).status_code == 403
    assert not (home / "squatwatch.db").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
        {},  # says nothing of where it comes from
    ],
)
def test_posts_from_elsewhere_are_refused(page, home, headers):
    answer = page().post("/labels", headers, verdict="squat", detection_ids=[LOGIN])
    assert answer.status_code == 403
    assert not (home / "squatwatch.db").exists()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_posts_from_here_are_taken(page, headers):
    assert page().post("/labels", headers, verdict="squat", detection_ids=[LOGIN]).status_code == 200


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(page, type_):
    headers = {"Content-Type": type_, "Sec-Fetch-Site": "same-origin"}
    assert page().client.post("/labels", content="{}", headers=headers).status_code == 415


def test_a_body_without_end_is_refused(page):
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    assert page().client.post("/labels", content=b" " * 1_000_001, headers=headers).status_code == 413


@pytest.mark.parametrize("path", ["/", "/static/review.js", "/nowhere"])
def test_the_browser_is_told_to_load_nothing_from_elsewhere(page, path):
    for somebody in (page(), page(role="")):
        headers = somebody.get(path).headers
        policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == "'self'" and policy["base-uri"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"


def test_the_page_has_no_inline_script_or_style_and_no_absolute_link(page):
    text = page().get("/").text
    assert "style=" not in text and "<style" not in text and " on" not in text.replace(" on this", "").split("<main")[0]
    assert all(script.startswith(' src="./static/') for script in text.split("<script")[1:])
    assert 'href="/' not in text and 'src="/' not in text and "//" not in text.replace("http://www.w3.org/2000/svg", "")

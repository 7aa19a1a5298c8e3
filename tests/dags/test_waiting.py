"""A list that comes late, with a real server and Airflow's own deferral; no secret is logged on the way."""

import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

LIST = b"".join(b"name-%04d.example.com\n" % n for n in range(200))
NOT_DOWNLOAD = "load|health|transform|score|publish"
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        code, headers = self.server.answers.pop(0) if self.server.answers else (200, {})
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(LIST if code == 200 else b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    """A paid feed: the key is in the path."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answers = 0, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SQUATWATCH_SOURCES", "http")
    monkeypatch.setenv("SQUATWATCH_HTTP_URL", f"http://127.0.0.1:{server.server_port}/s3cr3t-key/{{date:%Y-%m-%d}}.txt")
    monkeypatch.setenv("SQUATWATCH_HTTP_ATTEMPTS", "1")
    monkeypatch.setenv("SQUATWATCH_POLL_MINUTES", "0.02")
    yield server
    server.shutdown()


def states(load_dags, run_date: date):
    """Runs the DAG with all steps but download taken as done; gives the state of download."""
    midnight = datetime.combine(run_date, datetime.min.time(), UTC)
    dag = load_dags()["daily_detections"]
    run = dag.test(logical_date=midnight, mark_success_pattern=NOT_DOWNLOAD)
    (download,) = [task for task in run.get_task_instances() if task.task_id == "download"]
    return str(download.state)


@pytest.mark.slow
def test_a_late_list_is_asked_for_until_it_is_there(airflow_database, load_dags, server, tmp_path, logs, capfd):
    server.answers = [(404, {}), (404, {})]
    assert states(load_dags, YESTERDAY) == "success"
    assert server.asked == 3
    (kept,) = (tmp_path / "data/raw").rglob("http.*")
    assert kept.read_bytes() == LIST
    output = capfd.readouterr()
    told = output.out + output.err + logs()
    assert "answered 404" in told and "asking again at" in told
    assert "s3cr3t" not in told


@pytest.mark.parametrize("code", [403, 404], ids=["refused", "past the deadline"])
def test_a_list_that_will_not_come_fails_without_retries(airflow_database, load_dags, server, logs, capfd, code):
    server.answers = [(code, {})] * 5
    assert states(load_dags, date(2024, 6, 13)) == "failed"
    assert server.asked == 1
    output = capfd.readouterr()
    told = output.out + output.err + logs()
    assert f"answered {code}" in told and "2024-06-13" in told
    assert "s3cr3t" not in told

"""`make up` as a newcomer meets it, in a real browser: log in, run one date, backfill three, ask the warehouse, Ctrl-C.

Screenshots are taken where $SQUATWATCH_SCREENSHOTS names a folder for them.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import browser as chromium
import httpx
import psutil
import pytest
from ports import free_port

ROOT = Path(__file__).resolve().parents[1]
SHOTS = os.environ.get("SQUATWATCH_SCREENSHOTS")
DATES = [date(2026, 11, day) for day in (6, 7)]  # the last by hand, then both by a backfill
LONG = 600  # seconds that nothing takes, however busy the machine is
DAG = "daily_detections"

pytestmark = pytest.mark.slow


class Up:
    """scripts/up.py at work, with folders of its own."""

    def __init__(self, folder, port=None):
        self.port, self.data, self.airflow = port or free_port(), folder / "data", folder / "airflow"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "SQUATWATCH_"))} | {
            "SQUATWATCH_PORT": str(self.port),
            "SQUATWATCH_HOME": str(self.data),
            "SQUATWATCH_AIRFLOW_HOME": str(self.airflow),
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": str(LONG),  # nobody changes the DAG files meanwhile
        }
        self.output = folder / "up.out"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "scripts/up.py"],
                cwd=ROOT,
                env=self.environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
                # a shell that runs the tests in the background has them ignore it, and what they start too
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def wait_until_it_says(self, text):
        wait_for(lambda: text in self.output.read_text() or self.process.poll() is not None)
        assert text in self.output.read_text(), self.output.read_text()

    def run(self, *command):
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def ask(self, path, json=None):
        """The answer of Airflow's API: to a GET, or to a POST where there is something to send."""
        method = "POST" if json else "GET"
        return httpx.request(
            method, f"{self.address}{path}", json=json, headers=self.authorization, timeout=LONG
        ).json()

    @cached_property
    def authorization(self):
        login = {"username": "admin", "password": self.password}
        token = httpx.post(f"{self.address}/auth/token", json=login, timeout=LONG).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def runs(self, run_type):
        return [run for run in self.ask(f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"] if run["run_type"] == run_type]

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self):
        return self.output.read_text().split("login          admin / ")[1].split()[0]

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number=signal.SIGINT):
        """Sends the signal; gives the processes that it had, once it is over."""
        family = self.family() if self.process.poll() is None else []
        self.process.send_signal(number)
        self.process.wait(timeout=LONG)
        return family


def wait_for(condition, every=0.5):
    end = time.monotonic() + LONG
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(every)
    return value


def listening(processes):
    """The addresses that the processes listen on."""
    return {
        (socket_.laddr.ip, socket_.laddr.port)
        for process in processes
        if is_alive(process)
        for socket_ in process.net_connections("inet")
        if socket_.status == psutil.CONN_LISTEN
    }


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(**arguments):
        started.append(Up(tmp_path, **arguments))
        return started[-1]

    yield begin
    for up in started:
        if up.process.poll() is None:
            up.stop()
        print(up.output.read_text())  # shown where the test has failed


@pytest.fixture
def browser(tmp_path):
    with chromium.browser(tmp_path / "browser", wait=LONG) as started:
        yield started


@pytest.fixture
def shoot(browser):
    """shoot(name, address) takes a screenshot of a page, where somebody wants some."""

    def shoot(name, address):
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            browser.get(address)
            time.sleep(3)  # the page draws what it has fetched
            browser.save_screenshot(f"{SHOTS}/{name}.png")
            browser.get("about:blank")  # Airflow's pages ask again every few seconds

    return shoot


def log_in(browser, up):
    browser.get(up.address)
    browser.find_element("name", "username").send_keys("admin")
    browser.find_element("name", "password").send_keys(up.password)
    browser.find_element("css selector", "button[type=submit]").click()
    browser.find_element("xpath", "//*[text()='Health']")


def trigger(browser, up, run_date):
    """Runs the DAG for one date, as a person does."""
    browser.get(f"{up.address}/dags/{DAG}")
    browser.find_element("css selector", "[data-testid=trigger-dag-button]").click()
    browser.find_element("name", "element_run_date").send_keys(f"{run_date:%m%d%Y}")
    browser.find_element("xpath", "//*[@role='dialog']//button[normalize-space()='Trigger']").click()


def test_a_manual_run_and_a_backfill(start, browser, shoot):
    up = start()
    up.wait_until_it_says("Ctrl-C stops everything.")
    assert listening([psutil.Process(up.process.pid), *up.family()]) == {("127.0.0.1", up.port)}
    assert (up.airflow / "passwords.json").stat().st_mode & 0o077 == 0

    log_in(browser, up)
    shoot("1-home", up.address)
    browser.get(f"{up.address}/dags")
    assert browser.find_element("link text", DAG)
    shoot("2-dags", f"{up.address}/dags")

    trigger(browser, up, DATES[-1])
    (manual,) = wait_for(lambda: up.runs("manual"))
    assert manual["conf"]["run_date"] == "2026-11-07"
    browser.get("about:blank")
    wait_for(lambda: up.runs("manual")[0]["state"] not in ("queued", "running"), every=3)
    assert up.runs("manual")[0]["state"] == "success"
    shoot("3-manual-run", f"{up.address}/dags/{DAG}")

    dates = ["--from-date", str(DATES[0]), "--to-date", str(DATES[-1])]
    created = up.run("scripts/airflow_command.py", "backfill", "create", "--dag-id", DAG, *dates)
    assert created.returncode == 0, created.stdout + created.stderr
    wait_for(lambda: len(up.runs("backfill")) == len(DATES), every=1)
    shoot("4-backfill-running", f"{up.address}/dags/{DAG}")
    count = ["-m", "squatwatch.cli", "query", "select count(*) as n from detections", "--format", "csv"]
    answers = []
    while any(run["state"] in ("queued", "running") for run in up.runs("backfill")):
        assert len(answers) < LONG, "the backfill does not end"
        answers.append(up.run(*count))
        time.sleep(2 if len(answers) < 3 else 20)  # to ask costs as much as a task
    assert len(answers) >= 2
    assert [answer.stderr for answer in answers if answer.returncode] == []

    runs = up.runs("backfill")
    assert {run["state"] for run in runs} == {"success"}
    assert sorted(datetime.fromisoformat(run["logical_date"]).date() for run in runs) == DATES
    shoot("5-backfill-done", f"{up.address}/dags/{DAG}")
    shoot("6-backfills", f"{up.address}/dags/{DAG}/backfills")

    sql = "select run_date, count(*) as n from detections where is_detection group by all order by all"
    rows = up.run("-m", "squatwatch.cli", "query", sql, "--format", "csv").stdout.splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [str(day) for day in DATES]

    another = {"logical_date": "2026-11-02T00:00:00Z"}
    run_id = up.ask(f"/api/v2/dags/{DAG}/dagRuns", json=another)["dag_run_id"]
    tasks = f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances"
    wait_for(lambda: "running" in {task["state"] for task in up.ask(tasks)["task_instances"]}, every=0.1)
    assert_nothing_is_left(up, up.stop())  # the task at work included
    assert up.process.returncode == 0


def assert_nothing_is_left(up, family):
    assert len(family) >= 4
    wait_for(lambda: not any(is_alive(process) for process in family))
    assert "stopped" in up.output.read_text()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", up.port)) != 0


def is_alive(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def components_of(up):
    """The four components, as soon as they are started and long before they are ready."""
    return wait_for(lambda: up.family() if len(up.family()) >= 4 else None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "closed terminal"])
def test_it_can_be_ended_otherwise_and_while_it_starts(start, number, tmp_path, prepare_airflow):
    prepare_airflow(tmp_path / "airflow")
    up = start()
    components_of(up)
    assert_nothing_is_left(up, up.stop(number))


def test_a_component_that_is_just_being_started_when_the_signal_comes_is_ended_too():
    program = """
import subprocess, sys
sys.path.insert(0, "scripts")
import up
component = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
up.stop([])  # nobody has noted yet that it was started
print(component.poll())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == f"{-signal.SIGTERM}\n", done.stderr


def test_what_a_component_that_has_ended_by_itself_left_behind_is_ended_too():
    program = """
import subprocess, sys
sys.path.insert(0, "scripts")
import psutil, up
quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
component = subprocess.Popen(["sh", "-c", "sleep 600 & echo $!"], start_new_session=True, text=True, **quiet)
left = psutil.Process(int(component.stdout.readline()))
component.wait()
print(up.is_alive(left))
up.stop([up.Child("a component", component, None)])
psutil.wait_procs([left], timeout=10)
print(up.is_alive(left))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "True\nFalse\n", done.stderr


def test_a_component_that_dies_takes_the_rest_down_and_is_named(start, tmp_path, prepare_airflow):
    prepare_airflow(tmp_path / "airflow")
    up = start()
    family = components_of(up)
    next(process for process in family if "dag-processor" in process.cmdline()).kill()
    up.process.wait(timeout=LONG)
    assert up.process.returncode == 1
    assert "The dag-processor ended with status -9; its log is" in up.output.read_text()
    assert_nothing_is_left(up, family)


def test_a_taken_port_is_said_at_once(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up = start(port=taken.getsockname()[1])
        assert up.process.wait(timeout=LONG) == 1
    assert f"port {up.port} is taken" in up.output.read_text()
    assert "SQUATWATCH_PORT=" in up.output.read_text()

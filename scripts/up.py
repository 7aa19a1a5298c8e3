"""`make up`: Airflow's API server, scheduler, DAG processor and triggerer on loopback, until Ctrl-C.

`airflow standalone` does nearly this, but its log servers listen on every interface and a SIGTERM leaves its children.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from airflow_env import AIRFLOW, ROOT, airflow_home, data_home, environment, passwords_file, port, prepare, tail
from airflow_users import keep_passwords, users
from rich.console import Console

from squatwatch import DAILY_DAG

COMPONENTS = {
    "api-server": ["api-server"],
    # logs are read from the folder; a log server would listen on every interface
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
GRACE_SECONDS = 8  # for components to say goodbye; a task that is at work is not waited for

screen = Console(highlight=False)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> None:
    refuse_taken_port()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    children: list[Child] = []
    status = 0
    try:
        users()  # before anything is made: a wrong setting ends the program
        began = time.monotonic()
        with screen.status("preparing Airflow's database …"):
            prepare()
            passwords = keep_passwords(passwords_file())
        say_ready("database", time.monotonic() - began)
        for name, command in COMPONENTS.items():
            children.append(Child.start(name, command))
        wait_until_ready(children, passwords)
        print_welcome(passwords)
        while True:
            raise_if_dead(children)
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    except ChildDied as death:
        screen.print(str(death), markup=False)
        status = 1
    finally:
        with screen.status("stopping …"):
            stop(children)
    screen.print("stopped")
    sys.exit(status)


@dataclass
class Child:
    """One component, in a session and process group of its own, so that Ctrl-C reaches this program alone."""

    name: str
    process: subprocess.Popen
    log: Path

    @classmethod
    def start(cls, name: str, command: list[str]) -> Child:
        log = airflow_home() / "logs" / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*AIRFLOW, *command],
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        return cls(name, process, log)


class ChildDied(Exception):
    pass


def raise_if_dead(children: list[Child]) -> None:
    for child in children:
        if (code := child.process.poll()) is not None:
            raise ChildDied(f"{tail(child.log)}\n\nThe {child.name} ended with status {code}; its log is {child.log}")


def refuse_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port()))
        except OSError:
            sys.exit(f"port {port()} is taken (is Airflow up already?); choose another: SQUATWATCH_PORT=8081 make up")


def wait_until_ready(children: list[Child], passwords: dict[str, str]) -> None:
    """Say of each component when it answers; return when all do and the DAG is loaded."""
    began = datetime.now(UTC)
    waiting = [*COMPONENTS, f"DAG {DAILY_DAG}"]
    with screen.status("") as spinner:
        while waiting:
            raise_if_dead(children)
            seconds = (datetime.now(UTC) - began).total_seconds()
            spinner.update(f"waiting for {', '.join(waiting)} … {seconds:.0f} s")
            for name in [name for name in ready(began, passwords) if name in waiting]:
                waiting.remove(name)
                say_ready(name, seconds)
            time.sleep(1)


def say_ready(name: str, seconds: float) -> None:
    """Print how long a part took, from its start on."""
    screen.print(f"  {name:<22} ready after {seconds:3.0f} s")


def ready(began: datetime, passwords: dict[str, str]) -> list[str]:
    """Return the components with a heartbeat of this start, not of an earlier one, by Airflow's own health page."""
    health = ask("/api/v2/monitor/health")
    if not health:
        return []
    names = ["api-server"]
    for name in ("scheduler", "dag-processor", "triggerer"):
        key = name.replace("-", "_")
        component = health.get(key) or {}
        beat = component.get(f"latest_{key}_heartbeat")
        if component.get("status") == "healthy" and beat and datetime.fromisoformat(beat) >= began:
            names.append(name)
    if len(names) == len(COMPONENTS):
        name, password = next(iter(passwords.items()))
        token = ask("/auth/token", data={"username": name, "password": password})
        if token and ask(f"/api/v2/dags/{DAILY_DAG}", token=token["access_token"]):
            names.append(f"DAG {DAILY_DAG}")
    return names


def ask(path: str, data: dict[str, str] | None = None, token: str = "") -> dict[str, Any] | None:
    """Return the JSON answer of the API server, None where there is none yet."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    body = json.dumps(data).encode() if data else None
    try:
        with opener.open(
            urllib.request.Request(f"http://127.0.0.1:{port()}{path}", body, headers), timeout=10
        ) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


def print_welcome(passwords: dict[str, str]) -> None:
    roles = users()
    logins = "\n".join(
        f"{'login' if not n else '':<15}{name} / {password}" + (f"  ({roles[name]})" if len(roles) > 1 else "")
        for n, (name, password) in enumerate(passwords.items())
    )
    backfill = f"backfill create --dag-id {DAILY_DAG} --from-date 2026-11-03 --to-date 2026-11-07"
    screen.print(
        f"""
Airflow        http://127.0.0.1:{port()}
{logins}

one date       in the browser: {DAILY_DAG}, Trigger, run_date 2026-11-07
several dates  make airflow ARGS="{backfill}"
detections     .venv/bin/squatwatch query "from detections where is_detection"
data, logs     {data_home()}, {airflow_home() / "logs"}
disk           {disk()}

Ctrl-C stops everything.""",
        markup=False,
        soft_wrap=True,
    )


def disk() -> str:
    """Return how much room the environment, Airflow's own state and the data take."""
    folders = {"environment": ROOT / ".venv", "Airflow": airflow_home(), "data": data_home()}
    return ", ".join(f"{name} {gib(folder)}" for name, folder in folders.items() if folder.is_dir())


def gib(folder: Path) -> str:
    """Return the room that the folder takes, in GiB or MiB."""
    counted = subprocess.run(["du", "-sk", str(folder)], capture_output=True, text=True, check=False).stdout.split()
    kib = int(counted[0]) if counted else 0
    return f"{kib / 2**20:.1f} GiB" if kib >= 2**20 else f"{kib / 2**10:.0f} MiB"


def stop(children: list[Child]) -> None:
    """End every component and whatever it started, within seconds, also what moved to a process group of its own.

    A component that was being started when the signal came is not among `children`, but a child of this program.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    components = psutil.Process().children()
    family = {process for component in components for process in with_descendants(component.pid)}
    for component in components:
        with suppress(psutil.NoSuchProcess):
            component.terminate()
    end = time.monotonic() + GRACE_SECONDS
    while (alive := [process for process in family if is_alive(process)]) and time.monotonic() < end:
        time.sleep(0.1)
    for process in alive:
        for relative in with_descendants(process.pid):
            kill(relative)
    # also of a component that has ended by itself, and is no child of this program any more
    for pid in {component.pid for component in components} | {child.process.pid for child in children}:
        kill_group(pid)
    for child in children:
        child.process.wait()


def with_descendants(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def is_alive(process: psutil.Process) -> bool:
    """Tell whether the process lives; a dead one whose parent has not asked after it yet does not."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()


def kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()

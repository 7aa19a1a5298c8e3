"""A Docker engine of the tests' own: its socket, its data and its networks, gone without a trace at the end.

`make test-stack` starts the tests in namespaces of their own (networks, mounts, processes): bridges,
rules of iptables, mounts and processes are none of this machine's, and all of them are gone when the tests end, even
when these are killed. Containers reach each other and nothing else. Images are not fetched. Each is a few empty
folders; the programs are those of this machine's /usr, mounted read-only.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = "squatwatch-docker-"  # of the folder in which all of it is
USERS = {"root": 0, "postgres": 998, "redis": 999, "airflow": 50000}
FOLDERS = "data dev etc home opt/airflow/.cache/squatwatch opt/airflow/logs opt/squatwatch proc root run/postgresql sys"
FOLDERS += " tmp usr var/lib/postgresql/data sbin"  # the engine puts its docker-init into /sbin, so that is no link
LINKS = {"var/run": "../run"} | {name: f"usr/{name}" for name in ("bin", "lib", "lib64")}


def missing() -> str | None:
    """Why no engine can be started here, if so."""
    if os.geteuid() != 0:
        return "only root may start a Docker engine"
    for program in ("dockerd", "docker", "docker-init"):
        if not shutil.which(program):
            return f"{program} is not installed (Debian: docker.io)"
    if os.getpid() != 1:
        return "this process has no namespaces of its own: run make test-stack"
    if not Path("/bin").is_symlink():
        return "this machine's /bin is a folder of its own; images are made for a merged /usr"
    return None


@contextmanager
def engine() -> Iterator[str]:
    """Starts it and gives DOCKER_HOST; at the end it is stopped, and what it kept is removed."""
    folder = Path(tempfile.mkdtemp(prefix=MARK))
    (folder / "daemon.json").write_text("{}")  # not the machine's own
    options = {name: folder / name for name in ("data-root", "exec-root", "pidfile")}
    options |= {"config-file": folder / "daemon.json", "bridge": "none"}
    options |= dict.fromkeys(["iptables", "ip6tables", "ip-forward", "ip-masq"], "false")
    host = f"unix://{folder}/docker.sock"
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)  # of the namespace
    try:
        with (folder / "log").open("wb") as log:
            words = ["dockerd", "--host", host, *(f"--{name}={value}" for name, value in options.items())]
            daemon = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(host, daemon, folder / "log")
            yield host
        finally:
            daemon.terminate()
            daemon.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def _wait_for(host: str, daemon: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while docker(host, "version", check=False).returncode:
        assert daemon.poll() is None and time.monotonic() < end, log.read_text()[-4000:]
        time.sleep(0.2)


def docker(host: str, *words: str, check: bool = True, **options: object) -> subprocess.CompletedProcess:
    """Runs the client."""
    done = subprocess.run(["docker", "--host", host, *words], capture_output=True, **options)
    assert done.returncode == 0 or not check, (words, done.stderr.decode())
    return done


def make_image(host: str, name: str, variables: Mapping[str, str], *instructions: str) -> None:
    """Makes an image of empty folders; the instructions are those of a Dockerfile, USER or STOPSIGNAL for example."""
    changes = [*(f"ENV {variable}={value}" for variable, value in variables.items()), *instructions]
    words = [word for change in changes for word in ("--change", change)]
    docker(host, "import", *words, "-", name, input=_root_folder())


def _root_folder() -> bytes:
    """An archive of the folders that a root folder has, and of the users."""
    of_airflow = ("data", "opt/airflow", "opt/airflow/.cache", "opt/airflow/.cache/squatwatch", "opt/airflow/logs")
    owners = dict.fromkeys(of_airflow, 50000) | dict.fromkeys(("run/postgresql", "var/lib/postgresql/data"), 998)
    text = "".join(f"{name}:x:{uid}:0::/opt/airflow:/bin/sh\n" for name, uid in USERS.items())
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        parents = {str(parent) for folder in FOLDERS.split() for parent in [Path(folder), *Path(folder).parents]}
        for folder in sorted(parents - {"."}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.uid = tarfile.DIRTYPE, owners.get(folder, 0)
            entry.mode = 0o1777 if folder in ("tmp", "data") else 0o755
            archive.addfile(entry)
        for link, target in LINKS.items():
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
        entry = tarfile.TarInfo("etc/passwd")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def programs() -> list[str]:
    """The mounts that give a container this machine's programs, this checkout and its environment, read-only."""
    folders = {"/usr", str(ROOT)} | {path for path in [sys.base_prefix] if not Path(path).is_relative_to("/usr")}
    return [f"{folder}:{folder}:ro" for folder in sorted(folders)]


def traces() -> dict[str, set[str]]:
    """What an engine might leave: links of networks, mounts, processes."""
    links = subprocess.run(["ip", "-oneline", "link"], capture_output=True, text=True, check=True).stdout
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return {
        "network links": {line.split(":")[1] for line in links.splitlines()},
        "mounts": {line for line in Path("/proc/mounts").read_text().splitlines() if MARK in line},
        "processes": {str(command) for command in commands if MARK.encode() in command},
    }

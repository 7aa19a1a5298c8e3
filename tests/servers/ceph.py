"""Ceph's S3 (radosgw) with a monitor and one OSD in memory, from Debian's packages, on free ports of loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ports import free_port
from processes import Program, wait_for
from s3_server import client

PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
RIGHTS = {  # of the names that the programs have among themselves
    "mon.": ("mon", "allow *"),
    "client.admin": ("mon", "allow *", "osd", "allow *"),
    "osd.0": ("mon", "allow profile osd", "osd", "allow *"),
}
CONFIGURATION = """
[global]
fsid = {fsid}
mon_host = [v2:127.0.0.1:{mon_port}]
public_addr = 127.0.0.1
ms_bind_ipv6 = false
keyring = {folder}/keyring
mon_allow_pool_size_one = true
mon_data_avail_crit = 0
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 1073741824
mon_data = {folder}/mon
osd_data = {folder}/osd
run_dir = {folder}
admin_socket = {folder}/$name.asok
crash_dir = {folder}
log_file = {folder}/$name.txt
rgw_frontends = beast endpoint=127.0.0.1:{port}
"""


def lacking() -> list[str]:
    """The programs that are not installed."""
    return [program for program in PROGRAMS if not shutil.which(program)]


@contextmanager
def ceph_server(*buckets: str) -> Iterator[str]:
    """Gives the address of its S3; the buckets are there and empty."""
    folder, port = Path(tempfile.mkdtemp(prefix="ceph-", dir="/tmp")), free_port()  # paths of sockets have to be short
    started: list[Program] = []
    try:
        cluster = Cluster(folder, port, started)
        cluster.start()
        address = f"http://127.0.0.1:{port}"
        for bucket in buckets:
            client(address).create_bucket(Bucket=bucket)
        yield address
    finally:
        for program in reversed(started):
            program.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """The programs in the folder, which is theirs alone; those that run are in `started`."""

    def __init__(self, folder: Path, port: int, started: list[Program]):
        self.folder, self.port, self.started, self.fsid = folder, port, started, str(uuid.uuid4())
        self.mon_port = free_port()
        values = {"fsid": self.fsid, "mon_port": self.mon_port, "folder": folder, "port": port}
        (folder / "ceph.conf").write_text(CONFIGURATION.format(**values))
        self.environment = os.environ | {"CEPH_CONF": str(folder / "ceph.conf")}

    def start(self) -> None:
        monitors, osd = self.folder / "monmap", str(uuid.uuid4())
        for name in ("mon", "osd"):
            (self.folder / name).mkdir()
        self._run(
            "monmaptool", "--create", "--fsid", self.fsid, "--addv", "a", f"[v2:127.0.0.1:{self.mon_port}]", monitors
        )
        self._make_keys(self.folder / "keyring")
        self._run("ceph-mon", "--mkfs", "--id", "a", "--monmap", monitors, "--keyring", self.folder / "keyring")
        self._begin("ceph-mon", "--id", "a", "--foreground")
        self._run("ceph", "osd", "new", osd)
        self._run("ceph-osd", "--mkfs", "--id", "0", "--osd-uuid", osd)
        self._begin("ceph-osd", "--id", "0", "--foreground")
        self._run(
            "radosgw-admin",
            "user",
            "create",
            "--uid=squatwatch",
            "--display-name=squatwatch",
            "--access-key=access-key",
            "--secret-key=s3cr3t-key",
        )
        gateway = self._begin("radosgw", "--name", "client.admin", "--foreground")
        wait_for(lambda: self._answers(gateway), "radosgw")

    def _make_keys(self, keyring: Path) -> None:
        self._run("ceph-authtool", "--create-keyring", keyring)
        for name, rights in RIGHTS.items():
            words = [
                word for what, right in zip(rights[::2], rights[1::2], strict=True) for word in ("--cap", what, right)
            ]
            self._run("ceph-authtool", keyring, "--gen-key", "--name", name, *words)

    def _answers(self, gateway: Program) -> bool:
        gateway.demand_alive()
        try:
            client(f"http://127.0.0.1:{self.port}").list_buckets()
        except Exception:
            return False
        return True

    def _begin(self, *command: str) -> Program:
        program = Program(command, self.environment, self.folder / f"{command[0]}.log")
        self.started.append(program)
        return program

    def _run(self, *command: object) -> None:
        done = subprocess.run(
            [str(word) for word in command], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}"

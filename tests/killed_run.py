"""Runs `squatwatch` commands that end, as by SIGKILL, before the nth of their commits: every rename and link.

A link to a hidden name is none, as little as a file that is written under one: it is there before the rename that is.

One request a line on standard input ({"arguments": […], "home": …, "kill_before": n, "output": file}), one answer a
line: the exit status and the number of commits. With {"puts": true} commits are the objects that are put into a store
(in a bucket, if this program was started with `s3`); with {"states": folder} the data root is copied there before each
commit, which is what a kill leaves at this point; {"environment": {…}} has more variables; commands that train need
`training`. Each command is a fork of this process, which has imported everything and started no thread, so that a
hundred runs do not start a hundred times.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys

import onnxruntime  # noqa: F401  (this and what else is not used below is imported before the fork)
import pyarrow  # noqa: F401
import typer.main

from squatwatch.alerts import outbox  # noqa: F401
from squatwatch.cli import app, main
from squatwatch.dbt_runner.kept import kept_of
from squatwatch.enrichment import store as _looked_up  # noqa: F401
from squatwatch.feed_health import rechecks  # noqa: F401
from squatwatch.feed_health.rules import read_rules
from squatwatch.labels import store as _labels  # noqa: F401
from squatwatch.lists import excuses  # noqa: F401
from squatwatch.models import ranker as _ranker  # noqa: F401
from squatwatch.names import registrable
from squatwatch.publish import previous, publish  # noqa: F401
from squatwatch.settings import read_settings
from squatwatch.store import work  # noqa: F401
from squatwatch.store.folder import FolderStore
from squatwatch.store.s3 import S3Store
from squatwatch.store.whole import cluster, mirror, move_in, move_out  # noqa: F401
from squatwatch.warehouse import catalog
from squatwatch_ml.candidates import candidates  # noqa: F401
from squatwatch_ml.network import score  # noqa: F401
from squatwatch_ml.network.engines import onnx  # noqa: F401
from squatwatch_ml.network.thresholds import brand_kind
from squatwatch_ml.pair import encode
from squatwatch_ml.rank import ranker  # noqa: F401
from squatwatch_ml.text import suffixes


def read_lists() -> None:
    """Reads lists, rules, descriptions of tables, versions and what all commands are called once for all forks."""
    commands = typer.main.get_command(app)
    typer.main.get_command = lambda _: commands
    encode.encode(["paypal-login"], ["paypal"])
    brand_kind("delta")
    registrable.registrable("paypal-login.com")
    suffixes.labels(["paypal-login.com"])
    settings = read_settings()
    catalog.views(settings.dbt_project)
    kept_of(settings.dbt_project, "transform", {}, "", settings.home)
    read_rules(settings.feed_health_file)


def serve() -> None:
    read_lists()
    gc.freeze()  # a fork need not look for garbage in what was imported, and has little of its own
    gc.set_threshold(100_000)
    for line in sys.stdin:
        request = json.loads(line)
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            os.close(reading)
            run(request, writing)
        os.close(writing)
        with os.fdopen(reading) as counted:
            commits = counted.read()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), len(commits), flush=True)


def run(request: dict, commits: int) -> None:
    """In the fork: the command, whose every commit is a byte into the pipe."""
    os.environ |= {"SQUATWATCH_HOME": request["home"]} | request.get("environment", {})
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    done, link = 0, os.link

    def counted(function):
        def commit(*arguments, **named):
            nonlocal done
            if function is link and os.path.basename(arguments[1]).startswith("."):
                return function(*arguments, **named)
            done += 1
            if done == request["kill_before"]:
                os._exit(137)
            if "states" in request:
                shutil.copytree(request["home"], f"{request['states']}/{done:03}")
            os.write(commits, b".")
            return function(*arguments, **named)

        return commit

    if request.get("puts"):
        FolderStore.create, S3Store.create = counted(FolderStore.create), counted(S3Store.create)
    else:
        os.replace, os.link, os.rename = map(counted, (os.replace, os.link, os.rename))
    sys.argv = ["squatwatch", *request["arguments"]]
    status = 0
    try:
        main()
    except SystemExit as ended:
        status = ended.code or 0
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    if "s3" in sys.argv:  # takes three seconds to import
        from airflow.providers.amazon.aws.hooks import s3  # noqa: F401
    if "training" in sys.argv:  # takes eight
        import stopped_training  # noqa: F401
    serve()

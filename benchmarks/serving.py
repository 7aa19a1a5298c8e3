"""Measure the scoring server: latency, requests a second, many names, many models, and the cache of models at work.

    python benchmarks/serving.py [--models 500] [--plot FOLDER]

A server of its own, a process on loopback with an access file, asked by boto3's `sagemaker-runtime` client; both share
the machine's cores. What the client costs is seen beside it: the same requests, signed before, by `http.client`, and
the server's own figures of both. Every model is the shipped network under a version and with a threshold of its own.

The experiment is that of the article on hundreds of models behind one endpoint: 100 models are asked for, then the same
100, then 200, under a limit that holds 121.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import boto3
import psutil
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from squatwatch.models.cache import size_of
from squatwatch.models.registry import keep_artifact, shipped_model, use
from squatwatch_ml.network.artifact import read_artifact, write_artifact

REAL_LISTS = Path(os.environ.get("SQUATWATCH_REAL_LISTS") or os.devnull)
KEY, SECRET = "AKIABENCHMARK", "of the benchmark alone"
HELD = 121  # models that the limit of the experiment holds
PLANS = (100, 100, 200)  # models that are asked for, one after the other
PAIR = "paypal-login-{}.com,paypal"
PATH = "/endpoints/squatwatch/invocations"


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as folder:
        home = Path(folder) / "data"
        targets = make_models(home, Path(folder) / "artifact", max(arguments.models, max(PLANS)))
        with served(home, Path(folder)) as server:
            latencies(server, targets)
            together(server)
            many_names(server)
        with served(home, Path(folder)) as server:
            many_models(server, targets[: arguments.models])
        size = size_of(next((home / "models" / targets[0]).glob("bilstm-*")))
        with served(home, Path(folder), SQUATWATCH_MODEL_CACHE_MIB=str(size * (HELD + 0.5) / (1 << 20))) as server:
            figures = experiment(server, targets)
        if arguments.plot:
            plot(arguments.plot, figures)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=500)
    parser.add_argument("--plot", type=Path, metavar="FOLDER", help="where serving-cache.svg goes")
    return parser.parse_args()


def make_models(home: Path, artifact: Path, count: int) -> list[str]:
    """Register `count` models of a name each; return the names."""
    shipped = read_artifact(shipped_model())
    names = []
    for number in range(count):
        name, version = f"model-{number:04}", f"bilstm-{number:010x}"
        manifest: Any = {**shipped.manifest, "model_version": version, "threshold": 0.5 + number / 10_000}
        write_artifact(artifact, manifest, shipped.weights, shipped.network)
        keep_artifact(home, name, artifact, version)
        use(home, name, version, "benchmark")
        names.append(name)
    return names


class Served:
    """A running server, and a client of it."""

    def __init__(self, url: str, process: psutil.Process):
        self.url, self.process = url, process
        self.client = boto3.client(
            "sagemaker-runtime", endpoint_url=url, region_name="us-east-1", aws_access_key_id=KEY,
            aws_secret_access_key=SECRET, config=Config(max_pool_connections=64, retries={"max_attempts": 0}),
        )  # fmt: skip

    def ask(self, body: str, target: str | None = None) -> bytes:
        options = {"TargetModel": target} if target else {}
        answer = self.client.invoke_endpoint(EndpointName="squatwatch", ContentType="text/csv", Body=body, **options)
        body_of: bytes = answer["Body"].read()
        return body_of

    def metrics(self) -> str:
        with urllib.request.urlopen(f"{self.url}/metrics") as answer:
            text: str = answer.read().decode()
        return text

    def metric(self, name: str) -> float:
        found = re.search(rf"^{name}(?:{{\S*}})? (\S+)$", self.metrics(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def latencies(self) -> dict[float, float]:
        """Return how many answers took so many seconds at most, by the server's own histogram."""
        found = re.findall(r'^ModelLatency_bucket{le="([\d.]+)"} (\S+)$', self.metrics(), re.MULTILINE)
        return {float(seconds): float(count) for seconds, count in found}


@contextmanager
def served(home: Path, folder: Path, **variables: str) -> Iterator[Served]:
    """Serve the data root from a process of its own; print how long it took to be warm."""
    access = folder / "access.json"
    allow = {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": "*"}
    user = {
        "access_keys": [{"access_key_id": KEY, "secret_access_key": SECRET}],
        "policies": [{"Version": "2012-10-17", "Statement": allow}],
    }
    access.write_text(json.dumps({"account": "123456789012", "users": {"benchmark": user}}))
    access.chmod(0o600)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {
        "SQUATWATCH_HOME": str(home), "SQUATWATCH_SERVE_ACCESS_FILE": str(access), "SQUATWATCH_SERVE_PORT": "0",
    }  # fmt: skip
    log = folder / "serve.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "squatwatch", "serve"], env=environment | variables, stdout=file, stderr=file
        )
    try:
        while not (address := re.search(r"serving on (\S+)", log.read_text())):
            if process.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.05)
        wait_until_it_answers(address[1])
        yield Served(address[1], psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


def wait_until_it_answers(url: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{url}/ping"):
                return
        except OSError:
            time.sleep(0.05)


def milliseconds(call: Callable[[int], object], times: int) -> list[float]:
    """Return how long each of `times` calls took, shortest first."""
    taken = []
    for number in range(times):
        began = time.perf_counter()
        call(number)
        taken.append((time.perf_counter() - began) * 1e3)
    return sorted(taken)


def show(what: str, taken: Sequence[float]) -> None:
    print(f"{what:<44}{taken[len(taken) // 2]:>9.1f}{taken[int(len(taken) * 0.99)]:>9.1f}")


def measured_by_the_server(server: Served, what: str, work: Callable[[], object]) -> None:
    """Do the work, then show the quantiles of its requests by the server's histogram, as Prometheus makes them."""
    before = server.latencies()
    work()
    counts = {seconds: count - before[seconds] for seconds, count in server.latencies().items()}
    p50, p99 = (quantile(counts, share) * 1e3 for share in (0.5, 0.99))
    print(f"{f'  {what}, by the server itself':<44}{p50:>9.1f}{p99:>9.1f}")


def quantile(counts: dict[float, float], share: float) -> float:
    """Return the seconds that a share of the answers took at most; between two limits by a straight line."""
    limits = [0.0, *counts]
    up_to = [0.0, *counts.values()]
    at = max(1, bisect_left(up_to, share * up_to[-1]))
    (low, high), (under, over) = list(pairwise(limits))[at - 1], list(pairwise(up_to))[at - 1]
    return low + (high - low) * (share * up_to[-1] - under) / ((over - under) or 1)


def plain(server: Served, count: int) -> list[float]:
    """Return how long requests take that were signed before, on one connection of `http.client`."""
    sign = SigV4Auth(Credentials(KEY, SECRET), "sagemaker", "us-east-1").add_auth
    requests = []
    for number in range(count):
        body = PAIR.format(f"plain-{number}")
        request = AWSRequest("POST", server.url + PATH, {"Content-Type": "text/csv"}, body)
        sign(request)
        requests.append((body, dict(request.headers)))
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))

    def ask(number: int) -> None:
        connection.request("POST", PATH, *requests[number])
        answer = connection.getresponse()
        if answer.status != 200:
            sys.exit(f"{answer.status} {answer.read().decode()}")
        answer.read()

    taken = milliseconds(ask, count)
    connection.close()
    return taken


def latencies(server: Served, targets: Sequence[str]) -> None:
    """One request after the other, each about another name."""
    cold_client(server.client)
    print(f"{'one name a request, by boto3':<44}{'p50 ms':>9}{'p99 ms':>9}")
    show("the first after /ping", milliseconds(lambda number: server.ask(PAIR.format(number)), 1))
    flagged = "a pair that is flagged, warm"
    by_boto3 = lambda: show(flagged, milliseconds(lambda number: server.ask(PAIR.format(number)), 1000))  # noqa: E731
    by_hand = lambda: show("  by http.client, signed before", plain(server, 1000))  # noqa: E731
    measured_by_the_server(server, "boto3's", by_boto3)
    measured_by_the_server(server, "http.client's", by_hand)
    show("a pair that is not", milliseconds(lambda number: server.ask(f"garden{number}.com,paypal"), 1000))
    show("a name without a brand, 42 brands", milliseconds(lambda number: server.ask(f"paypal{number}.com"), 500))
    show("a model that is not loaded", milliseconds(lambda n: server.ask(PAIR.format(n), targets[n]), 100))
    show("the same models again", milliseconds(lambda n: server.ask(PAIR.format(n), targets[n]), 100))


def cold_client(client: Any) -> None:
    """Have the client do once what it does once: it loads what it knows of the service when it first signs."""
    with suppress(client.exceptions.ClientError):
        client.invoke_endpoint(EndpointName="another", ContentType="text/csv", Body="a.com")


def together(server: Served) -> None:
    """Several connections at once; the client's threads take a share of the machine."""
    print(f"\n{'connections':<12}{'requests a second':>18}{'p50 ms':>9}{'p99 ms':>9}")
    for connections in (1, 4, 16, 64):
        with ThreadPoolExecutor(connections) as pool:
            began = time.perf_counter()
            taken = sorted(pool.map(lambda n: milliseconds(lambda _: server.ask(PAIR.format(n)), 1)[0], range(1000)))
            seconds = time.perf_counter() - began
        print(f"{connections:<12}{1000 / seconds:>18.0f}{taken[500]:>9.1f}{taken[990]:>9.1f}")


def many_names(server: Served) -> None:
    names = ten_thousand_names()
    print(f"\n{'10,000 names in one request':<44}{'s':>9}")
    for what, lines in (
        ("names, matched with 42 brands", names),
        ("pairs with one brand", [f"{name},paypal" for name in names]),
    ):
        body = "\n".join(lines)
        print(f"{what:<44}{milliseconds(lambda _, body=body: server.ask(body), 3)[1] / 1e3:>9.2f}")  # type: ignore[misc]


def ten_thousand_names() -> list[str]:
    """Return real names where there are some, else popular ones."""
    from squatwatch_ml.text.names import popular_domains, read_domains

    real = REAL_LISTS / "registrations/newly-registered-domains-2024-06-13.zip"
    return (read_domains(real) if real.is_file() else popular_domains())[:10_000]


def many_models(server: Served, targets: Sequence[str]) -> None:
    before = server.process.memory_info().rss
    for number, target in enumerate(targets):
        server.ask(PAIR.format(number), target)
    after = server.process.memory_info().rss
    print(
        f"\n{server.metric('LoadedModelCount'):.0f} models are loaded: the process grew from {before >> 20} to "
        f"{after >> 20} MiB, {(after - before) / len(targets) / 2**20:.3f} MiB a model"
    )


def experiment(server: Served, targets: Sequence[str]) -> list[dict[str, float]]:
    """Return the figures after each request; print them by plan."""
    figures: list[dict[str, float]] = []
    names = ("ModelCacheHit_sum", "LoadedModelCount", "MemoryUtilization", "ModelUnloadingTime_count")
    shown = ("ModelCacheHit", "LoadedModelCount", "MemoryUtilization", "unloaded", "p50 ms")
    print("\nasked for   " + "".join(f"{name:>19}" for name in shown))
    for count in PLANS:
        first = len(figures)
        hits = server.metric("ModelCacheHit_sum")
        for target in targets[:count]:
            [taken] = milliseconds(lambda n, target=target: server.ask(PAIR.format(n), target), 1)  # type: ignore[misc]
            figures.append({name: server.metric(name) for name in names} | {"milliseconds": taken})
        last = figures[-1]
        ratio = (last["ModelCacheHit_sum"] - hits) / count
        taken = sorted(figure["milliseconds"] for figure in figures[first:])
        print(
            f"{f'{count} models':<12}{ratio:>19.2f}{last['LoadedModelCount']:>19.0f}{last['MemoryUtilization']:>19.3f}"
            f"{last['ModelUnloadingTime_count']:>19.0f}{taken[count // 2]:>19.1f}"
        )
    return figures


def plot(folder: Path, figures: Sequence[dict[str, float]]) -> None:
    """Draw what the article draws: hits, models and memory by request."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "squatwatch", "svg.fonttype": "none", "font.family": "sans-serif"}
    from matplotlib import pyplot

    hits = [after["ModelCacheHit_sum"] for after in figures]
    of_one = [now - before for before, now in zip([hits[0], *hits], hits, strict=False)]
    lines = {
        "ModelCacheHit, of ten requests": [fmean(of_one[max(0, at - 9) : at + 1]) for at in range(len(figures))],
        "LoadedModelCount": [figure["LoadedModelCount"] for figure in figures],
        "MemoryUtilization": [figure["MemoryUtilization"] for figure in figures],
    }
    figure, axes = pyplot.subplots(len(lines), figsize=(7, 6), sharex=True)
    for axis, (name, values) in zip(axes, lines.items(), strict=True):
        axis.plot(range(1, len(values) + 1), values)
        axis.set_ylabel(name, fontsize=8)
        axis.set_ylim(0, max(values) * 1.08)
        for boundary in (PLANS[0], PLANS[0] + PLANS[1]):
            axis.axvline(boundary, color="#999", linewidth=0.8, linestyle="--")
    axes[0].set_title(f"100 models, the same 100, then 200; the limit holds {HELD}", fontsize=10)
    axes[-1].set_xlabel("request")
    figure.tight_layout()
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "serving-cache.svg", metadata={"Date": None})
    pyplot.close(figure)
    print(f"\n{folder / 'serving-cache.svg'}")


if __name__ == "__main__":
    main()

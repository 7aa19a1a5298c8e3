"""The ranker's file: one JSON document, its weights in it, named by the hash of what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.beside.fields import DIMENSIONS, WordVectors
from squatwatch_ml.rank.beside.lures import BUCKETS, Lures
from squatwatch_ml.rank.beside.meanings import word_meanings
from squatwatch_ml.rank.evidence import EVIDENCE
from squatwatch_ml.rank.opinions.regression import Linear
from squatwatch_ml.rank.opinions.trees import Tree, demand_sound
from squatwatch_ml.text.made_file import demand_regular

FORMAT_VERSION = 3
CLASSES = ("squat", "use", "other")
MOST_BYTES = 20_000_000  # of a file; the shipped one has 1,700,000
LARGEST, SMALLEST_SCALE = 1e6, 1e-5  # of the numbers in it: what is weighed by them stays finite
COMMAND = "python -m squatwatch_ml.training.fit_ranker"
SHIPPED = Path(__file__).parents[1] / "shipped_ranker" / "ranker.json"


class RankerError(ValueError):
    """The ranker's file is missing, altered or of another format; the message names it and the command that helps."""


class RankerContent(NamedTuple):
    """Content of a ranker's file.

    `mean`, `scale`: float64 [EVIDENCE], by which evidence is made comparable; `line`: weights [EVIDENCE, CLASSES];
    `trees`: of each class in turn, of the same numbers; `model_version`: the network whose scores it was fitted on;
    `data`: what it was fitted on, in words and numbers.
    """

    model_version: str
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    line: Linear
    trees: Sequence[Tree]
    lures: Lures
    vectors: WordVectors
    data: dict[str, Any]


def write_ranker(path: Path, content: RankerContent) -> str:
    """Write the file and return the ranker's version. Raises OSError where it cannot be written."""
    body: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "model_version": content.model_version,
        "data": content.data,
        "meanings": word_meanings().version,
        "intercepts": dict(zip(CLASSES, content.line.intercepts.round(5).tolist(), strict=True)),
        "evidence": {
            name: {"mean": mean, "scale": scale, "weights": weights}
            for name, mean, scale, weights in zip(
                EVIDENCE,
                content.mean.round(5).tolist(),
                content.scale.round(5).tolist(),
                content.line.weights.round(5).tolist(),
                strict=True,
            )
        },
        "trees": [{part: numbers.tolist() for part, numbers in tree._asdict().items()} for tree in content.trees],
        "lures": {"intercept": content.lures.intercept, **_in_steps(content.lures.weights)},
        "vectors": {"words": " ".join(content.vectors.rows), **_in_steps(content.vectors.numbers)},
    }
    version = _version(body)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": version, **body}, indent=1) + "\n", "utf-8")
    return version


def read_ranker(path: Path) -> tuple[str, RankerContent]:
    """Return a ranker's version and the content of its file. Raises RankerError where it cannot be used."""
    try:
        body: Any = json.loads(_text(path))
    except OSError as error:
        raise RankerError(f"{path} cannot be read ({error.strerror}). {_remedy(path)}") from error
    except (ValueError, RecursionError) as error:
        raise RankerError(f"{path} is no JSON of a ranker ({error}). {_remedy(path)}") from error
    if not isinstance(body, dict) or body.get("format_version") != FORMAT_VERSION:
        raise RankerError(f"{path} is no ranker of format {FORMAT_VERSION}. {_remedy(path)}")
    version = body.pop("version", None)
    try:
        if version != _version(body):
            raise RankerError(f"{path} was altered: it is not what its version {version} says. {_remedy(path)}")
        if tuple(body.get("evidence", ())) != EVIDENCE:
            raise RankerError(f"{path} weighs other evidence than this release has. {_remedy(path)}")
        if body["meanings"] != _meanings_version():
            raise RankerError(f"{path} was fitted with other meanings of words. {_remedy(path)}")
        return version, _content(body)
    except RankerError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise RankerError(f"{path} lacks something, or has it wrong ({error!r}). {_remedy(path)}") from error


def _meanings_version() -> str:
    """Return the version of the table that comes with squatwatch. Raises RankerError where that is damaged."""
    try:
        return word_meanings().version
    except (OSError, ValueError) as error:
        raise RankerError(f"{error}. It comes with squatwatch: install that again") from error


def _text(path: Path) -> str:
    """Return what the file says. Raises OSError where it is no file, ValueError where it could fill the memory."""
    demand_regular(path)
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES:,} bytes")
    return content.decode("utf-8")


def _content(body: dict[str, Any]) -> RankerContent:
    """Return the content. Raises what the parts of a document raise that are missing or of another kind."""
    numbers = list(body["evidence"].values())
    weights, vectors = _out_of_steps(body["lures"]), _out_of_steps(body["vectors"])
    if len(weights) != BUCKETS:
        raise ValueError(f"{len(weights)} weights of lures")
    words = body["vectors"]["words"].split()
    rows = {word: row for row, word in enumerate(words)}
    if len(rows) < len(words):
        raise ValueError("a word with two vectors")
    mean, scale = (_floats([number[name] for number in numbers]) for name in ("mean", "scale"))
    if scale.min() < SMALLEST_SCALE:
        raise ValueError("a scale of 0 or less")
    if not isinstance(body["model_version"], str):
        raise TypeError("a network that is not named")
    line = Linear(
        np.stack([_floats(number["weights"]) for number in numbers]).reshape(len(EVIDENCE), len(CLASSES)),
        _floats([body["intercepts"][name] for name in CLASSES]),
    )
    return RankerContent(
        body["model_version"],
        mean,
        scale,
        line,
        _trees(body["trees"]),
        Lures(weights, _float(body["lures"]["intercept"])),
        WordVectors(rows, vectors.reshape(len(rows), DIMENSIONS).astype(np.float32)),
        body["data"],
    )


def _trees(written: list[dict[str, Any]]) -> list[Tree]:
    """Return trees as written. Raises ValueError where they are not as many for each class, or lead nowhere."""
    trees = [
        Tree(
            _integers(tree["features"]),
            _floats(tree["limits"]),
            _integers(tree["left"]),
            _integers(tree["right"]),
            _floats(tree["values"]),
        )
        for tree in written
    ]
    if not trees or len(trees) % len(CLASSES):
        raise ValueError(f"{len(trees)} trees for {len(CLASSES)} classes")
    for tree in trees:
        demand_sound(tree, len(EVIDENCE))
    return trees


def _integers(written: list[int]) -> NDArray[np.int64]:
    """Return integers as written, which numpy would make of texts and of 1.5 as well. Raises TypeError for those."""
    if any(type(number) is not int for number in written):
        raise TypeError("a number that is no integer")
    return np.array(written, np.int64)


def _floats(written: list[float]) -> NDArray[np.float64]:
    return np.array([_float(number) for number in written], np.float64)


def _float(written: float) -> float:
    """Return a number as written. Raises TypeError where it is none, ValueError where it is not finite or too large."""
    if type(written) not in (int, float):
        raise TypeError(f"{str(written)[:40]!r} is no number")
    if not abs(written) <= LARGEST:
        raise ValueError(f"{str(written)[:40]} is not finite, or above {LARGEST:,.0f}")
    return float(written)


def _in_steps(numbers: NDArray[Any]) -> dict[str, Any]:
    """Return numbers in one byte each: how many steps of which size."""
    step = float(np.abs(numbers).max(initial=0)) / 127 or 1.0
    steps = np.round(numbers / step).astype(np.int8)
    return {"step": step, "steps": base64.b64encode(steps.tobytes()).decode()}


def _out_of_steps(written: dict[str, Any]) -> NDArray[np.float64]:
    steps = np.frombuffer(base64.b64decode(written["steps"]), np.int8)
    return steps.astype(np.float64) * _float(written["step"])


def _version(body: dict[str, Any]) -> str:
    return f"ranker-{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:10]}"


def _remedy(path: Path) -> str:
    fit = f"{COMMAND} --data FOLDER --output {shlex.quote(str(path))}"
    return f"To use the shipped one, unset SQUATWATCH_RANKER; to fit one in its place, run: {fit}"

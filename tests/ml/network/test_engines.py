"""The engines give the same scores, and are chosen by what is there."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import squatwatch_ml
from squatwatch_ml.network import engines
from squatwatch_ml.network.artifact import read_artifact
from squatwatch_ml.network.engines import batches, choose
from squatwatch_ml.network.engines.export import export
from squatwatch_ml.network.engines.graph import network_onnx
from squatwatch_ml.network.engines.onnx import OnnxEngine
from squatwatch_ml.network.engines.tensorflow import KerasEngine
from squatwatch_ml.pair.encode import LENGTH, Encoded, encode
from squatwatch_ml.text.names import popular_domains

SHIPPED = Path(squatwatch_ml.__file__).parent / "shipped_artifact"
ODD = ["", "a", "-", "日本", "раураl", "micrósoft", "paypal" * 9, "x" * LENGTH, "paypal-" + "y" * 33, "👍" * 80, "\x00"]
BRANDS = ["paypal", "microsoft", "dhl", "google", "netflix"]


@pytest.fixture(scope="module")
def artifact():
    return read_artifact(SHIPPED)


@pytest.fixture(scope="module")
def pairs(artifact) -> Encoded:
    """Popular names beside brands, names with a brand inside, and odd ones: scores from 0 to 1."""
    popular = [domain.split(".")[0] for domain in popular_domains("tranco10k")[:400]]
    pairs = [(label, "paypal") for label in ODD]
    for name, brand in zip(popular, BRANDS * 80, strict=True):
        pairs += [(name, brand), (f"{brand}-{name}", brand), (f"{name[:3]}{brand[:-1]}", brand)]
    return encode(*zip(*pairs, strict=True))


@pytest.fixture(scope="module")
def by_keras(artifact, pairs) -> np.ndarray:
    return KerasEngine(artifact.weights, artifact.manifest["config"], batch_size=256).score(pairs)


def test_the_pairs_have_scores_of_all_sizes(by_keras) -> None:
    assert (by_keras < 0.1).sum() > 100
    assert (by_keras > 0.9).sum() > 100
    assert ((by_keras > 0.1) & (by_keras < 0.9)).sum() > 20


@pytest.mark.parametrize("batch_size", [1, 7, 256])
def test_onnx_runtime_scores_like_keras(artifact, pairs, by_keras, batch_size: int) -> None:
    rows = slice(0, 60) if batch_size == 1 else slice(None)
    scores = OnnxEngine(artifact.network, batch_size).score(pairs.take(rows))
    assert scores.dtype == np.float32
    assert np.abs(scores - by_keras[rows]).max() <= 1e-5


def test_the_shipped_graph_is_that_of_the_shipped_weights(artifact) -> None:
    assert network_onnx(artifact.weights) == artifact.network


@pytest.mark.parametrize(
    "opinion", [{"features": 6}, {}], ids=["with an opinion of the features", "of an earlier release"]
)
def test_a_network_of_other_sizes_scores_like_keras_too(keras, pairs, opinion: dict[str, int]) -> None:
    from squatwatch_ml.network.config import NetworkConfig
    from squatwatch_ml.network.model import build

    sizes = {"embedding": 3, "hidden": 5, "attention": 2, "dense": 7, **opinion}
    keras.utils.set_random_seed(4)  # a network that tells pairs apart; not every one does
    weights = [array * 3 + 0.1 for array in build(NetworkConfig.of_manifest(sizes)).get_weights()]  # no bias stays zero
    expected = KerasEngine(weights, sizes).score(pairs)
    assert np.std(expected) > 0.1
    assert np.abs(OnnxEngine(network_onnx(weights)).score(pairs) - expected).max() <= 1e-5


@pytest.mark.usefixtures("keras")
def test_in_training_one_opinion_of_a_pair_is_drawn_and_a_score_is_the_mean_of_both() -> None:
    from squatwatch_ml.network.model import MeanOpinion

    opinions = np.array([[-1.0, 3.0]] * 500, np.float32)
    layer = MeanOpinion(seed=1)
    assert np.asarray(layer(opinions)).ravel().tolist() == [1.0] * 500
    drawn = np.asarray(layer(opinions, training=True)).ravel()
    assert set(drawn.tolist()) == {-1.0, 3.0}
    assert 200 < (drawn > 0).sum() < 300


def test_a_network_with_other_layers_is_not_exported(keras, pairs) -> None:
    from squatwatch_ml.network.config import NetworkConfig
    from squatwatch_ml.network.model import build

    network = build(NetworkConfig())
    assert export(network, pairs.take(slice(50))) == network_onnx(network.get_weights())
    louder = keras.Model(network.inputs, network.outputs[0] * 0.9)
    with pytest.raises(ValueError, match=r"engines/graph.py and the network of model.py differ by 0\.\d"):
        export(louder, pairs.take(slice(50)))


def test_no_pairs_no_scores(artifact, pairs) -> None:
    nothing = pairs.take(slice(0, 0))
    assert OnnxEngine(artifact.network).score(nothing).shape == (0,)
    assert KerasEngine(artifact.weights, artifact.manifest["config"]).score(nothing).shape == (0,)


def test_weights_of_another_network_make_no_graph(artifact) -> None:
    with pytest.raises(ValueError, match="19 arrays of weights, the graph of the network has 14 or 20"):
        network_onnx(artifact.weights[1:])
    with pytest.raises(ValueError, match="do not make the graph"):
        network_onnx([*artifact.weights[:10], artifact.weights[9], *artifact.weights[11:]])


def test_batches_hold_names_of_like_length_and_every_row_once(pairs) -> None:
    seen, widths = [], []
    for rows, batch in batches.by_length(pairs, 100):
        assert np.array_equal(batch.letters[: len(rows)], pairs.letters[rows, : batch.letters.shape[1]])
        assert not pairs.letters[rows, batch.letters.shape[1] :].any()
        seen += rows.tolist()
        widths.append(batch.letters.shape[1])
    assert sorted(seen) == list(range(len(pairs.letters)))
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] == LENGTH


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_a_score_is_the_same_to_its_last_digit_whatever_pairs_are_beside_it(artifact, pairs, size: int) -> None:
    engine, count = OnnxEngine(artifact.network), len(pairs.letters)
    apart = [engine.score(pairs.take(slice(start, start + size))) for start in range(0, count, size)]
    assert np.array_equal(np.concatenate(apart), engine.score(pairs))


class ResourceExhaustedError(Exception):
    """Stands for TensorFlow's of this name."""


def small_device(most: int, asked: list[int]):
    def run(batch: Encoded) -> np.ndarray:
        asked.append(len(batch.letters))
        if len(batch.letters) > most:
            raise ResourceExhaustedError("OOM when allocating tensor")
        return batch.features[:, 0]

    return run


def test_a_batch_that_does_not_fit_into_memory_is_halved_and_the_scores_are_the_same(pairs) -> None:
    asked: list[int] = []
    scores = batches.halving(small_device(100, asked), pairs, 512)
    assert np.array_equal(scores, pairs.features[:, 0])
    assert asked[:4] == [512, 256, 128, 64]
    assert set(asked[4:-1]) == {64}  # it does not try in vain again


def test_a_device_without_memory_for_one_pair_is_an_error(pairs) -> None:
    with pytest.raises(MemoryError, match="SQUATWATCH_DEVICE=cpu"):
        batches.halving(small_device(0, []), pairs, 512)


def test_another_failure_of_the_device_is_not_retried(pairs) -> None:
    def broken(batch):
        raise RuntimeError("device lost")

    with pytest.raises(RuntimeError, match="device lost"):
        batches.halving(broken, pairs, 512)


def test_tensorflow_s_own_error_is_known() -> None:
    import tensorflow

    assert batches.is_out_of_memory(tensorflow.errors.ResourceExhaustedError(None, None, "OOM"))


CHOICES = [  # engine, device, GPUs: what runs it
    (("auto", "auto", 0), ("onnx", "cpu")),
    (("auto", "auto", 1), ("tensorflow", "gpu")),
    (("auto", "cpu", 1), ("onnx", "cpu")),
    (("auto", "gpu", 2), ("tensorflow", "gpu")),
    (("tensorflow", "auto", 0), ("tensorflow", "cpu")),
    (("tensorflow", "auto", 1), ("tensorflow", "gpu")),
    (("tensorflow", "cpu", 1), ("tensorflow", "cpu")),
    (("onnx", "auto", 1), ("onnx", "cpu")),
    (("onnx", "cpu", 0), ("onnx", "cpu")),
]
REFUSALS = [
    (("auto", "gpu", 0), "finds no GPU.*SQUATWATCH_DEVICE"),
    (("tensorflow", "gpu", 0), "finds no GPU.*SQUATWATCH_DEVICE"),
    (("onnx", "gpu", 1), "runs on the CPU.*SQUATWATCH_ENGINE"),
    (("auto", "tpu", 1), "unknown device 'tpu'"),
    (("pytorch", "auto", 0), "unknown engine 'pytorch'"),
]


@pytest.fixture
def machine(monkeypatch):
    """A machine with so many GPUs."""

    def with_gpus(count: int) -> None:
        monkeypatch.setattr(engines, "nvidia_driver", lambda: count > 0)
        monkeypatch.setattr(engines, "gpu_count", lambda: count)

    return with_gpus


@pytest.mark.parametrize(("wanted", "chosen"), CHOICES)
def test_tensorflow_runs_where_there_is_a_gpu_else_onnx_runtime(machine, wanted, chosen) -> None:
    engine, device, gpus = wanted
    machine(gpus)
    assert choose(engine, device) == chosen


@pytest.mark.parametrize(("wanted", "words"), REFUSALS)
def test_what_is_not_there_is_an_error_that_names_the_setting(machine, wanted, words: str) -> None:
    engine, device, gpus = wanted
    machine(gpus)
    with pytest.raises(ValueError, match=words):
        choose(engine, device)


def test_a_driver_without_a_gpu_that_tensorflow_can_use_is_a_cpu(monkeypatch) -> None:
    monkeypatch.setattr(engines, "nvidia_driver", lambda: True)
    monkeypatch.setattr(engines, "gpu_count", lambda: 0)
    assert choose("auto", "auto") == ("onnx", "cpu")


def test_a_gpu_is_asked_for_by_the_driver_s_files(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engines, "DRIVER_FILES", (tmp_path / "nvidiactl",))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert not engines.nvidia_driver()
    (tmp_path / "nvidiactl").touch()
    assert engines.nvidia_driver()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert not engines.nvidia_driver()


def test_a_gpu_scores_like_the_cpu(artifact, pairs, by_keras) -> None:
    if not engines.nvidia_driver() or not engines.gpu_count():
        pytest.skip("no GPU that TensorFlow can use: " + ("driver found" if engines.nvidia_driver() else "no driver"))
    scores = KerasEngine(artifact.weights, artifact.manifest["config"], "gpu").score(pairs)
    assert np.abs(scores - by_keras).max() <= 1e-5


def test_the_network_scores_the_same_under_jax(artifact, pairs, by_keras, tmp_path: Path) -> None:
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    np.savez(tmp_path / "pairs.npz", *pairs.take(slice(0, 200)))
    program = """
import json, sys
import numpy as np
from pathlib import Path
from squatwatch_ml.network.artifact import read_artifact
from squatwatch_ml.pair.encode import Encoded
from squatwatch_ml.network.engines.tensorflow import KerasEngine
artifact = read_artifact(Path(sys.argv[1]))
with np.load(sys.argv[2]) as arrays:
    pairs = Encoded(*(arrays[name] for name in arrays.files))
print(json.dumps(KerasEngine(artifact.weights, artifact.manifest["config"]).score(pairs).tolist()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(SHIPPED), str(tmp_path / "pairs.npz")],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert np.abs(np.array(json.loads(done.stdout)) - by_keras[:200]).max() <= 1e-5

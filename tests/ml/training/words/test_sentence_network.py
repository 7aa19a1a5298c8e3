"""The network whose vectors of words are kept, here a small one with weights by chance."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from squatwatch_ml.training.words import meanings, sentence_network
from squatwatch_ml.training.words.sentence_network import HEADS, LAYERS, SentenceNetwork, safe_tensors

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "flight", "flights", "##s", "plumb", "##er", "air"]
WIDTH = 2 * HEADS


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(1)
    inner = {
        f"encoder.layer.{layer}.{name}": shape
        for layer in range(LAYERS)
        for name, shape in {
            **{f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")},
            "attention.output.dense": (WIDTH, WIDTH),
            "intermediate.dense": (3 * WIDTH, WIDTH),
            "output.dense": (WIDTH, 3 * WIDTH),
            "attention.output.LayerNorm": (WIDTH,),
            "output.LayerNorm": (WIDTH,),
        }.items()
    }
    shapes = {**inner, "embeddings.LayerNorm": (WIDTH,)}
    arrays = {f"{name}.weight": rng.normal(size=shape) / 5 + (len(shape) == 1) for name, shape in shapes.items()}
    arrays |= {f"{name}.bias": rng.normal(size=shape[0]) / 5 for name, shape in shapes.items()}
    tables = {"word": len(PIECES), "position": 16, "token_type": 2}
    arrays |= {f"embeddings.{name}_embeddings.weight": rng.normal(size=(rows, WIDTH)) for name, rows in tables.items()}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


@pytest.fixture
def network(weights):
    return SentenceNetwork(weights, PIECES)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("flights", ["flights"]),
        ("Plumbers", ["plumb", "##er", "##s"]),
        ("airs flight", ["air", "##s", "flight"]),
        ("zzz flight", ["[UNK]", "flight"]),
        ("", []),
    ],
)
def test_a_word_is_cut_into_the_longest_pieces_that_are_known(network, text, pieces):
    assert [PIECES[number] for number in network._pieces(text)] == ["[CLS]", *pieces, "[SEP]"]


def test_a_text_has_the_same_vector_alone_and_beside_longer_ones(network):
    texts = ["flights", "plumbers", "air flights plumbers", ""]
    together = network.embed(texts)
    alone = np.concatenate([network.embed([text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-5)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1)
    assert abs(together[0] - together[1]).max() > 0.1


def test_the_order_of_words_counts(network):
    assert abs(np.subtract(*network.embed(["air flight", "flight air"]))).max() > 0.01


def written(arrays: dict[str, np.ndarray]) -> bytes:
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    said = json.dumps(header).encode()
    return len(said).to_bytes(8, "little") + said + b"".join(array.tobytes() for array in arrays.values())


def test_arrays_are_read_as_they_were_written(weights):
    read = safe_tensors(written(weights))
    assert read.keys() == weights.keys()
    assert all((read[name] == weights[name]).all() for name in weights)


@pytest.fixture
def files(weights, tmp_path, monkeypatch):
    """Write the small network as files, which are the expected ones."""
    contents = {"model.safetensors": written(weights), "vocab.txt": "\n".join(PIECES).encode()}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        monkeypatch.setitem(sentence_network.SHA256, name, hashlib.sha256(content).hexdigest())
    return tmp_path


def test_a_network_is_read_from_its_files(files, network):
    assert (SentenceNetwork.read(files).embed(["flights"]) == network.embed(["flights"])).all()


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt"])
def test_files_of_another_network_are_refused(files, name):
    (files / name).write_bytes(b"other")
    with pytest.raises(ValueError, match=rf"{name} is not that of all-MiniLM-L6-v2"):
        SentenceNetwork.read(files)


@pytest.mark.parametrize("wrong", ["network", "data"])
def test_a_wrong_folder_is_said_in_one_line(files, tmp_path, wrong):
    (tmp_path / "empty").mkdir()
    folders = {"network": files, "data": tmp_path / "empty"} | {wrong: tmp_path / "empty"}
    arguments = [f"--{name}={folder}" for name, folder in folders.items()]
    with pytest.raises(SystemExit, match=str(tmp_path / "empty")):
        meanings.main([*arguments, f"--output={tmp_path / 'table'}"])
    assert not (tmp_path / "table").exists()


def test_the_table_keeps_how_near_words_are(network, tmp_path, monkeypatch):
    monkeypatch.setattr(meanings, "DIMENSIONS", 4)
    words = ["air", "airs", "flight", "flights", "plumb", "plumber"]
    vectors = network.embed(words)
    meanings.write_meanings(tmp_path / "table", words, vectors)
    table = meanings.read_meanings(tmp_path / "table")
    centred = vectors - vectors.mean(axis=0)
    assert list(table.rows) == words
    assert np.corrcoef((centred @ centred.T).ravel(), gram(table.of(words)).ravel())[0, 1] > 0.9


def gram(vectors: np.ndarray) -> np.ndarray:
    return vectors @ vectors.T

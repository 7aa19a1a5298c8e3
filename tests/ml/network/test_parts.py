"""An ONNX file is taken apart into graph and weights, so that networks of one graph share a session."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import squatwatch_ml
from squatwatch_ml.network.artifact import read_artifact
from squatwatch_ml.network.engines.graph import network_onnx
from squatwatch_ml.network.engines.onnx import OnnxEngine
from squatwatch_ml.network.engines.parts import take_apart
from squatwatch_ml.pair.encode import encode

SHIPPED = Path(squatwatch_ml.__file__).parent / "shipped_artifact"
TIMES_W = '<ir_version: 10, opset_import: ["": 20]> times (float[n] x) => (float[n] y) { y = Mul (x, w) }'


@pytest.fixture(scope="module")
def artifact():
    return read_artifact(SHIPPED)


def test_networks_of_one_graph_share_what_runs_it_and_keep_their_own_weights(artifact) -> None:
    louder = [*artifact.weights[:-1], artifact.weights[-1] + 1]  # the bias of the score
    one, other = OnnxEngine(artifact.network), OnnxEngine(network_onnx(louder))
    pairs = encode(["paypa1-login", "garden"], ["paypal", "paypal"])
    assert one._session is other._session
    assert other.score(pairs)[0] > one.score(pairs)[0]
    assert np.array_equal(one.score(pairs), OnnxEngine(artifact.network).score(pairs))


def test_a_graph_taken_apart_is_the_graph_with_its_weights_as_inputs(artifact) -> None:
    graph, weights = take_apart(artifact.network)
    whole, apart = onnx.load_from_string(artifact.network).graph, onnx.load_from_string(graph).graph
    onnx.checker.check_model(onnx.load_from_string(graph), full_check=True)
    assert (apart.node, apart.output, len(apart.initializer)) == (whole.node, whole.output, 0)
    assert [each.name for each in apart.input] == [each.name for each in (*whole.input, *whole.initializer)]
    assert list(weights) == [each.name for each in whole.initializer]
    for each in whole.initializer:
        assert np.array_equal(weights[each.name], numpy_helper.to_array(each))


def test_what_is_no_float32_stays_in_the_graph() -> None:
    model = onnx.parser.parse_model(TIMES_W)
    kept = [numpy_helper.from_array(np.array([2], np.int64), "axis"), onnx.helper.make_tensor("listed", 1, [1], [3.0])]
    model.graph.initializer.extend([numpy_helper.from_array(np.ones(1, np.float32), "w"), *kept])
    graph, weights = take_apart(model.SerializeToString())
    assert list(weights) == ["w"]
    assert list(onnx.load_from_string(graph).graph.initializer) == kept


@pytest.mark.parametrize("length", [1, 20, 2_000, 50_000])
def test_a_file_that_was_cut_off_is_refused(artifact, length: int) -> None:
    with pytest.raises(ValueError, match="ONNX Runtime cannot use the network"):
        OnnxEngine(artifact.network[:length])

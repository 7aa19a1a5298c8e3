"""The network of `model.py` as an ONNX graph, made from its weights: what a light runtime computes scores with.

Written by hand, because the exporters want TensorFlow or PyTorch of other versions, and the graph is thirty nodes.
A change of the layers in `model.build` is a change here; `tests/ml/network/test_engines.py` holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# pairs, places and the sizes of the inputs are free: a batch can be cut to its longest name
GRAPH = """
<ir_version: 10, opset_import: ["": 20]>
squatwatch (
    int32[pairs, places] letters, int32[pairs, places] aligned,
    float[pairs, places, channel_count] channels, float[pairs, feature_count] features
) => (float[pairs] score) {
    nothing = Constant <value = int32 {0}> ()
    far_below = Constant <value = float {-1e9}> ()
    axis_1 = Constant <value = int64[1] {1}> ()
    axis_2 = Constant <value = int64[1] {2}> ()
    joined = Constant <value = int64[3] {0, 0, -1}> ()

    present = Greater (letters, nothing)
    ones = Cast <to = 6> (present)
    lengths = ReduceSum <keepdims = 0> (ones, axis_1)

    written = Gather (characters, letters)
    meant = Gather (characters, aligned)
    by_pair = Concat <axis = 2> (written, meant, channels)
    by_place = Transpose <perm = [1, 0, 2]> (by_pair)
    read, last_hidden, last_cell = LSTM <direction = "bidirectional", hidden_size = HIDDEN>
        (by_place, lstm_kernel, lstm_recurrent, lstm_bias, lengths)
    read_by_pair = Transpose <perm = [2, 0, 1, 3]> (read)
    values = Reshape (read_by_pair, joined)

    attention_product = MatMul (values, attention_kernel)
    attention_sum = Add (attention_product, attention_bias)
    attention_hidden = Tanh (attention_sum)
    attention_scores = MatMul (attention_hidden, attention_query)
    present_each = Unsqueeze (present, axis_2)
    attention_masked = Where (present_each, attention_scores, far_below)
    shares = Softmax <axis = 1> (attention_masked)
    shared = Mul (values, shares)
    pooled = ReduceSum <keepdims = 0> (shared, axis_1)

    both = Concat <axis = 1> (pooled, features)
    dense_sum = Gemm (both, dense_kernel, dense_bias)
    dense = Relu (dense_sum)
    reading = Gemm (dense, reading_kernel, reading_bias)
    OPINION
    probability = Sigmoid (logit)
    score = Squeeze (probability, axis_1)
}
"""
OPINION_OF_BOTH = """
    first_sum = Gemm (features, features_first_kernel, features_first_bias)
    first = Relu (first_sum)
    second_sum = Gemm (first, features_second_kernel, features_second_bias)
    second = Relu (second_sum)
    of_features = Gemm (second, of_features_kernel, of_features_bias)
    logit = Mean (reading, of_features)
"""
OPINION_OF_READING = "logit = Identity (reading)"

# the arrays after those of the LSTM, in the order in which Keras has them, without and with an opinion of the features
BEFORE = ("attention_kernel", "attention_bias", "attention_query")
READING = (*BEFORE, "dense_kernel", "dense_bias", "reading_kernel", "reading_bias")
BOTH = (
    *BEFORE, "features_first_kernel", "features_first_bias", "dense_kernel", "dense_bias", "features_second_kernel",
    "features_second_bias", "reading_kernel", "reading_bias", "of_features_kernel", "of_features_bias",
)  # fmt: skip
OF_READING = 7  # arrays of the characters and of the LSTM


def network_onnx(weights: Sequence[np.ndarray]) -> bytes:
    """Return the graph as an ONNX file. `weights`: of `model.build`'s network, in Keras' order, float32.

    The graph's inputs are those of `encode.Encoded`, but with any number of places up to the longest name; its output
    is float32 [pairs]. Raises ValueError where the weights are not those of such a network.
    """
    import onnx
    from onnx import numpy_helper

    arrays = _named(weights)
    opinion = OPINION_OF_BOTH if "of_features_kernel" in arrays else OPINION_OF_READING
    text = GRAPH.replace("HIDDEN", str(arrays["lstm_recurrent"].shape[-1])).replace("OPINION", opinion)
    model = onnx.parser.parse_model(text)
    model.producer_name = "squatwatch"
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in arrays.items())
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ValueError(f"the weights do not make the graph of the network: {error}") from error
    return bytes(model.SerializeToString())


def _named(weights: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    names = next((names for names in (READING, BOTH) if len(weights) == OF_READING + len(names)), None)
    if names is None:
        counts = " or ".join(str(OF_READING + len(names)) for names in (READING, BOTH))
        raise ValueError(f"{len(weights)} arrays of weights, the graph of the network has {counts}")
    characters, *both_ways = weights[:OF_READING]
    ways = [_onnx_lstm(*both_ways[at : at + 3]) for at in (0, 3)]
    kernel, recurrent, bias = (np.stack(arrays) for arrays in zip(*ways, strict=True))
    lstm = {"characters": characters, "lstm_kernel": kernel, "lstm_recurrent": recurrent, "lstm_bias": bias}
    return lstm | dict(zip(names, weights[OF_READING:], strict=True))


def _onnx_lstm(kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, ...]:
    """Turn Keras' LSTM weights (gates i, f, c, o; units last) into ONNX' order: input i, output o, forget f, cell c."""

    def turned(array: np.ndarray) -> np.ndarray:
        into, forget, cell, out = np.split(array, 4, axis=-1)
        return np.ascontiguousarray(np.concatenate([into, out, forget, cell], axis=-1).T)

    return turned(kernel), turned(recurrent), np.concatenate([turned(bias), np.zeros_like(bias)])

"""An ONNX file taken apart into its graph and its weights, so that networks of one graph share what runs it.

A session of ONNX Runtime takes three times the memory of the weights and milliseconds to make; most networks differ in
their weights alone. So the weights become inputs of the graph. The file is read as the protocol buffer that it is: the
package `onnx` takes longer to import than a network to load.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# numbers of fields in onnx.proto
GRAPH_OF_MODEL = 7
INITIALIZER, INPUT = 5, 11  # of a graph
DIMS, DATA_TYPE, TENSOR_NAME, RAW_DATA = 1, 2, 8, 9  # of a tensor
FLOAT = 1

VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5  # kinds of fields
WIDTH = {EIGHT_BYTES: 8, FOUR_BYTES: 4}


def take_apart(network: bytes) -> tuple[bytes, dict[str, NDArray[np.float32]]]:
    """Return the ONNX file without its weights, which are inputs of its graph instead, and the weights by name.

    Weights are initializers of float32; others stay where they are. Raises ValueError where the file is none.
    """
    weights: dict[str, NDArray[np.float32]] = {}
    try:
        model = [
            _field(GRAPH_OF_MODEL, _without_weights(value, weights)) if number == GRAPH_OF_MODEL else bytes(whole)
            for number, whole, value in _fields(memoryview(network))
        ]
    except IndexError:
        raise ValueError("the file ends in the middle of a field") from None
    return b"".join(model), weights


def _without_weights(graph: memoryview, weights: dict[str, NDArray[np.float32]]) -> bytes:
    """Return the graph with inputs in the place of its weights, which are put into `weights`."""
    fields, inputs = [], []
    for number, whole, value in _fields(graph):
        weight = _weight(value) if number == INITIALIZER else None
        if weight is None:
            fields.append(bytes(whole))
        else:
            name, array = weight
            weights[name] = array
            inputs.append(_field(INPUT, _described(name, array.shape)))
    return b"".join(fields + inputs)


def _weight(tensor: memoryview) -> tuple[str, NDArray[np.float32]] | None:
    """Return name and array of a tensor; None where it has another type or is written in another way."""
    shape: list[int] = []
    values: dict[int, memoryview] = {}
    kind = None
    for number, whole, value in _fields(tensor):
        if number == DIMS and len(whole) and whole[0] & 7 == VARINT:
            shape.append(_varint(value, 0)[0])
        elif number == DATA_TYPE:
            kind = _varint(value, 0)[0]
        elif number in (TENSOR_NAME, RAW_DATA):
            values[number] = value
        else:
            return None
    if kind != FLOAT or len(values) != 2:
        return None
    array = np.frombuffer(values[RAW_DATA], "<f4").reshape(shape).astype(np.float32)  # a copy: the file can go
    return bytes(values[TENSOR_NAME]).decode(), array


def _described(name: str, shape: tuple[int, ...]) -> bytes:
    """Return a ValueInfoProto: an input of float32 of this name and shape."""
    dimensions = b"".join(_field(1, b"\x08" + _as_varint(size)) for size in shape)
    tensor = b"\x08" + _as_varint(FLOAT) + _field(2, dimensions)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Yield number, bytes and value of each field. Raises IndexError where it ends too early, ValueError for others."""
    at = 0
    while at < len(message):
        key, begin = _varint(message, at)
        kind = key & 7
        if kind == VARINT:
            end = _varint(message, begin)[1]
        elif kind == LENGTH:
            size, begin = _varint(message, begin)
            end = begin + size
        elif kind in WIDTH:
            end = begin + WIDTH[kind]
        else:
            raise ValueError(f"a field has the kind {kind}, which ONNX has not")
        if end > len(message):
            raise IndexError
        yield key >> 3, message[at:end], message[begin:end]
        at = end


def _field(number: int, value: bytes) -> bytes:
    return _as_varint(number << 3 | LENGTH) + _as_varint(len(value)) + value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return the number that begins there and where it ends. Raises IndexError where the message ends before."""
    number = shift = 0
    while message[at] >= 0x80:
        number |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return number | message[at] << shift, at + 1


def _as_varint(number: int) -> bytes:
    digits = bytearray()
    while number >= 0x80:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])

"""Makes the table of what words mean, from a sentence network.

    python -m squatwatch_ml.training.words.meanings --network FOLDER --data LISTS    (`make meanings`)

The vectors that the network gives the words, in the directions in which they differ most, a byte a number. The words
are those that registered names are made of, and those that say what brands do. Five CPU minutes; the same input
gives the same table on the same kind of processor.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from squatwatch_ml.rank.beside.fields import words_of
from squatwatch_ml.rank.beside.meanings import PATH, read_meanings
from squatwatch_ml.rank.brand_knowledge import known_abouts
from squatwatch_ml.training.words.sentence_network import Floats, SentenceNetwork
from squatwatch_ml.training.words.vectors import known_words, names_to_learn_from

DIMENSIONS = 128
STEPS = 127  # the largest number of a byte


def words_to_know(folder: Path) -> list[str]:
    """Return the words of names in a folder of real lists, and those that say what brands do, by alphabet.

    Raises OSError, ValueError where the folder has none of the days to train on.
    """
    of_brands = {word for about in known_abouts().values() for word in words_of(about)}
    return sorted(of_brands.union(known_words(names_to_learn_from(folder))))


def write_meanings(path: Path, words: Sequence[str], vectors: Floats) -> None:
    """Write words and their vectors, float32 [words, width], less their mean and turned, as DIMENSIONS bytes each."""
    centred = vectors - vectors.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:DIMENSIONS]
    directions *= np.sign(directions[range(len(directions)), np.abs(directions).argmax(axis=1)])[:, None]
    turned = centred @ directions.T
    numbers = np.rint(turned / np.abs(turned).max() * STEPS).astype(np.int8)
    written = io.BytesIO()
    np.savez_compressed(written, words=np.frombuffer("\n".join(words).encode(), np.uint8), numbers=numbers)
    path.write_bytes(written.getvalue())


def main(arguments: Sequence[str]) -> None:
    """Read the network, write the table and say how large it is; or end with a line that says what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", type=Path, required=True, help="folder with model.safetensors and vocab.txt")
    parser.add_argument("--data", type=Path, required=True, help="folder of real lists")
    parser.add_argument("--output", type=Path, default=PATH, help="file to write")
    given = parser.parse_args(arguments)
    try:
        network = SentenceNetwork.read(given.network)  # said before the minute that the words take
        words = words_to_know(given.data)
        write_meanings(given.output, words, network.embed(words))
        known = len(read_meanings(given.output).rows)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"{given.output}: {known:,} words, {given.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])

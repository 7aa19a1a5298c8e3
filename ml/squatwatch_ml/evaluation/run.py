"""Evaluation: the sections asked for, over one workbench, printed as they come and written to a folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from squatwatch_ml.evaluation.bench import Bench, NotHere, Table
from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.evaluation.matchers.opensquat import OpenSquat
from squatwatch_ml.evaluation.matchers.pairs import Encoder, PairMatcher, squatwatch
from squatwatch_ml.evaluation.matchers.rule import Rule
from squatwatch_ml.evaluation.matchers.trees import same_budget, tree_matchers, trees
from squatwatch_ml.evaluation.plots import draw_tables
from squatwatch_ml.evaluation.report import text_of, write
from squatwatch_ml.evaluation.sections import (
    article,
    budgets,
    curves,
    judged_days,
    packaged,
    ranking,
    short_brands,
    squats,
    techniques,
    waves,
)
from squatwatch_ml.network.engines.tensorflow import THREADS
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.training.extra import MissingExtra

# name of a section to what makes its tables, in the order of the report
SECTIONS: dict[str, Callable[[Bench], list[Table]]] = {
    "judged": judged_days.tables,
    "curves": curves.tables,
    "waves": waves.tables,
    "ranking": ranking.tables,
    "squats": squats.tables,
    "short": short_brands.tables,
    "techniques": techniques.tables,
    "budget": budgets.tables,
    "packaged": packaged.tables,
    "article": article.tables,
}
WITHOUT_LISTS = ("techniques", "packaged", "article")
Say = Callable[[str], None]


def evaluate(
    artifact: Path,
    data: Path | None,
    output: Path,
    only: Sequence[str] = (),
    *,
    lightgbm: bool = False,
    device: str = "auto",
    engine: str = "auto",
    threads: int = 1,
    tell: Say = print,
    say: Say = lambda line: print(line, file=sys.stderr),
) -> list[Table]:
    """Run the sections named in `only` (all that fit the data without), print tables and write them to `output`.

    `data` is a folder of real lists (see `evaluation.data`); without one, packaged names are used. A section that
    lacks its data or a library is left out with one line. `tell` prints results, `say` progress.

    Raises ValueError for an unknown section, ArtifactError, OSError.
    """
    chosen = _sections(only, data)
    if engine == "tensorflow" and "article" in chosen:
        threads = THREADS  # that section trains in this process, and who starts TensorFlow first decides
    scorer = Scorer.load(artifact, device=device, engine=engine, threads=threads)
    lists = RealLists(data) if data else None
    bench = _bench(scorer, lists, artifact, output, lightgbm, say)
    heading = (
        f"Evaluation of {scorer.model_version}, {f'with the real lists in {data.name}' if data else 'packaged names'}"
    )
    tell(f"# {heading}\n")
    tables: list[Table] = []
    for name in chosen:
        try:
            results = SECTIONS[name](bench)
        except (NotHere, MissingExtra) as error:
            tell(f"{name}: left out, {error}\n")
            continue
        for table in results:
            tell(f"{table.title}: {table.name}.csv\n" if table.listing else text_of(table))
        tables += results
    write(output, tables, heading)
    draw_tables(output, tables, tell)
    tell(f"written to {output}")
    return tables


def _sections(only: Sequence[str], data: Path | None) -> list[str]:
    if unknown := [name for name in only if name not in SECTIONS]:
        raise ValueError(f"unknown section {', '.join(unknown)}: choose from {', '.join(SECTIONS)}")
    if only:
        return [name for name in SECTIONS if name in only]
    return [name for name in SECTIONS if name != "packaged"] if data else list(WITHOUT_LISTS)


def _bench(scorer: Scorer, lists: RealLists | None, artifact: Path, output: Path, lightgbm: bool, say: Say) -> Bench:
    encoder = Encoder(scorer.encode)
    bench = Bench([squatwatch(scorer, encoder)], lists, scorer.manifest, artifact=artifact, say=say)
    more: list[PairMatcher] = []
    if lightgbm:
        registrations = lists.folder / "registrations" if lists else None
        more = tree_matchers(scorer, encoder, trees(scorer, output, registrations, say))
    bench.matchers += [*more, Rule(), Rule(with_words=True)]
    try:
        bench.matchers += [OpenSquat(1), OpenSquat(2)]
    except MissingExtra as error:
        say(f"openSquat is not compared: {error}")
    if more and lists:
        same_budget(bench, more)
    return bench

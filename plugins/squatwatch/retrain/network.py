"""The meeting place of retraining and the network's library: training on, and comparing. Imported inside functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from squatwatch.models.loading import model_errors
from squatwatch.models.registry import GENERAL, family, general_model
from squatwatch.retrain.attempt import Attempt
from squatwatch.retrain.report import plot_of, show_plots
from squatwatch.settings import Settings

LONG = "techniques"  # a table for the report alone, not for the question

if TYPE_CHECKING:
    from squatwatch_ml.training.checkpoint import Keeping
    from squatwatch_ml.training.plans import RefinementPlan


def train(
    settings: Settings,
    attempt: Attempt,
    say: Callable[[str], None] = print,
    plan: RefinementPlan | None = None,
    keeping: Keeping | None = None,
) -> str:
    """Train the model in use on with the attempt's labels, and return the version of the candidate.

    `keeping`: where a training that is interrupted is kept. Raises SquatwatchError where there is nothing to learn or
    the model cannot be used.
    """
    from squatwatch_ml.training.plans import RefinementPlan
    from squatwatch_ml.training.refine import refine

    with model_errors("the candidate was not trained"):
        manifest = refine(
            model_in_use(settings, attempt.family),
            attempt.artifact,
            attempt.labels,
            plan or RefinementPlan(),
            neighbours=attempt.neighbours,
            registrations=_not_empty(attempt.background),
            keeping=keeping,
            replace=True,  # what an earlier try of the task left
            say=say,
        )
    attempt.note(version=manifest["model_version"], learnt_from=manifest["refined"]["from"])
    return manifest["model_version"]


def compare(settings: Settings, attempt: Attempt, say: Callable[[str], None] = print, **sizes: int) -> list[str]:
    """Write the report, the candidate beside the model in use, and return what speaks against it, perhaps nothing.

    `sizes` are those of the standing evaluation, `brand_count` and `names`.

    Raises SquatwatchError where one of the two cannot be used.
    """
    from squatwatch_ml.evaluation.compare.versus import versus
    from squatwatch_ml.evaluation.plots import draw_tables
    from squatwatch_ml.evaluation.report import text_of, write

    with model_errors("the candidate was not compared"):
        comparison = versus(
            model_in_use(settings, attempt.family),
            attempt.artifact,
            attempt.held_out,
            attempt.labels,
            registrations=_not_empty(attempt.everyday),
            say=say,
            **sizes,
        )
    write(attempt.report, comparison.tables, f"{comparison.candidate} beside {comparison.current}")
    plots = draw_tables(attempt.report, comparison.tables, say)
    (attempt.report / "scores.svg").write_text(
        plot_of(comparison.scores, comparison.current, comparison.candidate), "utf-8"
    )
    show_plots(attempt.report / "report.md", ["scores.svg", *(plot.name for plot in plots)])
    tables = [text_of(table) for table in comparison.tables if table.name != LONG]
    place = attempt.report.relative_to(attempt.folder.parents[1])
    attempt.note(
        objections=comparison.objections, summary="\n".join([*tables, f"All of it: `{place}` in the data root"])
    )
    return comparison.objections


def model_in_use(settings: Settings, name: str) -> Path:
    """Return the artifact in use of a family, to train on and to compare with; the general one while it has none.

    Raises SquatwatchError where the one in use is not kept.
    """
    kept = family(settings.home, name)
    version = None if name == GENERAL else kept.in_use()
    return kept.artifact(version) if version else general_model(settings)


def _not_empty(path: Path) -> list[Path]:
    return [path] if path.is_file() and path.stat().st_size else []

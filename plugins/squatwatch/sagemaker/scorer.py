"""The scorer that lets SageMaker score: the same methods as a network's, and the same answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from squatwatch.sagemaker.bucket import JobBucket
from squatwatch.sagemaker.job import TransformJob, demand_completed, job_name
from squatwatch.sagemaker.jobs import job_in_force
from squatwatch.sagemaker.pairs import KINDS, BadAnswers, Pair, ScoredPair, lines_of, read_answers
from squatwatch.sagemaker.request import inputs_hash, transform_request
from squatwatch.sagemaker.service import SageMaker
from squatwatch.sagemaker.waiting import Waiting
from squatwatch.settings import Settings

Judgement = tuple[
    list[float], list[int], list[tuple[str, str, str, Sequence[str]]], Mapping[str, list[float]]
]  # the fields of a `squatwatch.detect.score.Judged`


class RemoteScorer:
    """The models in force, as SageMaker has them.

    `model_version` is what each answer has to name; `base_of(brand)` the model's own threshold; `again` the command
    that does the same once more, for messages.
    """

    device = "sagemaker"

    def __init__(
        self, settings: Settings, model_version: str, base_of: Callable[[str], float], again: str, waiting: Waiting
    ):
        self.model_version = model_version
        self._settings, self._base_of, self._again, self._waiting = settings, base_of, again, waiting
        self._bucket = JobBucket(settings)
        self._sagemaker = SageMaker(settings.sagemaker_connection, again)

    def base_threshold(self, brand: str) -> float:
        """Return the model's own threshold for a brand of this kind."""
        return self._base_of(brand)

    def judge(
        self, labels: Sequence[str], brands: Sequence[str], floor: float, *, with_components: bool = True
    ) -> Judgement:
        """Return scores of all pairs, and rows, explanations and components of those that score `floor` or more.

        Without pairs nothing is asked. Raises StillScoring where the job is waited for elsewhere, TryLater where
        another attempt may succeed, BadAnswers for answers that cannot be used, SquatwatchError where somebody has to
        look.
        """
        pairs = list(zip(labels, brands, strict=True))
        parts = _parts(pairs, self._settings.sagemaker_instances)
        if not parts:
            return _judgement([])
        job = self._ended(parts, floor)
        demand_completed(job, timedelta(minutes=self._settings.sagemaker_timeout_minutes), self._again)
        try:
            return _judgement(self._read(job, parts, floor))
        except BadAnswers as error:
            self._bucket.refuse(job.name, str(error))
            raise BadAnswers(f"{error}. Nothing was written; for another job run: {self._again}") from None

    def _ended(self, parts: Sequence[Sequence[Pair]], floor: float) -> TransformJob:
        """Return the job for these pairs when it has ended."""
        lines = [lines_of(part) for part in parts]
        inputs = inputs_hash(self._settings, lines, self.model_version, floor)
        self._bucket.put_pairs(inputs, lines)
        job = job_in_force(
            self._sagemaker,
            lambda attempt: job_name(self.model_version, inputs, attempt),
            lambda name: transform_request(self._settings, self._bucket, inputs, len(parts), name, floor),
            self._bucket.has_answers,
            lambda name: self._waiting.note(self._sagemaker, name),
        )
        return job if job.state.is_end else self._waiting.wait(job)

    def _read(self, job: TransformJob, parts: Sequence[Sequence[Pair]], floor: float) -> list[ScoredPair]:
        url = self._bucket.answers_url(job.name)
        contents = self._bucket.answers(job.name, len(parts))
        return [
            answer
            for number, (content, part) in enumerate(zip(contents, parts, strict=True), 1)
            for answer in read_answers(content, part, self.model_version, floor, f"part {number} of {url}")
        ]


def _parts(pairs: Sequence[Pair], count: int) -> list[Sequence[Pair]]:
    """Return the pairs in as many parts as there are machines, in order; no part is empty."""
    size = max(1, -(-len(pairs) // count))
    return [pairs[start : start + size] for start in range(0, len(pairs), size)]


def _judgement(answers: Sequence[ScoredPair]) -> Judgement:
    rows = [row for row, answer in enumerate(answers) if answer.why]
    above = [answers[row] for row in rows]
    components = {kind: [(answer.components or {})[kind] for answer in above] for kind in KINDS}
    return [answer.score for answer in answers], rows, [answer.why for answer in above if answer.why], components

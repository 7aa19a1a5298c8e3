"""What an artifact finds and what it raises wrongly, at its threshold."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from squatwatch_ml import dataset
from squatwatch_ml.candidates import candidate_pairs
from squatwatch_ml.names import label_of, read_domains
from squatwatch_ml.score import Scorer
from squatwatch_ml.skeleton import skeleton
from squatwatch_ml.train import PER_NAMES

PACKAGED_BRANDS, PACKAGED_IMITATIONS, PACKAGED_NAMES = 40, 80, 150_000
THRESHOLDS = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # at which judged names are counted too
SEED = 20_240_613  # of the packaged evaluation; any other than the training's


class Alarm(NamedTuple):
    """A name at or above the threshold."""

    domain: str
    brand: str
    score: float


@dataclass
class Report:
    """`figures` for programs, `str(report)` for people, `alarms`: the names flagged in the registration list."""

    figures: dict[str, Any] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)

    def __str__(self) -> str:
        width = max(map(len, self.figures), default=0)
        return "\n".join(f"{name:{width}}  {value}" for name, value in self.figures.items())


def evaluate(
    artifact: Path,
    squats: Path | None = None,
    registrations: Path | None = None,
    judged: Path | None = None,
    brands: Path | None = None,
    device: str = "auto",
) -> Report:
    """Measures an artifact at its threshold.

    - `squats`: CSV (.gz too) with columns brand, squat_domain and perhaps match: the share found.
    - `registrations`: a list of one day's names, with `brands` (CSV or TSV: brand, its domains): names flagged.
    - `judged`: CSV with columns domain, brand, verdict (squat, use, other) for names of `registrations`: what was found
      and raised. A name that nobody judged counts as a false alarm.
    - None of them: generated imitations of packaged popular names that the network was not trained on, and which
      other popular names are flagged.

    Raises ArtifactError, OSError, and ValueError for a file without the columns or options that lack one another.
    """
    if judged and not registrations:
        raise ValueError("--judged needs --registrations, the list that was judged")
    if registrations and not (brands or judged):
        raise ValueError("--registrations needs --brands or --judged: alarms are counted per brand")
    scorer = Scorer.load(artifact, device=device)
    report = Report({"model": scorer.model_version, "threshold": scorer.threshold})
    if squats:
        _squats(scorer, squats, report)
    if registrations:
        _alarms(scorer, registrations, judged, brands, report)
    if not (squats or registrations):
        _packaged(scorer, report)
    return report


def flagged(scorer: Scorer, domains: Sequence[str], brands: Sequence[str], threshold: float) -> tuple[list[Alarm], int]:
    """The pairs at or above a threshold, and how many candidates there were."""
    labels = [label_of(domain) for domain in domains]
    pairs = candidate_pairs([skeleton(label) for label in labels], brands)
    scores = scorer.score([labels[at] for at in pairs.name_index], [brands[at] for at in pairs.brand_index])
    alarms = [
        Alarm(domains[name], brands[brand], float(score))
        for name, brand, score in zip(pairs.name_index, pairs.brand_index, scores, strict=True)
        if score >= threshold
    ]
    return alarms, len(scores)


def _squats(scorer: Scorer, path: Path, report: Report) -> None:
    """Recall, in all and apart: candidate step, kind, short brands, brands the network was trained on and not."""
    by_brand = defaultdict(list)
    for row in _rows(path, "brand", "squat_domain"):
        by_brand[row["brand"]].append(row)
    learnt = {skeleton(brand) for brand in scorer.manifest["data"]["brands_learnt"]}
    found: dict[str, list[bool]] = defaultdict(list)
    for brand, rows in sorted(by_brand.items()):
        labels = [label_of(row["squat_domain"]) for row in rows]
        candidates = set(candidate_pairs([skeleton(label) for label in labels], [brand]).name_index.tolist())
        scores = scorer.score(labels, [brand] * len(labels))
        for at, row in enumerate(rows):
            is_found = at in candidates and scores[at] >= scorer.threshold
            found["squats: candidates"].append(at in candidates)
            found["squats: found"].append(is_found)
            size = "5 letters or more" if len(brand) >= 5 else "2 to 4 letters"
            found[f"squats of brands of {size}"].append(is_found)
            found[f"squats of brands {'' if skeleton(brand) in learnt else 'not '}in training"].append(is_found)
            if row.get("match"):
                found[f"squats by {row['match']}"].append(is_found)
    for name, hits in sorted(found.items()):
        report.figures[name] = f"{np.mean(hits):.4f} of {len(hits):,}"


def _alarms(scorer: Scorer, registrations: Path, judged: Path | None, brands: Path | None, report: Report) -> None:
    domains = list(dict.fromkeys(domain.lower() for domain in read_domains(registrations)))
    owned = read_brands(brands) if brands else {}
    verdicts = {}
    if judged:
        verdicts = {
            (row["domain"], row["brand"]): row["verdict"] for row in _rows(judged, "domain", "brand", "verdict")
        }
    names = sorted(owned) if owned else sorted({brand for _, brand in verdicts})
    scored, candidates = flagged(scorer, domains, names, min(*THRESHOLDS, scorer.threshold))
    scored = [alarm for alarm in scored if alarm.domain not in owned.get(alarm.brand, ())]
    alarms = [alarm for alarm in scored if alarm.score >= scorer.threshold]
    scale = PER_NAMES / len(domains) / len(names)
    report.alarms = sorted(alarms, key=lambda alarm: (alarm.brand, -alarm.score, alarm.domain))
    report.figures["names, brands"] = f"{len(domains):,}, {len(names)}"
    report.figures["candidates per brand per 150,000 names"] = round(candidates * scale, 1)
    report.figures["flagged per brand per 150,000 names"] = round(len(alarms) * scale, 2)
    if judged:
        found = [verdicts.get((alarm.domain, alarm.brand), "unjudged") for alarm in alarms]
        known = [verdict for (_, brand), verdict in verdicts.items() if brand in names]
        for verdict in ("squat", "use", "other"):
            report.figures[f"judged {verdict}: flagged"] = f"{found.count(verdict)} of {known.count(verdict)}"
        report.figures["unjudged: flagged"] = found.count("unjudged")
        wrong = found.count("other") + found.count("unjudged")
        report.figures["false alarms per brand per 150,000 names"] = round(wrong * scale, 2)
        for threshold in THRESHOLDS:
            above = [verdicts.get(alarm[:2], "unjudged") for alarm in scored if alarm.score >= threshold]
            wrong = above.count("other") + above.count("unjudged")
            report.figures[f"at threshold {threshold}"] = (
                f"{above.count('squat')} squats, {above.count('use')} uses, {wrong * scale:.2f} false alarms"
            )


def _packaged(scorer: Scorer, report: Report) -> None:
    """Brands that the network was not trained on, among the packaged popular names."""
    rng = np.random.default_rng(SEED)
    learnt = {skeleton(brand) for brand in scorer.manifest["data"]["brands_learnt"]}
    source = dataset.read_source()
    pool = [brand for brand in source.brand_pool if skeleton(brand) not in learnt]
    brands = [pool[at] for at in rng.permutation(len(pool))[:PACKAGED_BRANDS]]
    positives = dataset.positive_pairs(brands, PACKAGED_IMITATIONS, rng, source)
    names = [source.popular[at] for at in rng.permutation(len(source.popular))[:PACKAGED_NAMES]]
    background = dataset.background_pairs(brands, names, None, rng)
    found = scorer.score(positives.labels, positives.brands) >= scorer.threshold
    raised = scorer.score(background.labels, background.brands) >= scorer.threshold
    report.figures["generated imitations found"] = f"{found.mean():.4f} of {len(found):,}"
    per_brand = raised.sum() * PER_NAMES / len(names) / len(brands)
    report.figures["popular names flagged per brand per 150,000"] = round(float(per_brand), 2)


def read_brands(path: Path) -> dict[str, set[str]]:
    """Brand to its own domains, from CSV (columns brand, brand_domain) or TSV (brand, comma separated domains)."""
    owned: dict[str, set[str]] = defaultdict(set)
    if path.suffix == ".tsv":
        for line in path.read_text("utf-8").splitlines():
            brand, _, domains = line.partition("\t")
            if brand.strip():
                owned[brand.strip()] |= {domain.strip() for domain in domains.split(",")}
    else:
        for row in _rows(path, "brand", "brand_domain"):
            owned[row["brand"]].add(row["brand_domain"])
    return dict(owned)


def _rows(path: Path, *columns: str) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text))
    if missing := set(columns) - set(reader.fieldnames or ()):
        raise ValueError(f"{path} has no column {', '.join(sorted(missing))}")
    return list(reader)

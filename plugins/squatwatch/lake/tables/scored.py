"""The tables of scores: detections, their history, what became of the candidates, and the thresholds."""

from __future__ import annotations

import polars as pl

from squatwatch.lake.tables.table import UTC_TIME, Column, Table

SCORE_COUNTS = Table(
    "score_counts",
    "What became of a date's candidates: candidate_count = below_floor_count + below_threshold_count + "
    "allowlisted_count + detection_count. One row per run_date.",
    {
        "model_version": Column(pl.String, "Version of the model that scored the date."),
        "candidate_count": Column(pl.Int64, "Pairs of domain and brand that were scored."),
        "below_floor_count": Column(pl.Int64, "Pairs that scored below the floor and left no row in detections."),
        "below_threshold_count": Column(pl.Int64, "Pairs above the floor and below the brand's threshold."),
        "allowlisted_count": Column(pl.Int64, "Pairs at or above the threshold that the allowlist excuses."),
        "detection_count": Column(pl.Int64, "Pairs that are detections."),
    },
    step="score",
    upstream="candidates",
)

COMPONENT = (
    "Component of the score: how far its log-odds fall when this evidence is taken away; above 0 the evidence speaks "
    "for an imitation. Here: "
)

DETECTIONS = Table(
    "detections",
    "Domains that resemble a brand, with score and reason; every pair above a low score floor. "
    "One row per run_date, domain and brand.",
    {
        "detection_id": Column(pl.String, "UUIDv5 of brand and domain: the same on every re-run and date."),
        "domain": Column(pl.String, "Registrable domain as A-labels."),
        "domain_unicode": Column(pl.String, "The domain with its A-labels decoded."),
        "brand": Column(pl.String, "The brand it resembles."),
        "score": Column(pl.Float64, "The network's score, 0 to 1."),
        "threshold": Column(
            pl.Float64,
            "The threshold the score was held against: set by hand, calibrated for the brand, or the model's.",
        ),
        "is_detection": Column(pl.Boolean, "Score at or above the threshold, and not allowlisted."),
        "technique": Column(
            pl.String,
            "How the name imitates the brand (dnstwist's words, plus combo, combo-typo, soundsquat, level, reorder).",
        ),
        "matched_text": Column(pl.String, "The span of the name that made it fire."),
        "reason": Column(
            pl.String,
            "Why it resembles the brand, in a sentence. `plus` names words that imitations put beside a brand; other "
            "text comes after or before. Characters that cannot be seen are written as escapes.",
        ),
        "aligned": Column(
            pl.List(pl.String),
            "Where the matched text differs from the brand, from left to right: rn>m (rn stands for m), >i (i is "
            "missing), x> (x was added), la>al (swapped).",
        ),
        "component_resemblance": Column(
            pl.Float64,
            COMPONENT + "how near the matched text comes to the brand: edits, look-alikes, letters kept.",
        ),
        "component_placement": Column(
            pl.Float64, COMPONENT + "where it stands: at the edges of a part, how much of the name it is."
        ),
        "component_surroundings": Column(
            pl.Float64, COMPONENT + "what is beside it: keywords, words, digits, hyphens."
        ),
        "component_words": Column(
            pl.Float64,
            COMPONENT + "how common the matched text, the brand and the words over them are in ordinary names.",
        ),
        "sources": Column(pl.List(pl.String), "Sources that listed the domain on this date, sorted."),
        "allowlist_reason": Column(
            pl.String,
            "Why the name is set aside, null where nothing excuses it: the entry of the allowlist, the owner, or the "
            "brand that the name is nearer to.",
        ),
        "model_version": Column(pl.String, "Version of the model that scored it."),
        "scored_at": Column(UTC_TIME, "When it was scored (UTC)."),
        "device": Column(pl.String, "Where the network ran: cpu, gpu or sagemaker."),
    },
    step="score",
    upstream="candidates",
    is_extended=True,
)

DETECTIONS_HISTORY = Table(
    "detections_history",
    "Every score so far: a date scored again by another model or with other thresholds keeps its earlier rows here. "
    "One row per run_date, domain, brand, model_version and set of thresholds.",
    DETECTIONS.columns,
    step="score",
    is_required=False,
    is_extended=True,
)

RANKED = "How far it moves the log-odds of squat; above 0 it speaks for one: "

RANKINGS = Table(
    "rankings",
    "The order in which a date's pairs are worth looking at: what the brand, the day's other names and judged names of "
    "earlier dates make of the score. It flags nothing. One row per run_date, domain and brand.",
    {
        "detection_id": Column(pl.String, "UUIDv5 of brand and domain: the same on every re-run and date."),
        "domain": Column(pl.String, "Registrable domain as A-labels."),
        "brand": Column(pl.String, "The brand it resembles."),
        "squat": Column(pl.Float64, "Probability that the brand is meant and imitated, 0 to 1."),
        "use": Column(pl.Float64, "Probability that the brand is meant and not imitated: its own, a dealer's."),
        "other": Column(pl.Float64, "Probability that something else is meant. The three are 1 together."),
        "priority": Column(pl.Float64, "What the queue is ordered by: squat, and a quarter of use."),
        "taken_for": Column(
            pl.String,
            "squat; the likelier of use and other where use is more than 1.5 times squat, or other more than 4 times. "
            "Uses and others stand folded at the end of the queue.",
        ),
        "component_brand": Column(pl.Float64, RANKED + "what else the brand's word means."),
        "component_wave": Column(pl.Float64, RANKED + "the day's names of the same brand and shape."),
        "component_memory": Column(pl.Float64, RANKED + "what analysts said of the brand's names on earlier dates."),
        "note": Column(pl.String, "What the three come from, in a sentence; empty where there is nothing to say."),
        "wave_id": Column(pl.String, "Names of one brand and shape have the same one, null for a name that is alone."),
        "wave_size": Column(pl.Int64, "Names of the date in its wave, 1 for a name that is alone."),
        "is_lifted": Column(
            pl.Boolean,
            "Below its threshold and on the Detections page with its wave, of which at least half is flagged. It is no "
            "detection and raises no alert; null where an earlier release ranked the date.",
        ),
        "ranker_version": Column(pl.String, "Version of the ranker."),
        "model_version": Column(pl.String, "Version of the model whose scores were ranked."),
        "judged_count": Column(pl.Int64, "Judged names of the brand, of earlier dates, that it was compared with."),
        "ranked_at": Column(UTC_TIME, "When it was ranked (UTC)."),
    },
    step="rank",
    upstream="detections",
    is_required=False,
)

THRESHOLDS = Table(
    "thresholds",
    "The score from which a brand's names are flagged, calibrated to its alarm budget on past dates. "
    "One row per model_version and brand.",
    {
        "brand": Column(pl.String, "Name of the brand."),
        "threshold": Column(pl.Float64, "Score from which its names are flagged; never below base_threshold."),
        "base_threshold": Column(pl.Float64, "The model's own threshold for a brand of this kind (name, word, short)."),
        "alarm_budget": Column(pl.Float64, "Names a day that the brand may raise, as it was when calibrated."),
        "window_begins_on": Column(pl.Date, "First date it was calibrated on."),
        "window_ends_on": Column(pl.Date, "Last date it was calibrated on."),
        "day_count": Column(pl.Int64, "Dates in the window that were scored."),
        "name_count": Column(pl.Int64, "Names in the window at or above base_threshold and not allowlisted."),
        "flagged_per_day": Column(pl.Float64, "Names a day in the window at or above threshold and not allowlisted."),
        "calibrated_at": Column(UTC_TIME, "When it was calibrated (UTC)."),
    },
    partition="model_version",
    step="calibrate",
    is_required=False,
)

# the columns that say how far each kind of evidence moves the score
COMPONENTS = tuple(name for name in DETECTIONS.columns if name.startswith("component_"))

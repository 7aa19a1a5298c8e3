"""A date as the steps leave it, without running them: small partitions that fit together."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest


class Dates:
    """Writes dates into a data root: every table of a date, each made from the one before."""

    def __init__(self, settings, model_version="bilstm-1"):
        from squatwatch.lake import Lake

        self.settings, self.lake, self.model_version = settings, Lake(settings.home), model_version

    def write(self, run_date: date, *domains: str, brand: str = "paypal", also: tuple[str, ...] = ()) -> None:
        """A done date whose `domains` are detections of the brand; `also` were registered and resemble nothing."""
        from squatwatch.inputs import candidate_inputs, detection_inputs
        from squatwatch.lake import fingerprint
        from squatwatch.tables import DETECTIONS, REGISTRATIONS

        listed = [{"source": "sample", "domain": domain} for domain in (*domains, *also)]
        lists = self.lists(run_date, *domains, *also)
        registrations = pl.DataFrame(listed, schema=REGISTRATIONS.schema)
        counts = {"source": "sample", "is_received": True, "kept_count": len(listed), "line_count": len(listed)}
        self.put("load", run_date, lists, registrations=registrations, load_counts=[counts])
        self.put("health", run_date, {"registrations": fingerprint(lists)})
        made_from = candidate_inputs(self.settings, run_date)
        self.put("transform", run_date, made_from)
        verdict = {"brand": brand, "score": 0.9, "threshold": 0.5, "is_detection": True}
        verdict |= {"model_version": self.model_version}
        found = [verdict | {"domain": domain, "detection_id": f"{brand}|{domain}"} for domain in domains]
        counts = {"model_version": self.model_version, "candidate_count": len(found), "detection_count": len(found)}
        made_from = detection_inputs(self.settings, run_date, self.model_version)
        detections = pl.DataFrame(found, schema=DETECTIONS.schema)
        self.put("score", run_date, made_from, detections=detections, score_counts=[counts | {"below_floor_count": 0}])

    def lists(self, run_date: date, *domains: str) -> dict[str, str]:
        """What registrations of these names are made from, and a row for it in the ledger."""
        from squatwatch.download import RawList
        from squatwatch.load import made_from_lists
        from squatwatch.tables import DOWNLOADS

        sha256 = f"{hash(domains):x}"
        row = {"source": "sample", "path": f"raw/run_date={run_date}/sample.txt", "sha256": sha256}
        self.lake.write("downloads", run_date, pl.DataFrame([row], schema=DOWNLOADS.schema), "sample")
        return made_from_lists([RawList("sample", self.settings.home / row["path"], sha256)], [])

    def put(self, step: str, run_date: date, made_from: dict[str, str], **rows) -> None:
        """The step's tables; those without rows are empty."""
        from squatwatch.status import TABLES_OF

        for table in TABLES_OF[step]:
            given = rows.get(table, [])
            frame = given if isinstance(given, pl.DataFrame) else pl.DataFrame(given, schema=self.schema(table))
            self.lake.write(table, run_date, frame, made_from=made_from)

    def schema(self, table: str) -> pl.Schema:
        """The table's columns, of a mart as dbt describes them."""
        from squatwatch.catalog import SQL_TYPES, views

        types = {sql: type_ for type_, sql in SQL_TYPES.items()} | {"float": pl.Float32}
        [found] = [view for view in views(self.settings) if view.name == table]
        return pl.Schema({name: types[sql] for name, sql in found.types.items()})


@pytest.fixture
def dates(settings):
    return Dates(settings)

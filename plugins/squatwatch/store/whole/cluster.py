"""One cluster a data root: verdicts and alerts are in its database, and what is published shows those of one alone."""

from __future__ import annotations

import json

from squatwatch.errors import SquatwatchError
from squatwatch.lake.work_folder import work_folder
from squatwatch.settings import Settings
from squatwatch.store.commits import BY_THIS_RELEASE, readable_json
from squatwatch.store.local_copy import copy_of

CLUSTER = "cluster.json"  # in the store: whose it is


def demand_own(settings: Settings, database: str) -> None:
    """Make the data root that of this database, where it is nobody's. Raises SquatwatchError where it is another's.

    `database` is its identity. This machine asks once.
    """
    copy = copy_of(settings)
    known = copy.folder / CLUSTER
    if known.is_file() and known.read_text("utf-8") == database:
        return
    with work_folder(copy.folder, "cluster", "note") as work:
        ours, theirs = work / "ours.json", work / "theirs.json"
        ours.write_text(json.dumps({**BY_THIS_RELEASE, "database": database}), "utf-8")
        if not copy.objects.store.create(CLUSTER, ours):
            copy.objects.store.get(CLUSTER, theirs)
            if readable_json(theirs, CLUSTER).get("database") != database:
                raise SquatwatchError(
                    f"{settings.store_url} is worked on with another database than SQUATWATCH_DATABASE_URL names, and "
                    "would lose its verdicts and send its alerts twice: name that database, or give this cluster a "
                    f"prefix of its own with SQUATWATCH_HOME. If that database is gone for good, remove {CLUSTER} "
                    "there, then run: squatwatch publish"
                )
    known.write_text(database, "utf-8")

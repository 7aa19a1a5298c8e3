"""The n-grams and topics of labels, for as many labels as a shard of a large date has for a thousand brands."""

from __future__ import annotations

import duckdb

from squatwatch.dbt_runner.kept import PACKAGED
from squatwatch.dbt_runner.plan import read_plan

LABELS = 60_000
MEMORY = "250MB"  # with every label joined to every n-gram 60,000 needed more than 500 MB


def test_features_of_many_labels_take_little_memory_and_no_disk():
    plan = read_plan(PACKAGED / "transform.json")
    (model,) = (node for node in plan.nodes if node.name == "int_label_features")
    with duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 2, "temp_directory": ""}) as connection:
        for table in (
            f"int_candidate_pairs as select 'n' || i || '.com' as domain, 'b' as brand from range({LABELS}) as t (i)",
            f"int_names as select 'n' || i || '.com' as domain, 'N' || i as label from range({LABELS}) as t (i)",
            "int_reference_ngrams as select 'g' || i as ngram, i as ngram_rank from range(1, 200) as t (i)",
            f"""int_label_vectors as
                select 'n' || i as label, 'g' || ((i + k) % 199 + 1) as ngram, 1::smallint as ngram_count, .1 as weight
                from range({LABELS}) as t (i), range(12) as u (k)""",
            """int_topic_ngrams as
                select k + 1 as topic, 'g' || i as ngram, .5::double as loading
                from range(1, 200) as t (i), range(10) as u (k)""",
        ):
            connection.execute(f"create table {table}")
        connection.execute(f"create table features as {model.sql}")
        # n0 has the n-grams 1 to 12, .1 of each; fifty are counted, and each weighs .5 on every topic
        assert connection.execute("select * from features where label = 'n0'").fetchall() == [
            ("n0", [1] * 12 + [0] * 38, [0.6] * 10)
        ]
        assert connection.execute("select count(*) from features").fetchone() == (LABELS,)

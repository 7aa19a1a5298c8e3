"""A project built by dbt, then by the plan of that build: the same tables, the same failures, the same words."""

from __future__ import annotations

import json
import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Timer

import duckdb
import polars as pl
import pytest

from squatwatch.dbt_runner.build import Build, build_by_dbt, build_by_plan, dbt
from squatwatch.dbt_runner.compile import (
    NotPlannable,
    demand_lasting_settings,
    demand_no_file_of_the_folder,
    demand_plannable,
)
from squatwatch.dbt_runner.execute import Inputs, open_database
from squatwatch.dbt_runner.plan import Plan, read_plan
from squatwatch.errors import SquatwatchError

PROJECT = {
    "dbt_project.yml": "name: squatwatch\nprofile: squatwatch\nversion: 1.0.0\nconfig-version: 2\n",
    "profiles.yml": """
squatwatch:
  target: warehouse
  outputs:
    warehouse: {type: duckdb, path: warehouse.duckdb, config_options: {memory_limit: 200MB}}
""",
    "seeds/brands.csv": "brand,found_on\n",
    "seeds/_seeds.yml": "seeds: [{name: brands, config: {column_types: {brand: varchar, found_on: varchar}}}]",
    "models/_sources.yml": """
sources:
  - name: lake
    tables:
      - {name: registrations, config: {external_location: "inputs/registrations/*.parquet"}}
      - name: ranks
        config: {external_location: inputs/ranks.parquet, meta: {is_fixed: true}}
""",
    "models/stg_registrations.sql": "select domain, listed_on from {{ source('lake', 'registrations') }} -- as listed",
    "models/stg_ranks.sql": "select domain, rank from {{ source('lake', 'ranks') }}",
    "models/int_tlds.sql": """{{ config(materialized='table') }}
select split_part(domain, '.', 2) as tld, count(*) as site_count from {{ ref('stg_ranks') }} group by all""",
    "models/int_best_tld.sql": """{{ config(materialized='table') }}
select max_by(tld, site_count) as best_tld from {{ ref('int_tlds') }}""",
    "models/int_lengths.py": """
def model(dbt, session):
    names = dbt.ref("stg_registrations").select("domain").pl()
    return names.with_columns(length=names["domain"].str.len_chars())
""",
    "models/names.sql": """{{ config(materialized='table') }}
select domain, length, found_on, split_part(domain, '.', 2) = best_tld as has_best_tld,
from {{ ref('stg_registrations') }} join {{ ref('int_lengths') }} using (domain)
left join {{ ref('brands') }} on starts_with(domain, brand) cross join {{ ref('int_best_tld') }} order by domain""",
    "models/names.yml": """
models:
  - name: names
    description: Names with the brand's day. It's one row per domain.
    config: {contract: {enforced: true}, persist_docs: {relation: true, columns: true}}
    columns:
      - {name: domain, data_type: varchar, description: The name., data_tests: [unique, not_null]}
      - {name: length, data_type: uinteger}
      - {name: found_on, data_type: varchar}
      - {name: has_best_tld, data_type: boolean}
""",
    "models/short_names.sql": "select * from {{ ref('names') }} where length < 8",
    "tests/every_name_has_six_letters.sql": """{{ config(severity='warn') }}
select * from {{ ref('names') }} where length < 6""",
}
NAMES = ["paypal-login.com", "a.com", "orchardview.org"]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project whose name and whose place have all that SQL and globs could trip over."""
    folder = tmp_path_factory.mktemp("o'hara's [a-z]*") / "dbt"
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def inputs(project) -> Inputs:
    folder = project.parent / "run_date=2024-06-13"
    folder.mkdir()
    pl.DataFrame({"domain": NAMES, "listed_on": ["2024-06-13"] * 3}).write_parquet(folder / "registrations.parquet")
    pl.DataFrame({"domain": ["b.org", "c.org", "d.com"], "rank": [1, 2, 3]}).write_parquet(folder / "ranks.parquet")
    brands = pl.DataFrame({"brand": ["paypal"], "found_on": ["today"]})
    sources = {"registrations": [folder / "registrations.parquet"], "ranks": [folder / "ranks.parquet"]}
    return Inputs({"brands": brands}, sources)


class Built:
    """What a build left, or how it failed."""

    def __init__(self, build: Build, folder: Path, inputs: Inputs, plan: Plan | None):
        folder.mkdir()
        self.warnings: list[str] = []
        self.failure = ""
        try:
            self.warnings = self._build(build, folder, inputs, plan)
        except SquatwatchError as error:
            self.failure = str(error)
        self.log = build.log.read_text() if build.log.exists() else ""
        with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as warehouse:
            columns = "select table_name, column_name, data_type, comment from duckdb_columns() where not internal"
            self.columns = set(warehouse.execute(columns).fetchall())
            tables = warehouse.execute("select table_name, comment from duckdb_tables()").fetchall()
            self.comments = dict(tables)
            relations = {name for name, *_ in self.columns if not name.startswith("stg_")}  # these read the inputs
            self.rows = {name: warehouse.execute(f"from {name} order by all").fetchall() for name in relations}

    def _build(self, build: Build, folder: Path, inputs: Inputs, plan: Plan | None) -> list[str]:
        if plan:
            with open_database(plan, folder / "warehouse.duckdb", folder) as connection:
                return build_by_plan(build, plan, connection, inputs)
        shutil.copytree(build.project, folder, dirs_exist_ok=True)
        (folder / "inputs/registrations").mkdir(parents=True)
        for name, rows in inputs.seeds.items():
            rows.write_csv(folder / "seeds" / f"{name}.csv")
        shutil.copy(inputs.sources["registrations"][0], folder / "inputs/registrations")
        shutil.copy(inputs.sources["ranks"][0], folder / "inputs/ranks.parquet")
        return build_by_dbt(build, folder)


def new_build(project: Path, name: str) -> Build:
    return Build(
        project,
        "warehouse",
        [],
        {},
        what="the names",
        again="squatwatch publish",
        log=project.parent / f"{name}.log",
        cache=project.parent / "cache",
        inputs=("brands", "registrations", "ranks"),
    )


@pytest.fixture(scope="module")
def both(project, inputs) -> dict[str, Built]:
    """The same project built by dbt, and then by the plan that was made of that."""
    build = new_build(project, "names")
    by_dbt = Built(build, project.parent / "dbt's", inputs, None)
    plan = build.plan()
    assert plan, "dbt's build left no plan"
    return {"dbt": by_dbt, "plan": Built(build, project.parent / "plan's", inputs, plan)}


def test_the_plan_makes_the_same_tables_with_types_and_comments(both):
    dbt_s, plan_s = both["dbt"], both["plan"]
    only_for_fixed_tables = {"int_tlds", "stg_ranks"}
    assert dbt_s.rows["names"] == [
        ("a.com", 5, None, False),
        ("orchardview.org", 15, None, True),
        ("paypal-login.com", 16, "today", False),
    ]
    assert plan_s.rows == {name: rows for name, rows in dbt_s.rows.items() if name not in only_for_fixed_tables}
    assert plan_s.columns == {column for column in dbt_s.columns if column[0] not in only_for_fixed_tables}
    assert plan_s.comments["names"] == dbt_s.comments["names"] == "Names with the brand's day. It's one row per domain."


def test_the_plan_warns_in_the_same_words(both):
    assert both["plan"].warnings == both["dbt"].warnings == ["not so: every name has six letters (1 rows)"]


def test_what_never_changes_is_made_once(both, project, inputs):
    build = new_build(project, "names")
    [file] = build.kept.folder.glob("*.parquet")
    assert file.name == "int_best_tld.parquet"
    before, content = file.stat().st_mtime_ns, file.read_bytes()
    again = Built(build, project.parent / "again", inputs, build.plan())
    assert again.rows == both["plan"].rows and file.stat().st_mtime_ns == before
    for number, damage in enumerate([b"", content[:-20], content[:40] + b"x" + content[41:], None]):
        file.unlink()
        if damage is not None:
            file.write_bytes(damage)
        anew = Built(build, project.parent / f"anew {number}", inputs, build.plan())
        assert anew.rows == both["plan"].rows and file.read_bytes() == content


def test_two_that_are_the_first_make_it_both(both, project, inputs):
    build = replace(new_build(project, "names"), cache=project.parent / "empty cache")
    plan = new_build(project, "names").plan()
    with ThreadPoolExecutor(2) as pool:
        built = list(pool.map(lambda name: Built(build, project.parent / name, inputs, plan), ["one", "two"]))
    assert [each.rows for each in built] == [both["plan"].rows] * 2
    assert sorted(path.name for path in build.kept.folder.iterdir()) == ["fixed.json", "int_best_tld.parquet"]


def test_fixed_tables_that_cannot_be_made_say_why(both, project, inputs):
    build = replace(new_build(project, "names"), cache=project.parent / "other cache")
    without = Inputs(inputs.seeds, inputs.sources | {"ranks": [project.parent / "none.parquet"]})
    built = Built(build, project.parent / "without", without, new_build(project, "names").plan())
    assert "tables of dbt that never change cannot be made" in built.failure and "No files found" in built.failure


BROKEN = {
    "a test": ("tests/every_name_has_six_letters.sql", PROJECT["models/short_names.sql"]),
    "SQL": ("models/short_names.sql", "select no_such_column from {{ ref('names') }}"),
    "Python": ("models/int_lengths.py", "def model(dbt, session):\n    return {}['no such key']\n"),
}


def test_a_model_that_ends_the_program_has_failed(both, project, inputs, tmp_path):
    own = shutil.copytree(project, tmp_path / "dbt")
    (own / "models/int_lengths.py").write_text("def model(dbt, session):\n    raise SystemExit(0)\n")
    plan = new_build(project, "names").plan()
    assert "SystemExit: 0" in Built(new_build(own, "ending"), tmp_path / "plan's", inputs, plan).failure


@pytest.mark.parametrize("what", BROKEN)
def test_what_fails_fails_in_the_same_words(both, project, inputs, tmp_path, what):
    """The plan of the whole project fails where dbt fails on one that was broken."""
    name, text = BROKEN[what]
    broken = shutil.copytree(project, tmp_path / "dbt")
    (broken / name).write_text(text)
    build = new_build(broken, "broken")
    by_dbt = Built(build, tmp_path / "dbt's", inputs, None)
    plan = new_build(project, "names").plan()
    assert plan
    for node in plan.nodes:
        if node.path == name and node.kind != "python":
            node.sql = text.replace("{{ ref('names') }}", '"warehouse"."main"."names"')
            if node.test:
                node.test.severity = "ERROR"
    by_plan = Built(build, tmp_path / "plan's", inputs, plan)
    assert by_plan.failure == by_dbt.failure != ""
    assert (
        name in by_plan.log
        and {"names", "short_names"} - by_plan.rows.keys() == {"names", "short_names"} - by_dbt.rows.keys()
    )


@pytest.fixture
def interruptible():
    """Ctrl-C as a program has it; test processes that run beside others ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_is_no_failure_of_a_model(both, project, inputs, tmp_path, interruptible):
    """DuckDB ends the query that Ctrl-C meets, and says so as it says of any other fault."""
    plan = new_build(project, "names").plan()
    assert plan
    [names] = [node for node in plan.nodes if node.name == "short_names"]
    names.kind, names.sql = "table", "select max(md5(range::varchar)) from range(200_000_000)"  # a minute
    timer = Timer(1.5, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        Built(new_build(project, "names"), tmp_path / "plan's", inputs, plan)
    timer.join()


ONLY_DBT = {  # a model's file, and why its project has no plan
    "hooked.sql": ("{{ config(post_hook='select 1') }} select 1 as one", "hooked has post-hook"),
    "growing.sql": ("{{ config(materialized='incremental') }} select 1 as one", "growing is incremental"),
    "reading.sql": ("select * from {{ ref('passing') }}", "reading reads passing, which is ephemeral"),
    "clock.sql": ("select '{{ run_started_at }}' as t", "clock asks for run_started_at while it is compiled"),
    "environment.sql": ("select '{{ env_var(\"HOME\") }}' as t", "environment asks for env_var"),
    "database.sql": ("{% set rows = run_query('select 1') %} select 1 as one", "database asks for run_query"),
    "calling.sql": ("select {{ started() }} as t", "calling asks for run_started_at"),
    "hidden.sql": ("select '{{ \"}}\" ~ run_started_at }}' as t", "hidden asks for run_started_at"),
    "headed.sql": (
        "{% call set_sql_header(config) %} select 1; {% endcall %} select 1 as one",
        "headed has sql_header",
    ),
    "configured.py": ("def model(dbt, s):\n    dbt.config(tags='a')\n    return dbt.ref('names')", "more than ref"),
    "handed.py": ("def model(dbt, s):\n    print(dbt)\n    return dbt.ref('names')", "more than ref"),
}


def test_what_only_dbt_can_do_has_no_plan_and_people_are_told(project, inputs, tmp_path):
    own = shutil.copytree(project, tmp_path / "dbt")
    models = {name: text for name, (text, _) in ONLY_DBT.items()}
    models["passing.sql"] = "{{ config(materialized='ephemeral') }} select * from {{ ref('names') }}"
    for name, text in models.items():
        (own / "models" / name).write_text(text)
    (own / "macros").mkdir()
    (own / "macros/started.sql").write_text("{% macro started() %}'{{ run_started_at }}'{% endmacro %}")
    build = new_build(own, "own")
    folder = tmp_path / "dbt's"
    assert Built(build, folder, inputs, None).failure == ""
    assert build.plan() is None and build.why_dbt.startswith("it can have no plan, because ")
    manifest = json.loads((folder / "target/manifest.json").read_text())
    for name, (_, reason) in ONLY_DBT.items():
        with pytest.raises(NotPlannable, match=reason):
            demand_plannable(manifest, manifest["nodes"][f"model.squatwatch.{Path(name).stem}"])
    demand_plannable(manifest, manifest["nodes"]["model.squatwatch.names"])


@pytest.mark.parametrize("name", ["dbt_project.yml", "profiles.yml", "models/names.yaml"])
def test_settings_that_ask_for_the_environment_have_no_plan(tmp_path, name):
    demand_lasting_settings(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / name).write_text("severity: \"{{ env_var('SEVERITY', 'warn') }}\"")
    with pytest.raises(NotPlannable, match=f"{name} asks for env_var"):
        demand_lasting_settings(tmp_path)


def test_sql_that_reads_a_file_of_the_folder_has_no_plan(tmp_path):
    """A build of dbt is at work in the folder, a plan is done where somebody happens to be."""
    (tmp_path / "own.csv").write_text("a\n1\n")
    demand_no_file_of_the_folder(tmp_path, "names", "select * from read_csv('/srv/own.csv') where tld <> 'co.uk'")
    for path in ("own.csv", "*.csv"):
        with pytest.raises(NotPlannable, match=r"names reads .* in the folder of the build"):
            demand_no_file_of_the_folder(tmp_path, "names", f"select * from read_csv('{path}')")


def test_a_list_that_no_step_puts_in_place_makes_no_plan(project, inputs, tmp_path):
    own = shutil.copytree(project, tmp_path / "dbt")
    (own / "seeds/own.csv").write_text("a\n1\n")
    (own / "models/short_names.sql").write_text("select * from {{ ref('own') }}")
    build = new_build(own, "own")
    assert Built(build, tmp_path / "dbt's", inputs, None).failure == ""
    assert build.plan() is None and build.why_dbt == "it can have no plan, because own: no step puts it in place"


@pytest.mark.parametrize("path", ["/tmp/evil.py", "../evil.py", "models/../../evil.py"])
def test_no_plan_leads_out_of_the_project(both, project, tmp_path, path):
    plan = new_build(project, "names").plan()
    assert plan
    plan.nodes[0].path = path
    (tmp_path / "plan.json").write_text(plan.written())
    assert read_plan(tmp_path / "plan.json") is None


def test_dbt_is_not_started_for_a_plan(both, project, inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(dbt, "invoke", None)
    build = new_build(project, "names")
    assert Built(build, tmp_path / "plan's", inputs, build.plan()).failure == ""


def test_by_dbt_always(both, project):
    assert replace(new_build(project, "names"), always_by_dbt=True).plan() is None

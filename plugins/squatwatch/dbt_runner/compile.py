"""The plan of a build that dbt has done: its manifest, put into the order in which everything can be done again."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment

from squatwatch.dbt_runner.execute import source_view
from squatwatch.dbt_runner.folder import is_of_project
from squatwatch.dbt_runner.plan import FORMAT, DataTest, Kind, Node, Plan, ancestors
from squatwatch.dbt_runner.results import results_of_dbt

Manifest = Mapping[str, Any]
ManifestNode = Mapping[str, Any]

KINDS: Mapping[str, Kind] = {"seed": "seed", "view": "view", "table": "table", "external": "table", "test": "test"}
ONLY_DBT = ("pre-hook", "post-hook", "store_failures", "limit", "grants", "sql_header")  # settings of a node
# what Jinja asks the database, the clock or the environment while it compiles: another day has another answer
OF_THE_MOMENT = frozenset(
    "run_started_at invocation_id invocation_args_dict env_var run_query statement load_result adapter graph modules"
    " set_sql_header".split()
)
PATH = re.compile(r"'([^'\n/][^'\n]*\.\w+)'")  # a text in SQL that may be a file's path from the working directory
OWN_PACKAGES = {"dbt", "dbt_duckdb"}  # whose macros ask for nothing of the moment where our models call them


class NotPlannable(Exception):
    """Something in the project that only dbt itself can do; the message names it."""


def compile_plan(folder: Path, target: str, key: str, inputs: Collection[str]) -> Plan:
    """Return the plan of the build that dbt has just done in the folder.

    `inputs` are the seeds and the sources of files that the step puts in place. Raises NotPlannable where the project
    does what only dbt can do.
    """
    demand_lasting_settings(folder)
    manifest = json.loads((folder / "target/manifest.json").read_text("utf-8"))
    built = {result.unique_id for result in results_of_dbt(folder / "target")}
    nodes = {unique_id: node for unique_id, node in manifest["nodes"].items() if unique_id in built}
    if any(node["resource_type"] == "operation" for node in manifest["nodes"].values()):
        raise NotPlannable("of on-run-start or on-run-end")
    for node in nodes.values():
        demand_plannable(manifest, node)
    read = set().union(*map(_reads, nodes.values()))
    sources = {name: source for name, source in manifest["sources"].items() if name in read and _is_of_files(source)}
    seeds = {node["name"] for node in nodes.values() if node["resource_type"] == "seed"}
    if unknown := (seeds | {source["name"] for source in sources.values()}) - set(inputs):
        raise NotPlannable(f"{', '.join(sorted(unknown))}: no step puts it in place")
    after = _order(nodes)
    planned = {
        name: _planned(manifest, sources, nodes[name], after[name]) for name in TopologicalSorter(after).static_order()
    }
    for node_of_plan in planned.values():
        demand_no_file_of_the_folder(folder, node_of_plan.name, node_of_plan.sql)
    fixed = _fixed(nodes, sources)
    profile = yaml.safe_load((folder / "profiles.yml").read_text("utf-8"))["squatwatch"]["outputs"][target]
    if "{{" in str(profile.get("config_options", {})) + str(profile.get("threads", "")):
        raise NotPlannable("of Jinja in profiles.yml")
    return Plan(
        format=FORMAT,
        target=target,
        key=key,
        database=next(iter(nodes.values()))["database"],
        sources=sorted(source["name"] for source in sources.values()),
        threads=profile.get("threads", 1),
        options=profile.get("config_options", {}),
        nodes=_with_files(planned, fixed),
        fixed=[node for name, node in planned.items() if name in fixed and node.kind != "test"],
    )


def demand_plannable(manifest: Manifest, node: ManifestNode) -> None:
    """Raise NotPlannable where a node does what only dbt can do, or holds for this build alone."""
    config, name = node["config"], node["name"]
    if config["materialized"] not in KINDS:
        raise NotPlannable(f"{name} is {config['materialized']}")
    if used := [setting for setting in ONLY_DBT if config.get(setting)]:
        raise NotPlannable(f"{name} has {', '.join(used)}")
    if node.get("constraints") or any(column.get("constraints") for column in node.get("columns", {}).values()):
        raise NotPlannable(f"{name} has constraints")
    for read in (manifest["nodes"].get(other) for other in _reads(node)):
        if read and read["config"]["materialized"] == "ephemeral":
            raise NotPlannable(f"{name} reads {read['name']}, which is ephemeral")
    _demand_lasting(manifest, node)


def _demand_lasting(manifest: Manifest, node: ManifestNode) -> None:
    """Raise NotPlannable where what dbt compiled holds for this build alone, or needs more of dbt than `ref`."""
    if node.get("language") == "python":
        _demand_only_ref(node)
        return
    macros = [manifest["macros"][name] for name in _macros(manifest, node)]
    for what in (node, *(macro for macro in macros if macro["package_name"] not in OWN_PACKAGES)):
        if asked := _asked_of_the_moment(what.get("raw_code") or what.get("macro_sql") or ""):
            raise NotPlannable(f"{node['name']} asks for {asked} while it is compiled")


def _asked_of_the_moment(text: str) -> str | None:
    """Return the first name in a text's Jinja that has another value another day."""
    names = (value for _line, kind, value in Environment().lex(text) if kind == "name")
    return next((name for name in names if name in OF_THE_MOMENT), None)


def demand_lasting_settings(folder: Path) -> None:
    """Raise NotPlannable where a file of settings asks for what another day has another answer to."""
    for pattern in ("*.yml", "*.yaml"):
        for path in sorted(folder.rglob(pattern)):
            where = path.relative_to(folder)
            if is_of_project(path, folder) and (asked := _asked_of_the_moment(path.read_text("utf-8"))):
                raise NotPlannable(f"{where} asks for {asked}")


def demand_no_file_of_the_folder(folder: Path, name: str, sql: str) -> None:
    """Raise NotPlannable where SQL reads a file of the folder in which dbt builds: a plan is done in another one."""
    for path in PATH.findall(sql):
        if next(folder.glob(path), None):
            raise NotPlannable(f"{name} reads {path} in the folder of the build")


def _macros(manifest: Manifest, node: ManifestNode) -> set[str]:
    """Return the macros that a node calls, those included that these call; dbt's own are not followed."""
    found: set[str] = set()
    to_look = list(node["depends_on"].get("macros", ()))
    while to_look:
        name = to_look.pop()
        if name not in found and name in manifest["macros"]:
            found.add(name)
            if manifest["macros"][name]["package_name"] not in OWN_PACKAGES:
                to_look += manifest["macros"][name]["depends_on"].get("macros", ())
    return found


def _demand_only_ref(node: ManifestNode) -> None:
    """Raise NotPlannable where a model in Python asks dbt for more than `dbt.ref("name")`."""
    code = ast.parse(node["raw_code"])
    refs = [
        call.func
        for call in ast.walk(code)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "ref"
        if len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and not call.keywords
    ]
    asked = {id(ref.value) for ref in refs}
    uses = [name for name in ast.walk(code) if isinstance(name, ast.Name) and name.id == "dbt"]
    if any(id(use) not in asked for use in uses):
        raise NotPlannable(f"{node['name']} asks dbt for more than ref")


def _is_of_files(source: Mapping[str, Any]) -> bool:
    """Tell whether the step puts the source in place as files; otherwise it is a table of the database."""
    return bool(source["config"].get("external_location") or source["meta"].get("external_location"))


def _order(nodes: Mapping[str, ManifestNode]) -> dict[str, list[str]]:
    """Return what each node comes after, all in the order of their names, so that a plan is the same each time.

    As in `dbt build`: what is made of tested tables comes after the tests that look at no others.
    """
    after = {name: sorted(nodes.keys() & _reads(nodes[name])) for name in sorted(nodes)}
    before = {name: ancestors(after, name) for name in after}
    tests = {name: set(after[name]) for name in after if nodes[name]["resource_type"] == "test"}
    return {
        name: parents
        if name in tests
        else parents + [test for test, tested in tests.items() if tested and tested <= before[name]]
        for name, parents in after.items()
    }


def _fixed(nodes: Mapping[str, ManifestNode], sources: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the nodes that are made of nothing but sources that never change (`meta: {is_fixed: true}`)."""
    fixed = {name for name, source in sources.items() if source["meta"].get("is_fixed")}
    reads = {name: _reads(node) for name, node in nodes.items()}
    for name in TopologicalSorter(reads).static_order():
        if reads.get(name) and reads[name] <= fixed:
            fixed.add(name)
    return fixed & nodes.keys()


def _with_files(planned: dict[str, Node], fixed: set[str]) -> list[Node]:
    """Return the nodes with fixed tables from files, and without what only they needed."""
    needed = {name for name in planned if name not in fixed}
    for name in reversed(planned):  # whoever reads comes before what it reads
        node = planned[name]
        if name in needed and (name not in fixed or node.kind == "view"):
            needed.update(read for read in node.after if planned[read].kind != "test" or read not in fixed)
    as_file = {"kind": "file", "sql": "", "refs": {}, "after": []}
    nodes = [
        node.model_copy(update=as_file) if name in fixed and node.kind != "view" else node
        for name, node in planned.items()
        if name in needed
    ]
    return [node.model_copy(update={"after": [name for name in node.after if name in needed]}) for node in nodes]


def _reads(node: ManifestNode) -> set[str]:
    return set(node["depends_on"].get("nodes", ()))


def _planned(
    manifest: Manifest,
    sources: Mapping[str, Mapping[str, Any]],
    node: ManifestNode,
    after: Sequence[str],
) -> Node:
    config, is_python = node["config"], node.get("language") == "python"
    planned = Node(
        unique_id=node["unique_id"],
        name=node["name"],
        path=node["original_file_path"],
        after=list(after),
        kind="python" if is_python else KINDS[config["materialized"]],
        sql="" if is_python else _with_views(node.get("compiled_code") or "", sources),
    )
    if planned.kind == "test":
        planned.test = DataTest(**{name: config[name] for name in DataTest.model_fields})
        return planned
    planned.schema_name, planned.relation = node["schema"], node["relation_name"]
    if is_python:
        read = [manifest["nodes"][name] for name in sorted(_reads(node))]
        planned.refs = {model["name"]: model["relation_name"] for model in read}
        planned.imports = _imports(node["raw_code"])
    planned.types = _types(node, planned.kind)
    persisted, columns = config.get("persist_docs") or {}, node["columns"].values()
    if persisted.get("relation"):
        planned.comment = node["description"]
    if persisted.get("columns"):
        planned.comments = {column["name"]: column["description"] for column in columns}
    return planned


def _imports(code: str) -> list[str]:
    statements = list(ast.walk(ast.parse(code)))
    plain = {alias.name for each in statements if isinstance(each, ast.Import) for alias in each.names}
    return sorted(plain | {each.module for each in statements if isinstance(each, ast.ImportFrom) and each.module})


def _types(node: ManifestNode, kind: str) -> dict[str, str]:
    """Return the types that a table's columns are to have, by the seed's settings or the contract."""
    if kind == "table" and node["config"]["contract"]["enforced"]:
        return {column["name"]: column["data_type"] for column in node["columns"].values()}
    return dict(node["config"].get("column_types") or {})


def _with_views(sql: str, sources: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the SQL with views in the places of files, which lie elsewhere each time."""
    for source in sources.values():
        sql = sql.replace(source["relation_name"], source_view(source["name"]))
    return sql

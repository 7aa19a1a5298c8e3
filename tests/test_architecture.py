"""The import rule of docs/architecture.md, held."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLUGINS, ML, DAGS, DBT = ROOT / "plugins", ROOT / "ml", ROOT / "dags", ROOT / "dbt"

# the only modules of squatwatch that may reach the network, and only inside functions
MEETING_PLACES = {
    "plugins/squatwatch/pipeline.py",
    "plugins/squatwatch/cli/model.py",
    "plugins/squatwatch/retrain/network.py",
}
SHARED_RULE = "plugins/squatwatch/names/suffixes.py"  # how a name is cut; it may import the light module of that alone


def python_files(*folders: Path) -> list[Path]:
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    assert files, f"no Python files below {folders}"
    return files


def imports(file: Path, *, top_level_only: bool = False) -> Iterator[str]:
    """The packages that a file imports, by their first name."""
    tree = ast.parse(file.read_text())
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def test_the_network_s_library_knows_neither_airflow_nor_the_lake():
    for file in python_files(ML):
        assert not {"airflow", "squatwatch", "boto3", "botocore", "dbt", "duckdb", "pickle"} & set(imports(file)), file


def test_squatwatch_reaches_the_network_in_its_meeting_places_only():
    knowing = {str(file.relative_to(ROOT)) for file in python_files(PLUGINS) if "squatwatch_ml" in imports(file)}
    assert knowing == MEETING_PLACES | {SHARED_RULE}
    assert "squatwatch_ml.text.suffixes import" in (ROOT / SHARED_RULE).read_text()
    for name in MEETING_PLACES:
        assert "squatwatch_ml" not in imports(ROOT / name, top_level_only=True), (
            f"{name}: import it inside the function"
        )


def test_nothing_imports_the_dags():
    names = {file.stem for file in python_files(DAGS)} | {"dags"}
    for file in python_files(PLUGINS, ML, DBT):
        assert not names & set(imports(file)), file


# what runs in Airflow's own processes: tasks, the plugin, and the page that its API server serves
OF_AIRFLOW = {f"squatwatch.airflow_tasks.{name}" for name in ("daily", "between_days", "failures", "logs", "retraining", "runs")} | {
    "squatwatch_plugin",
    *(f"squatwatch.review.{name}" for name in ("access", "app", "runs", "day.routes", "judging.routes")),
}


def test_only_building_the_network_loads_tensorflow_and_only_what_runs_in_airflow_loads_airflow():
    modules = [
        ".".join(file.relative_to(root).with_suffix("").parts)
        for root in (PLUGINS, ML)
        for file in python_files(root)
        if file.name not in ("__init__.py", "__main__.py")
    ]
    modules = sorted(set(modules) - {"squatwatch_ml.network.model", *OF_AIRFLOW})
    assert {
        "squatwatch.pipeline",
        "squatwatch.cli.model",
        "squatwatch_ml.network.score",
        "squatwatch_ml.text.skeleton",
    } <= set(modules)
    program = (
        f"import {', '.join(modules)}, sys; print(sorted({{'tensorflow', 'keras', 'airflow'}} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_folders_that_would_hide_packages_do_not():
    assert not list(DBT.rglob("__init__.py")), "an __init__.py in dbt/ hides the dbt package"
    assert "squatwatch/" in (PLUGINS / ".airflowignore").read_text().splitlines(), (
        "Airflow would run every module of squatwatch under its bare file name"
    )

"""Which room may import which, and what may load Airflow, TensorFlow and the network's library."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLUGINS, ML, DAGS, DBT = ROOT / "plugins", ROOT / "ml", ROOT / "dags", ROOT / "dbt"
sys.path.insert(0, str(ROOT / "scripts"))
import rooms  # noqa: E402

# what each room may import, from the ground up; docs/architecture.md draws the same
MAY_IMPORT = {
    "squatwatch": {
        "errors": "",
        "interrupts": "",
        "wording": "",
        "dates": "errors",
        "names": "errors",
        "files": "errors names",
        "lake": "errors names",
        "settings": "errors names",
        "access": "errors settings",
        "database": "errors settings",
        "dbt_runner": "errors interrupts lake warehouse",
        "net": "errors files",
        "warehouse": "errors lake",
        "lists": "errors files lake names net settings wording",
        "sources": "errors files lake net settings",
        "checkpoints": "errors interrupts lake settings store",
        "store": "errors files lake net settings warehouse",
        "ingest": "errors files lake names settings sources",
        "labels": "database errors files lake lists names settings",
        "enrichment": "database errors labels lake names net settings warehouse",
        "feed_health": "errors files ingest lake settings wording",
        "state": "errors files ingest lake lists settings",
        "alerts": "database enrichment errors files labels lake lists names net settings warehouse",
        "models": "detect errors files lake lists settings",
        "sagemaker": "errors interrupts lake net settings store",
        "detect": "dbt_runner errors files lake lists names settings state",
        "publish": "dbt_runner errors files lake settings state warehouse",
        "pipeline": "alerts database detect enrichment errors feed_health ingest "
        "labels lake lists models publish sagemaker settings sources state store",
        "retrain": "checkpoints detect errors labels lake lists models pipeline settings state store warehouse",
        "sentences": "alerts detect enrichment feed_health ingest lists pipeline publish retrain state wording",
        "backfill": "dbt_runner errors interrupts lake pipeline sentences settings state",
        "review": "database enrichment errors files labels lake lists names pipeline settings state store warehouse",
        "serve": "access detect errors ingest lists models names net settings store",
        "airflow_tasks": "dates errors lake lists pipeline retrain sagemaker sentences settings sources state store "
        "warehouse wording",
        "cli": "alerts backfill checkpoints dates errors ingest labels "
        "lake lists models pipeline retrain sentences serve settings state store warehouse wording",
    },
    "squatwatch_ml": {
        "text": "",
        "pair": "text",
        "candidates": "pair text",
        "explain": "pair",
        "network": "explain pair text",
        "rank": "explain network pair text",
        "training": "candidates explain network pair rank text",
        "baselines": "explain network pair text training",
        "evaluation": "baselines candidates network pair rank text training",
    },
}
MAY_IMPORT = {
    library: {room: set(others.split()) for room, others in table.items()} for library, table in MAY_IMPORT.items()
}


@pytest.mark.parametrize("library", rooms.LIBRARIES)
def test_a_room_imports_what_the_table_says_and_no_more(library):
    assert rooms.room_imports(library) == MAY_IMPORT[library]


@pytest.mark.parametrize("library", rooms.LIBRARIES)
def test_no_room_stands_above_itself(library):
    rooms.floors(MAY_IMPORT[library])  # raises ValueError where there is a cycle


def test_no_module_imports_itself_by_a_roundabout_way():
    TopologicalSorter(rooms.module_imports()).prepare()  # raises CycleError, imports for type checkers included


def test_a_cycle_is_seen():
    with pytest.raises(ValueError, match="a cycle among alerts, labels"):
        rooms.floors({"alerts": {"labels"}, "labels": {"alerts"}, "names": set()})


def test_the_drawing_shows_the_same():
    page = rooms.PAGE.read_text("utf-8")
    assert rooms.with_drawing(page, rooms.drawing()) == page, "run: python scripts/rooms.py"


@pytest.mark.parametrize("library", rooms.LIBRARIES)
def test_a_room_says_in_a_sentence_what_lives_there_and_names_what_it_imports(library):
    folders = [room for room in MAY_IMPORT[library] if (rooms.LIBRARIES[library] / library / room).is_dir()]
    assert folders
    for room in folders:
        file = rooms.LIBRARIES[library] / library / room / "__init__.py"
        sentence, *_, imported = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split("\n\n")
        assert sentence.endswith("."), room
        assert set(re.findall("`([a-z_]+)`", imported)) == MAY_IMPORT[library][room], room


@pytest.mark.parametrize("library", rooms.LIBRARIES)
def test_a_folder_can_be_taken_in_at_a_glance(library):
    files = list(rooms.modules_of(library).values())
    for folder in {file.parent for file in files}:
        most = 10 if folder.name == library else 13
        assert len([file for file in files if file.parent == folder and file.name[:2] != "__"]) <= most, folder


@pytest.mark.parametrize("library", rooms.LIBRARIES)
def test_a_class_has_a_name_of_its_own_in_its_library(library):
    files = rooms.modules_of(library).values()
    names = Counter(
        node.name for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


# the only modules of squatwatch that may reach the network, and only inside functions
MEETING_PLACES = {
    "plugins/squatwatch/checkpoints.py",
    "plugins/squatwatch/pipeline.py",
    "plugins/squatwatch/cli/networks/train.py",
    "plugins/squatwatch/models/loading.py",
    "plugins/squatwatch/models/ranker.py",
    "plugins/squatwatch/retrain/network.py",
    "plugins/squatwatch/serve/inference/matching.py",
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
OF_AIRFLOW = {
    f"squatwatch.airflow_tasks.{name}"
    for name in ("daily", "between_days", "failures", "logs", "retraining", "retries", "runs", "scoring")
} | {
    "squatwatch_plugin",
    *(
        f"squatwatch.review.{name}"
        for name in ("access", "app", "errors", "refresh", "runs", "day.routes", "judging.routes")
    ),
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
        "squatwatch.cli.networks.train",
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

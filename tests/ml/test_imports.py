"""What the library may import, and when."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ML = Path(__file__).resolve().parents[2] / "ml"
FORBIDDEN = {"airflow", "squatwatch", "boto3", "botocore", "dbt", "duckdb", "pickle"}


def imported(path: Path) -> set[str]:
    """First names of all modules that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_the_library_knows_neither_airflow_nor_squatwatch() -> None:
    files = sorted(ML.rglob("*.py"))
    assert len(files) > 10
    assert {path.name: imported(path) & FORBIDDEN for path in files if imported(path) & FORBIDDEN} == {}


def test_tensorflow_is_loaded_by_the_network_only() -> None:
    modules = {path.stem for path in ML.rglob("*.py")} - {"__init__", "model"}
    assert {"skeleton", "candidates", "explain", "score"} <= modules
    program = "".join(f"import squatwatch_ml.{module}; " for module in sorted(modules))
    program += "import sys; print(sorted({'tensorflow', 'keras'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"

"""The writer of published dates that tests/plugins/conftest.py defines, for the tests of other folders."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType


def module_at(path: Path) -> ModuleType:
    """A file of the tests as a module; two conftest.py cannot be imported by their name."""
    spec = importlib.util.spec_from_file_location(f"of_tests_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_dates = module_at(Path(__file__).parents[1] / "plugins/conftest.py")
new_dates, dates = _dates.new_dates, _dates.dates
certificate, all_logs = _dates.certificate, _dates.all_logs

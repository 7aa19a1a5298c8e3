"""The copy of the dbt project in which a build works."""

from __future__ import annotations

from squatwatch.dbt_runner.folder import copy_project


def test_a_project_installed_read_only_is_copied_writable(tmp_path):
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    for name in ("dbt_project.yml", "models/names.sql"):
        (project / name).write_text("x")
        (project / name).chmod(0o444)
    for folder in (project / "models", project):
        folder.chmod(0o555)
    copy_project(project, tmp_path / "copy")
    copied = [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]
    assert len(copied) == 4 and all(path.stat().st_mode & 0o200 for path in copied)


def test_what_builds_have_left_is_not_copied(tmp_path):
    project = tmp_path / "project"
    for name in ("dbt_project.yml", "target/manifest.json", "models/__pycache__/m.pyc", "models/logs/kept.sql"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x")
    copy_project(project, tmp_path / "copy")
    files = {
        path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*") if path.is_file()
    }
    assert files == {"dbt_project.yml", "models/logs/kept.sql"}

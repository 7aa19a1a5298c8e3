"""Which networks a data root keeps by name and version, and which of them is in use."""

from __future__ import annotations

import json
import shutil

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.models.registry import (
    GENERAL,
    families,
    family,
    general_model,
    keep_artifact,
    shipped_model,
    shipped_version,
    use,
)

FIRST, SECOND = "bilstm-0123456789", "bilstm-abcdefabcd"


@pytest.fixture
def kept(settings):
    """A data root with two versions of the general model and one of another; none of them is in use."""
    for name, version in ((GENERAL, FIRST), (GENERAL, SECOND), ("banks", FIRST)):
        keep_artifact(settings.home, name, shipped_model(), version)
    return settings.home


def test_artifacts_are_kept_by_name_and_version(kept):
    assert sorted(path.relative_to(kept).as_posix() for path in kept.glob("models/*/*")) == [
        f"models/banks/{FIRST}",
        f"models/general/{FIRST}",
        f"models/general/{SECOND}",
    ]
    assert [(kept_family.name, kept_family.versions()) for kept_family in families(kept)] == [
        ("banks", [FIRST]),
        (GENERAL, [FIRST, SECOND]),
    ]


def test_an_artifact_that_is_put_there_by_hand_is_kept(settings):
    shutil.copytree(shipped_model(), settings.home / "models/banks" / FIRST)
    assert family(settings.home, "banks").artifact(FIRST) == settings.home / "models/banks" / FIRST


def test_a_kept_version_that_is_broken_is_replaced_by_the_same_one_whole(kept):
    folder = kept / "models/banks" / FIRST
    (folder / "weights.npz").unlink()
    keep_artifact(kept, "banks", shipped_model(), FIRST)
    assert (folder / "weights.npz").read_bytes() == (shipped_model() / "weights.npz").read_bytes()
    assert sorted(path.name for path in folder.parent.iterdir()) == [FIRST]


def test_a_folder_with_nothing_of_a_model_is_no_name(kept, tmp_path):
    (kept / "models/notes").mkdir()
    (kept / "models/elsewhere").symlink_to(tmp_path)
    assert [each.name for each in families(kept)] == ["banks", GENERAL]


def test_the_shipped_one_can_be_used_by_its_version(kept):
    use(kept, GENERAL, FIRST, "ana")
    use(kept, GENERAL, shipped_version(), "ana")
    assert family(kept, GENERAL).in_use() == "shipped"  # after an upgrade it is the new one
    assert family(kept, GENERAL).artifact(shipped_version()) == shipped_model()


def test_what_is_being_copied_is_no_version(kept):
    (kept / "models/banks/.bilstm-1111111111").mkdir()
    (kept / "models/banks/notes").mkdir()
    assert family(kept, "banks").versions() == [FIRST]


def test_the_general_one_is_the_shipped_one_until_somebody_says_otherwise(kept, settings):
    assert family(kept, GENERAL).in_use() == "shipped" and general_model(settings) == shipped_model()
    use(kept, GENERAL, FIRST, "ana")
    assert general_model(settings) == kept / "models/general" / FIRST


def test_of_another_name_none_is_in_use_until_somebody_says_so(kept):
    assert family(kept, "banks").in_use() is None
    with pytest.raises(SquatwatchError, match=f"squatwatch models use banks {FIRST}"):
        family(kept, "banks").demand_in_use()
    with pytest.raises(SquatwatchError, match="there is no model posts; put one there: squatwatch models add posts"):
        family(kept, "posts").demand_in_use()


def test_the_one_before_is_known(kept):
    general = family(kept, GENERAL)
    use(kept, GENERAL, FIRST, "ana")
    use(kept, GENERAL, SECOND, "bo")
    assert (general.in_use(), general.previous()) == (SECOND, FIRST)
    use(kept, GENERAL, general.previous(), "ana")
    assert (general.in_use(), general.previous()) == (FIRST, SECOND)
    use(kept, GENERAL, FIRST, "ana")  # twice is once
    assert general.previous() == SECOND
    assert json.loads(general.pointer.read_text())["by"] == "ana"


@pytest.mark.parametrize("version", ["../../etc", "bilstm-0000000000", "", f"{FIRST}/..", "shipped"])
def test_a_version_that_is_not_there_is_not_used(kept, version):
    with pytest.raises(SquatwatchError, match="squatwatch models lists them"):
        use(kept, "banks", version, "ana")
    assert family(kept, "banks").in_use() is None


@pytest.mark.parametrize("name", ["../banks", "banks/..", "Banks", "", ".", "a" * 64, "bilstm-0123456789", "b\nanks"])
def test_a_name_that_would_lead_elsewhere_is_none(settings, name):
    with pytest.raises(SquatwatchError, match="is no name of a model"):
        family(settings.home, name)


@pytest.mark.parametrize("written", ["", "{", "[]", "[" * 100_000, '{"version": 3}', '{"version": "../../etc"}'])
def test_a_pointer_that_cannot_be_read_names_the_command_that_writes_it_anew(kept, written):
    pointer = kept / "models/general/current.json"
    pointer.write_text(written)
    with pytest.raises(SquatwatchError, match="squatwatch models use general VERSION"):
        family(kept, GENERAL).in_use()
    use(kept, GENERAL, FIRST, "ana")
    assert family(kept, GENERAL).in_use() == FIRST


def test_a_root_of_an_earlier_release_is_read_as_it_is_and_moved_when_something_changes(settings):
    root = settings.home / "models"
    for version in (FIRST, SECOND):
        shutil.copytree(shipped_model(), root / version)
    (root / "in_use.json").write_text(json.dumps({"version": SECOND, "previous": FIRST}))
    assert general_model(settings) == root / SECOND
    assert family(settings.home, GENERAL).versions() == [FIRST, SECOND]

    use(settings.home, GENERAL, family(settings.home, GENERAL).previous(), "ana")
    assert general_model(settings) == root / GENERAL / FIRST
    assert sorted(path.name for path in root.iterdir()) == [GENERAL]
    assert sorted(path.name for path in (root / GENERAL).iterdir()) == [FIRST, SECOND, "current.json"]

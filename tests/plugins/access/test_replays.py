"""A recorded request is refused later; equal requests within a second, which sign equally, are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from signed_requests import NOW, access_rules, signed, write_access_file

from squatwatch.access import Door, Refused
from squatwatch.access.signatures.replays import UsedSignatures


def seconds(number):
    return timedelta(seconds=number)


def test_a_retry_and_the_same_question_of_two_threads_are_let_in(tmp_path):
    door = Door(write_access_file(tmp_path / "access.json", access_rules()))
    for after in (0, 0, 1, 15):
        assert door.authorize(signed(), "general", "squatwatch", NOW + seconds(after)).name == "analyst"


@pytest.mark.parametrize("after", [16, 60, 300])
def test_a_replay_is_refused_while_its_time_still_is_within_the_window(after, tmp_path):
    door = Door(write_access_file(tmp_path / "access.json", access_rules()))
    door.authorize(signed(), "general", "squatwatch", NOW)
    with pytest.raises(Refused, match="The request signature was used before") as refused:
        door.authorize(signed(), "general", "squatwatch", NOW + seconds(after))
    assert (refused.value.status, refused.value.code) == (403, "InvalidSignatureException")


def test_a_request_of_a_slow_clock_is_let_in_at_its_first_use(tmp_path):
    door = Door(write_access_file(tmp_path / "access.json", access_rules()))
    for after in (200, 210):
        assert door.authorize(signed(), "general", "squatwatch", NOW + seconds(after)).name == "analyst"


def test_a_request_of_a_fast_clock_cannot_be_replayed_at_the_end_of_its_window(tmp_path):
    door = Door(write_access_file(tmp_path / "access.json", access_rules()))
    early = signed(at=NOW + seconds(300))
    door.authorize(early, "general", "squatwatch", NOW)
    with pytest.raises(Refused, match="was used before"):
        door.authorize(early, "general", "squatwatch", NOW + seconds(600))


def test_what_is_refused_is_not_remembered(tmp_path):
    """Else strangers could fill the memory."""
    door = Door(write_access_file(tmp_path / "access.json", access_rules()))
    for key_id in ("AKIAONE", "AKIATWO"):
        with pytest.raises(Refused):
            door.authorize(signed(key_id=key_id), "general", "squatwatch", NOW)
    assert len(door._used) == 0


def test_the_memory_is_bounded_and_forgets_what_the_clock_refuses():
    used = UsedSignatures(most=100)
    for number in range(1000):
        used.use(f"{number:064x}", NOW)
    assert len(used) == 100
    used.use("ff" * 32, NOW + seconds(601))
    assert len(used) == 1

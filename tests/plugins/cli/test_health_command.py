"""`squatwatch health`: a table for people, status 1 with what to do where a list is stopped, and the way past it."""

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture
def squatwatch(feed):
    """Runs `squatwatch …` as a person would, on the feed's data."""

    def call(*arguments):
        template = str(feed.root / "{date:%Y-%m-%d}.txt")
        environment = {
            "SQUATWATCH_HOME": str(feed.settings.home),
            "SQUATWATCH_SOURCES": "file",
            "SQUATWATCH_FILE_TEMPLATE": template,
        }
        command = [sys.executable, "-m", "squatwatch.cli", *arguments]
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)

    return call


def cells(output, check_name):
    """The cells of a check's row."""
    (line,) = [line for line in output.splitlines() if f" {check_name} " in line]
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_a_healthy_date_is_a_table_and_status_0(squatwatch, feed):
    feed.send(feed.day, feed.names(feed.day))
    result = squatwatch("health", "--date", str(feed.day))
    assert result.returncode == 0, result.stderr
    assert cells(result.stdout, "name_count") == [
        "file", "name_count", "passed", "2,000", "1,400", "3,000", "2,000 names, usual 2,000 (4 dates)",
    ]  # fmt: skip
    assert cells(result.stdout, "idn_share")[2:6] == ["passed", "0.0100", "0.0020", "0.0400"]
    assert "11 checks of file: all well" in result.stderr


def test_a_list_that_is_stopped_shows_its_table_and_can_be_accepted(squatwatch, feed):
    feed.send(feed.day, feed.names(feed.day, 600))
    refused = squatwatch("health", "--date", str(feed.day))
    assert refused.returncode == 1
    assert cells(refused.stdout, "name_count")[2:6] == ["stopped", "600", "1,000", "10,000"]
    message = refused.stderr.splitlines()[-1]
    assert message.startswith("squatwatch: the list of 2026-11-05 from file is not what it usually is")
    command = re.search(r"squatwatch (health .*) --accept", message).group(1)

    accepted = squatwatch(*command.split(), "--accept", "a holiday, [red]says[/red] the provider")
    assert accepted.returncode == 0, accepted.stderr
    assert cells(accepted.stdout, "name_count")[2] == "accepted"
    assert "a holiday, [red]says[/red] the provider" in accepted.stdout
    assert accepted.stderr.splitlines()[-1] == "accepted; to go on, run: squatwatch run --date 2026-11-05"
    assert squatwatch("health", "--date", str(feed.day)).returncode == 0


def test_nothing_to_accept_is_an_error(squatwatch, feed):
    feed.send(feed.day, feed.names(feed.day))
    result = squatwatch("health", "--date", str(feed.day), "--accept", "right")
    assert (result.returncode, result.stdout) == (1, "")
    assert "no check stops 2026-11-05: there is nothing to accept" in result.stderr

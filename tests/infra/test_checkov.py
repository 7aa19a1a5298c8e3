"""A second opinion: checkov, which knows a few hundred faults of stacks on AWS."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from terraform import STACK

# Checkov reads seventy paths, and makes the tables of their grammar anew for each, which is a third of all its work.
PROGRAM = """
import sys
from checkov.main import Checkov
from ply import yacc

make, made = yacc.LRGeneratedTable, []

def made_once(*grammar):
    made or made.append(make(*grammar))
    return made[0]

yacc.LRGeneratedTable = made_once
sys.exit(Checkov().run())
"""


@pytest.mark.slow
def test_checkov_finds_nothing_that_is_not_explained(checkov):
    options = ["--directory", STACK, "--framework", "terraform", "--skip-download", "--output", "json"]
    done = subprocess.run(["nice", checkov, "-I", "-c", PROGRAM, *map(str, options)], capture_output=True, text=True)
    report = json.loads(done.stdout)
    found = [f"{one['check_id']} {one['resource']}: {one['check_name']}" for one in report["results"]["failed_checks"]]
    assert found == []
    assert report["summary"]["passed"] > 150 and report["summary"]["parsing_errors"] == 0


def test_every_check_that_is_left_out_has_its_reason():
    lines = [line for file in STACK.glob("*.tf") for line in file.read_text("utf-8").splitlines() if "checkov:" in line]
    assert lines
    for line in lines:
        assert re.fullmatch(r" *# checkov:skip=CKV2?_AWS_\d+: \S.{20,}", line), line

"""An independent simulator of IAM decides the same, policy by policy.

It is npm's `@cloud-copilot/iam-simulate`, at the version and with the hashes of `iam_simulate/package-lock.json`. It is
installed for the test alone, into a folder of the test run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from policy_cases import case

from squatwatch.access.policies.policy import Decision, decide
from squatwatch.access.policies.policy_document import Policy

JUDGE = Path(__file__).parent / "iam_simulate"
WORDS = {
    "Allowed": Decision.ALLOWED,
    "ExplicitlyDenied": Decision.DENIED,
    "ImplicitlyDenied": Decision.NOT_ALLOWED,
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Returns a function that gives what the simulator decides, for all cases in one process."""
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("npm and node are not installed, which the simulator of IAM needs")
    folder = tmp_path_factory.mktemp("judge")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(JUDGE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--loglevel=error"]
    installed = subprocess.run([*command, f"--cache={folder}/cache"], cwd=folder, capture_output=True, text=True)
    if installed.returncode:
        assert "EINTEGRITY" not in installed.stderr, installed.stderr
        pytest.skip(f"npm cannot install the simulator of IAM: {installed.stderr.strip()[:300]}")

    def judge(cases):
        ran = subprocess.run(
            ["node", JUDGE / "judge.mjs"],
            input=json.dumps(cases),
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return [WORDS.get(word, word) for word in json.loads(ran.stdout)]

    return judge


def decided(one):
    context = {key.lower(): value for key, value in one["context"].items()}
    policies = [Policy.model_validate(policy) for policy in one["policies"]]
    return decide(policies, one["action"], one["resource"], context)


def test_the_simulator_decides_the_same(judged):
    cases = [case(seed) for seed in range(1000)]
    ours = [decided(one) for one in cases]
    assert min(Counter(ours)[decision] for decision in Decision) > 100
    different = [
        (one, our, other) for one, our, other in zip(cases, ours, judged(cases), strict=True) if our is not other
    ]
    assert different == []

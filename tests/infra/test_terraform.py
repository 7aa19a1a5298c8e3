"""What Terraform itself says of the stack; and that it would say so, if something were wrong."""

from __future__ import annotations

import json
import subprocess

import pytest
from terraform import STACK, VARIABLES

# a file, what stands there, what is written instead, what Terraform says; faults of names hide those of values
OF_NAMES = [
    ("bucket.tf", "block_public_acls ", "block_public_aclz ", 'argument named "block_public_aclz" is not expected'),
    ("bucket.tf", "versioning_configuration {", "versioning {", 'Blocks of type "versioning" are not expected'),
    ("bucket.tf", "aws_kms_key.this.arn", "aws_kms_key.that.arn", '"aws_kms_key" "that" has not been declared'),
    ("watch.tf", '"aws_cloudwatch_dashboard"', '"aws_cloudwatch_board"', 'resource type "aws_cloudwatch_board"'),
    ("logs.tf", "# Retention", 'resource "aws_iam_role" "more" {}\n# Retention', '"assume_role_policy" is required'),
    ("stores.tf", "password_wo         =", "password =", 'Ephemeral values are not valid for "password"'),
]
OF_VALUES = [
    ("bucket.tf", "block_public_acls       = true", "block_public_acls = [true]", '"block_public_acls": bool required'),
    (
        "bucket.tf",
        'versioning_configuration {\n    status = "Enabled"\n  }\n',
        "",
        "versioning_configuration is required",
    ),
    ("key.tf", "aws_kms_key.this.key_id", "aws_kms_key.this.name", 'or exported attribute named "name"'),
    ("images.tf", "image_tag_mutability = ", "repository_url = ", "argument repository_url cannot be set"),
]


def test_files_are_formatted(terraform_settings):
    done = subprocess.run(["terraform", "fmt", "-check", "-recursive", STACK], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), "run: terraform fmt -recursive infra/aws"


def test_the_stack_is_valid(workspace):
    assert workspace.faults() == []


@pytest.mark.parametrize("faults", [OF_NAMES, OF_VALUES], ids=["of names", "of values"])
def test_faults_are_seen(faults, workspace):
    for name, before, after, _ in faults:
        file = workspace.folder / name
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1))
    found = workspace.faults()
    assert [said for *_, said in faults if not any(said in sentence for sentence in found)] == [], found


@pytest.mark.slow
def test_variables_are_checked_and_switch_things_on_and_off(workspace):
    done = workspace.terraform("test", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failed" in done.stdout


def test_the_plan_makes_everything_anew(plan):
    actions = {tuple(one["change"]["actions"]) for one in plan.json["resource_changes"] if one["mode"] == "managed"}
    assert actions == {("create",)}
    assert not plan.json["errored"] and plan.json["complete"]


def test_no_secret_is_in_the_plan(plan):
    said = plan.text + json.dumps(plan.json)
    assert [name for name, secret in VARIABLES["secrets"].items() if secret in said] == []

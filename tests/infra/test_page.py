"""docs/aws.md: its commands and figures are those of the stack."""

from __future__ import annotations

import json
import re
import subprocess

from terraform import ROOT, STACK, VARIABLES

PAGE = (ROOT / "docs/aws.md").read_text("utf-8")


def test_variables_without_a_default_are_all_shown_and_no_other():
    text = (STACK / "variables.tf").read_text("utf-8")
    blocks = dict(re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', text, re.M | re.S))
    needed = {name for name, block in blocks.items() if not re.search(r"^  default ", block, re.M)}
    (shown,) = re.findall(r"Write `stack\.tfvars`:\n\n```\n(.*?)```", PAGE, re.S)
    assert set(re.findall(r"^(\w+) +=", shown, re.M)) == needed - {"secrets"}
    named = set(re.findall(r"-var=(\w+)=", PAGE)) | {"callers", "settings", "serving_instance_count", "training_is_on"}
    assert named <= set(blocks)


def test_the_command_that_makes_secrets_makes_all_that_are_needed():
    from cryptography.fernet import Fernet

    (command,) = re.findall(r"^(python3 -c .*) > secrets\.tfvars\.json$", PAGE, re.M)
    made = json.loads(subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout)["secrets"]
    assert set(made) == set(VARIABLES["secrets"]) - {"siem_token"} and len(set(made.values())) == len(made)
    assert all(re.fullmatch(r"[\w-]{43}", secret) for name, secret in made.items() if name != "fernet_key")
    Fernet(made["fernet_key"])


def test_outputs_tasks_and_alarms_that_it_names_are_there(plan):
    outputs = set(re.findall(r'^output "(\w+)"', (STACK / "outputs.tf").read_text("utf-8"), re.M))
    assert set(re.findall(r"terraform output (?:-raw )?(\w+)", PAGE)) <= outputs
    families = {values["family"] for values in plan.of("aws_ecs_task_definition").values()}
    assert set(re.findall(r"--task-definition (\S+)", PAGE)) <= families
    alarms = {
        values["alarm_name"].removeprefix("squatwatch-") for values in plan.of("aws_cloudwatch_metric_alarm").values()
    }
    rows = re.findall(r"^\| (`.*?`) \| ", PAGE.partition("| alarm | what to do |")[2].partition("\n\n")[0], re.M)
    named = {word.replace("…", "") for row in rows for word in re.findall(r"`([^`]+)`", row)}
    assert [alarm for alarm in alarms if not alarm.endswith(tuple(named))] == []
    assert [name for name in named if not any(alarm.endswith(name) for alarm in alarms)] == []


def test_amounts_of_the_cost_table_follow_from_the_plan(plan):
    services = {values["name"] for values in plan.of("aws_ecs_service").values()}
    tasks = plan.of("aws_ecs_task_definition").values()
    running = [values for values in tasks if values["family"].removeprefix("squatwatch-") in services]
    cores = sum(int(values["cpu"]) for values in running) / 1024
    memory = sum(int(values["memory"]) for values in running) / 1024
    assert f"{cores:g} vCPU and {memory:g} GB, 24 hours" in PAGE
    endpoints = [one for one in plan.of("aws_vpc_endpoint").values() if one["vpc_endpoint_type"] == "Interface"]
    assert f"{len(endpoints)} in {len(plan.of('aws_subnet'))} zones" in PAGE
    assert (
        f"`{plan.one('aws_db_instance')['instance_class']}`, {plan.one('aws_db_instance')['allocated_storage']} GB"
        in PAGE
    )
    assert f"{len(plan.of('aws_cloudwatch_metric_alarm'))} alarms" in PAGE


def test_the_cost_table_adds_up():
    table = PAGE.partition("## What it costs a day")[2].partition("\n\nMost of it")[0]
    costs = [float(cost) for cost in re.findall(r"\| (\d+\.\d\d) \|$", table, re.M)]
    assert abs(sum(costs[:-1]) - costs[-1]) < 0.05

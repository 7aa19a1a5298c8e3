"""What the plan has: encryption, a network without a way out, and values that only AWS could refuse."""

from __future__ import annotations

import json

import pytest
from terraform import VARIABLES

BY_DEFAULT = "rule.0.apply_server_side_encryption_by_default.0"
# type → where it names the key
ENCRYPTED = {
    "aws_s3_bucket_server_side_encryption_configuration": f"{BY_DEFAULT}.kms_master_key_id",
    "aws_cloudwatch_log_group": "kms_key_id",
    "aws_db_instance": "kms_key_id",
    "aws_ecr_repository": "encryption_configuration.0.kms_key",
    "aws_elasticache_replication_group": "kms_key_id",
    "aws_kinesis_firehose_delivery_stream": "server_side_encryption.0.key_arn",
    "aws_sagemaker_endpoint_configuration": "kms_key_arn",
    "aws_scheduler_schedule": "kms_key_arn",
    "aws_secretsmanager_secret": "kms_key_id",
    "aws_sns_topic": "kms_master_key_id",
    "aws_sqs_queue": "kms_master_key_id",
}
TAGS = {"project", "stack", "environment", "owner", "cost_centre"}

# type, argument, and the shape of AWS's own description that lists its values
VALUES = [
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        f"{BY_DEFAULT}.sse_algorithm",
        "s3 ServerSideEncryption",
    ),
    ("aws_s3_bucket_versioning", "versioning_configuration.0.status", "s3 BucketVersioningStatus"),
    ("aws_s3_bucket_ownership_controls", "rule.0.object_ownership", "s3 ObjectOwnership"),
    ("aws_cloudwatch_metric_alarm", "comparison_operator", "cloudwatch ComparisonOperator"),
    ("aws_cloudwatch_metric_alarm", "statistic", "cloudwatch Statistic"),
    ("aws_ecr_repository", "image_tag_mutability", "ecr ImageTagMutability"),
    ("aws_ecr_repository", "encryption_configuration.0.encryption_type", "ecr EncryptionType"),
    ("aws_ecs_service", "launch_type", "ecs LaunchType"),
    ("aws_ecs_service", "propagate_tags", "ecs PropagateTags"),
    ("aws_ecs_task_definition", "network_mode", "ecs NetworkMode"),
    ("aws_ecs_task_definition", "requires_compatibilities.0", "ecs Compatibility"),
    ("aws_flow_log", "traffic_type", "ec2 TrafficType"),
    ("aws_flow_log", "log_destination_type", "ec2 LogDestinationType"),
    ("aws_lb", "load_balancer_type", "elbv2 LoadBalancerTypeEnum"),
    ("aws_lb_listener", "protocol", "elbv2 ProtocolEnum"),
    ("aws_lb_listener", "default_action.0.type", "elbv2 ActionTypeEnum"),
    ("aws_lb_target_group", "target_type", "elbv2 TargetTypeEnum"),
    ("aws_route53_record", "type", "route53 RRType"),
    (
        "aws_sagemaker_endpoint_configuration",
        "production_variants.0.instance_type",
        "sagemaker ProductionVariantInstanceType",
    ),
    ("aws_scheduler_schedule", "state", "scheduler ScheduleState"),
    ("aws_scheduler_schedule", "flexible_time_window.0.mode", "scheduler FlexibleTimeWindowMode"),
    ("aws_kinesis_firehose_delivery_stream", "server_side_encryption.0.key_type", "firehose KeyType"),
    (
        "aws_kinesis_firehose_delivery_stream",
        "http_endpoint_configuration.0.s3_backup_mode",
        "firehose HttpEndpointS3BackupMode",
    ),
    (
        "aws_kinesis_firehose_delivery_stream",
        "http_endpoint_configuration.0.s3_configuration.0.compression_format",
        "firehose CompressionFormat",
    ),
    ("aws_vpc_endpoint", "vpc_endpoint_type", "ec2 VpcEndpointType"),
    ("aws_elasticache_replication_group", "transit_encryption_mode", "elasticache TransitEncryptionMode"),
]
# where AWS's description has no list
WORDS = [
    ("aws_sns_topic_subscription", "protocol", {"email"}),
    ("aws_kinesis_firehose_delivery_stream", "destination", {"http_endpoint"}),
    ("aws_db_instance", "engine", {"postgres"}),
    ("aws_db_instance", "storage_type", {"gp3"}),
    ("aws_elasticache_replication_group", "engine", {"redis"}),
    ("aws_cloudwatch_metric_alarm", "treat_missing_data", {"breaching", "notBreaching"}),
    ("aws_cloudwatch_metric_alarm", "extended_statistic", {"p99"}),
    ("aws_lb_listener", "ssl_policy", {"ELBSecurityPolicy-TLS13-1-2-2021-06"}),
    ("aws_sagemaker_model", "primary_container.0.mode", {"MultiModel"}),
    ("aws_vpc_security_group_ingress_rule", "ip_protocol", {"tcp"}),
    ("aws_vpc_security_group_egress_rule", "ip_protocol", {"tcp"}),
]

# what is published of a multi-model endpoint, a queue …
METRICS = {
    "AWS/SageMaker": "Invocations Invocation4XXErrors Invocation5XXErrors ModelLatency OverheadLatency ModelCacheHit "
    "ModelLoadingWaitTime ModelDownloadingTime ModelLoadingTime ModelUnloadingTime",
    "/aws/sagemaker/Endpoints": "LoadedModelCount MemoryUtilization CPUUtilization DiskUtilization",
    "AWS/Events": "MatchedEvents",
    "AWS/SQS": "ApproximateNumberOfMessagesVisible",
    "AWS/RDS": "FreeStorageSpace",
    "AWS/Firehose": "DeliveryToHttpEndpoint.DataFreshness",
    "ECS/ContainerInsights": "RunningTaskCount",
}


def at(values, path):
    """Return what lies at a path such as `rule.0.status`, or None."""
    for step in path.split("."):
        if values in (None, []):
            return None
        values = values[int(step) if step.isdigit() else step]
    return values


def values_of(plan, kind, path):
    """Return what the resources of a type have at a path, at least one of them."""
    found = {at(values, path) for values in plan.of(kind).values()} - {None}
    assert found, f"no {kind} has {path}"
    return found


# --- encryption ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ENCRYPTED)
def test_all_that_is_stored_is_encrypted_with_the_key(kind, plan):
    key = plan.one("aws_kms_key")
    assert {at(values, ENCRYPTED[kind]) for values in plan.of(kind).values()} == {key["arn"]}
    assert key["enable_key_rotation"]


def test_nothing_that_can_name_a_key_was_forgotten(plan):
    can = {
        address.split(".")[0]
        for address, values in plan.of().items()
        if {"kms_key_id", "kms_key_arn", "kms_master_key_id"} & set(values)
    }
    assert can <= set(ENCRYPTED)


def test_bucket_topics_and_queue_take_tls_only(plan):
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    refusing = {one.of for one in plan.statements() if one.effect == "Deny" and one.condition == plain}
    assert refusing == {
        "aws_s3_bucket_policy.this",
        'aws_sns_topic_policy.this["alarms"]',
        'aws_sns_topic_policy.this["results"]',
        "aws_sqs_queue_policy.undelivered",
    }
    (whole,) = (one for one in plan.statements() if one.sid == "OnlyOverTLSAnywhere")
    assert len(whole.resources) == 2 and whole.principal == "*"


def test_database_broker_and_page_take_tls_only(plan):
    parameters = {one["name"]: one["value"] for one in plan.one("aws_db_parameter_group")["parameter"]}
    assert parameters["rds.force_ssl"] == "1"
    assert plan.one("aws_elasticache_replication_group")["transit_encryption_enabled"]
    assert plan.one("aws_lb_listener")["protocol"] == "HTTPS"


def test_the_bucket_is_not_for_the_public_and_keeps_versions(plan):
    block = plan.one("aws_s3_bucket_public_access_block")
    words = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[word] for word in words)
    assert plan.one("aws_s3_bucket_versioning")["versioning_configuration"][0]["status"] == "Enabled"


def test_nothing_of_the_data_root_expires(plan):
    rules = plan.one("aws_s3_bucket_lifecycle_configuration")["rule"]
    prefixes = {rule["id"]: at(rule, "filter.0.prefix") for rule in rules}
    assert set(prefixes) == {"old-versions", "lists", "transform", "training", "siem-failed", "label-1", "logs"}
    assert prefixes.pop("old-versions") is None
    assert [prefix for prefix in prefixes.values() if not prefix or "data/".startswith(prefix)] == []
    (whole,) = (rule for rule in rules if rule["id"] == "old-versions")
    assert whole["expiration"][0]["days"] is None and whole["noncurrent_version_expiration"][0]["noncurrent_days"] == 30
    moved = {step["storage_class"] for rule in rules for step in rule["transition"]}
    assert moved == {"STANDARD_IA"}


# --- the network -----------------------------------------------------------------------------------------------------
def test_there_is_no_way_to_the_internet(plan):
    ways = ("internet_gateway", "nat_gateway", "eip", "route", "vpc_peering_connection", "lambda_function")
    assert [address for address in plan.of() if address.split(".")[0].removeprefix("aws_") in ways] == []
    assert "0.0.0.0/0" not in json.dumps(plan.json["planned_values"])
    assert "::/0" not in json.dumps(plan.json["planned_values"])


def test_nothing_has_a_public_address(plan):
    assert not any(values["map_public_ip_on_launch"] for values in plan.of("aws_subnet").values())
    assert not plan.one("aws_db_instance")["publicly_accessible"]
    assert plan.one("aws_lb")["internal"]
    networks = [values["network_configuration"][0] for values in plan.of("aws_ecs_service").values()]
    networks += [
        values["target"][0]["ecs_parameters"][0]["network_configuration"][0]
        for address, values in plan.of("aws_scheduler_schedule").items()
        if ".task[" in address
    ]
    assert len(networks) == 7 and not any(network["assign_public_ip"] for network in networks)


def test_who_may_talk_with_whom(plan):
    """Groups with groups, Airflow and SageMaker with S3, and connected networks with the page and the endpoints."""
    for values in plan.of("aws_vpc_security_group_egress_rule").values():
        assert values["cidr_ipv4"] is None
    ingress = plan.of("aws_vpc_security_group_ingress_rule").items()
    of_others = {address: values for address, values in ingress if values["cidr_ipv4"]}
    assert {values["cidr_ipv4"] for values in of_others.values()} == set(VARIABLES["client_cidrs"])
    groups = {values["id"]: values["name"] for values in plan.of("aws_security_group").values()}
    assert {groups[values["security_group_id"]] for values in of_others.values()} == {
        "squatwatch-page",
        "squatwatch-endpoints",
    }
    assert len(groups) == 6 and plan.one("aws_default_security_group")


def test_subnets_lie_in_different_zones_and_apart(plan):
    subnets = plan.of("aws_subnet").values()
    assert (
        len({subnet["availability_zone"] for subnet in subnets})
        == len({subnet["cidr_block"] for subnet in subnets})
        == 2
    )


# --- tags, logs, values ----------------------------------------------------------------------------------------------
def test_everything_that_takes_tags_has_all_of_them(plan):
    tagged = {address: values["tags_all"] for address, values in plan.of().items() if "tags_all" in values}
    assert len(tagged) > 60
    assert [address for address, tags in tagged.items() if not set(tags) >= TAGS or not all(tags.values())] == []


def test_logs_are_kept_as_long_as_was_said(plan):
    groups = {values["name"]: values["retention_in_days"] for values in plan.of("aws_cloudwatch_log_group").values()}
    assert set(groups.values()) == {365}
    endpoint = plan.one("aws_sagemaker_endpoint")["name"]
    database = plan.one("aws_db_instance")["identifier"]
    assert set(groups) == {
        "/squatwatch/airflow",
        "/squatwatch/flows",
        "/squatwatch/siem",
        f"/aws/sagemaker/Endpoints/{endpoint}",  # names that services choose
        "/aws/sagemaker/TrainingJobs",
        "/aws/sagemaker/TransformJobs",
        f"/aws/rds/instance/{database}/postgresql",
        f"/aws/rds/instance/{database}/upgrade",
    }


@pytest.mark.parametrize(("kind", "path", "shape"), VALUES, ids=lambda word: word if " " in word else "")
def test_a_value_is_one_that_aws_has(kind, path, shape, plan):
    from botocore.session import get_session

    service, name = shape.split()
    assert values_of(plan, kind, path) <= set(get_session().get_service_model(service).shape_for(name).enum)


@pytest.mark.parametrize(("kind", "path", "words"), WORDS, ids=lambda word: word if isinstance(word, str) else "")
def test_a_word_is_one_of_a_few(kind, path, words, plan):
    assert values_of(plan, kind, path) == words


def test_memory_fits_the_cores_as_fargate_wants_it(plan):
    least = {"256": 512, "512": 1024, "1024": 2048, "2048": 4096, "4096": 8192}
    for values in plan.of("aws_ecs_task_definition").values():
        memory = int(values["memory"])
        assert least[values["cpu"]] <= memory <= 8 * int(values["cpu"]) and memory % 1024 == 0


def test_metrics_are_those_that_aws_publishes(plan):
    known = {(namespace, name) for namespace, names in METRICS.items() for name in names.split()}
    alarms = {
        (values["namespace"], values["metric_name"]) for values in plan.of("aws_cloudwatch_metric_alarm").values()
    }
    widgets = json.loads(plan.one("aws_cloudwatch_dashboard")["dashboard_body"])["widgets"]
    plotted = {(line[0], line[1]) for widget in widgets for line in widget["properties"]["metrics"]}
    assert alarms | plotted <= known
    assert all(alarm["alarm_actions"] for alarm in plan.of("aws_cloudwatch_metric_alarm").values())


def test_an_alarm_watches_what_is_there(plan):
    endpoint, cluster = plan.one("aws_sagemaker_endpoint")["name"], plan.one("aws_ecs_cluster")["name"]
    variant = at(plan.one("aws_sagemaker_endpoint_configuration"), "production_variants.0.variant_name")
    there = {
        "EndpointName": {endpoint},
        "VariantName": {variant},
        "RuleName": {values["name"] for values in plan.of("aws_cloudwatch_event_rule").values()},
        "QueueName": {plan.one("aws_sqs_queue")["name"]},
        "DBInstanceIdentifier": {plan.one("aws_db_instance")["identifier"]},
        "ClusterName": {cluster},
        "ServiceName": {values["name"] for values in plan.of("aws_ecs_service").values()},
        "DeliveryStreamName": {plan.one("aws_kinesis_firehose_delivery_stream")["name"]},
    }
    for address, values in plan.of("aws_cloudwatch_metric_alarm").items():
        for dimension, value in values["dimensions"].items():
            assert value in there[dimension], address

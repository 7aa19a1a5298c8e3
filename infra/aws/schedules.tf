# EventBridge's clock. Airflow starts each date itself at midnight; the daily task makes good what it missed while it was away.
locals {
  scheduled_tasks = {
    daily = { definition = "daily", expression = "cron(0 1 * * ? *)" }
    prune = { definition = "prune", expression = "cron(0 3 ? * SUN *)" }
  }

  training_job = {
    TrainingJobName                       = "${var.name}-<aws.scheduler.execution-id>"
    RoleArn                               = local.role_arns["training"]
    EnableManagedSpotTraining             = true
    EnableNetworkIsolation                = true
    EnableInterContainerTrafficEncryption = true
    AlgorithmSpecification = {
      TrainingImage      = local.serving_image
      TrainingInputMode  = "File"
      ContainerArguments = ["train", "--output", "/opt/ml/model/artifact"]
    }
    Environment      = { SQUATWATCH_HOME = "/opt/ml/checkpoints" } # whoever is interrupted goes on from here
    CheckpointConfig = { S3Uri = "s3://${local.bucket}/${local.prefixes.training}checkpoints/<aws.scheduler.execution-id>", LocalPath = "/opt/ml/checkpoints" }
    OutputDataConfig = { S3OutputPath = "s3://${local.bucket}/${local.prefixes.training}artifacts", KmsKeyId = aws_kms_key.this.arn }
    ResourceConfig   = { InstanceType = var.training_instance_type, InstanceCount = 1, VolumeSizeInGB = 30, VolumeKmsKeyId = aws_kms_key.this.arn }
    StoppingCondition = {
      MaxRuntimeInSeconds  = 14400
      MaxWaitTimeInSeconds = 86400 # for spot capacity, and between interruptions
    }
    VpcConfig = { Subnets = [for subnet in aws_subnet.private : subnet.id], SecurityGroupIds = [aws_security_group.this["sagemaker"].id] }
    Tags      = [for key, value in local.tags : { Key = key, Value = value }]
  }
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

resource "aws_scheduler_schedule" "task" {
  for_each = local.scheduled_tasks

  name                         = "${var.name}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value.expression
  schedule_expression_timezone = "UTC"
  kms_key_arn                  = aws_kms_key.this.arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.this.arn
    role_arn = local.role_arns["schedules"]

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.this[each.value.definition].arn
      launch_type         = "FARGATE"
      propagate_tags      = "TASK_DEFINITION"

      network_configuration {
        subnets          = [for subnet in aws_subnet.private : subnet.id]
        security_groups  = [aws_security_group.this["airflow"].id]
        assign_public_ip = false
      }
    }
    dead_letter_config {
      arn = aws_sqs_queue.undelivered.arn
    }
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
  }

  depends_on = [aws_iam_role_policy.calls]
}

resource "aws_scheduler_schedule" "training" {
  name                         = "${var.name}-training"
  group_name                   = aws_scheduler_schedule_group.this.name
  state                        = var.training_is_on ? "ENABLED" : "DISABLED"
  schedule_expression          = "cron(0 4 ? * MON *)"
  schedule_expression_timezone = "UTC"
  kms_key_arn                  = aws_kms_key.this.arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:sagemaker:createTrainingJob"
    role_arn = local.role_arns["schedules"]
    # jsonencode writes < and > in another way, which the scheduler would not fill in
    input = replace(replace(jsonencode(local.training_job), "\\u003c", "<"), "\\u003e", ">")

    dead_letter_config {
      arn = aws_sqs_queue.undelivered.arn
    }
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
  }

  depends_on = [aws_iam_role_policy.calls]
}

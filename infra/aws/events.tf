# What happened, and who is told: a date was published, a name of label 1 was found, a job has ended.
locals {
  rules = {
    published = {
      description = "A warehouse was published: the day is done"
      topics      = ["results"]
      pattern = {
        source      = ["aws.s3"]
        detail-type = ["Object Created"]
        detail      = { bucket = { name = [local.bucket] }, object = { key = [{ prefix = "${local.prefixes.data}catalog/" }] } }
      }
    }
    label-1 = {
      description = "An object with detections was written"
      topics      = ["results"]
      pattern = {
        source      = ["aws.s3"]
        detail-type = ["Object Created"]
        detail      = { bucket = { name = [local.bucket] }, object = { key = [{ prefix = local.prefixes.label_1 }] } }
      }
    }
    transformed = {
      description = "A batch transform job has ended well"
      topics      = ["results"]
      pattern = {
        source      = ["aws.sagemaker"]
        detail-type = ["SageMaker Transform Job State Change"]
        detail      = { TransformJobName = [{ prefix = "squatwatch-" }], TransformJobStatus = ["Completed"] }
      }
    }
    transform-failed = {
      description = "A batch transform job has failed or was stopped"
      topics      = ["alarms"]
      pattern = {
        source      = ["aws.sagemaker"]
        detail-type = ["SageMaker Transform Job State Change"]
        detail      = { TransformJobName = [{ prefix = "squatwatch-" }], TransformJobStatus = ["Failed", "Stopped"] }
      }
    }
    training-failed = {
      description = "A training job has failed or was stopped"
      topics      = ["alarms"]
      pattern = {
        source      = ["aws.sagemaker"]
        detail-type = ["SageMaker Training Job State Change"]
        detail      = { TrainingJobName = [{ prefix = "${var.name}-" }], TrainingJobStatus = ["Failed", "Stopped"] }
      }
    }
  }
  topics = {
    results = "What was found and done"
    alarms  = "What somebody has to look at"
  }
  rule_arns = [for name in keys(local.rules) : "arn:${local.partition}:events:${var.region}:${local.account}:rule/${var.name}-${name}"]
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name          = "${var.name}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
}

resource "aws_cloudwatch_event_target" "topic" {
  for_each = { for pair in flatten([for rule, entry in local.rules : [for topic in entry.topics : { rule = rule, topic = topic }]]) : pair.rule => pair.topic }

  rule = aws_cloudwatch_event_rule.this[each.key].name
  arn  = aws_sns_topic.this[each.value].arn

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }
}

resource "aws_cloudwatch_event_target" "siem" {
  count = local.has_siem ? 1 : 0

  rule     = aws_cloudwatch_event_rule.this["label-1"].name
  arn      = aws_kinesis_firehose_delivery_stream.siem[0].arn
  role_arn = local.role_arns["events"]

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  depends_on = [aws_iam_role_policy.calls]
}

resource "aws_sns_topic" "this" {
  for_each = local.topics

  name              = "${var.name}-${each.key}"
  display_name      = each.value
  kms_master_key_id = aws_kms_key.this.arn
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.topics

  arn = aws_sns_topic.this[each.key].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Services"
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "cloudwatch.amazonaws.com"] }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this[each.key].arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["sns:Publish", "sns:Subscribe"]
        Resource  = aws_sns_topic.this[each.key].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_addresses

  topic_arn = aws_sns_topic.this["alarms"].arn
  protocol  = "email"
  endpoint  = each.value
}

# What could not be delivered waits here for two weeks, and an alarm says so.
resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.this.arn
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Rules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.undelivered.arn
        Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arns } }
      },
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
        Resource  = aws_sqs_queue.undelivered.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# The SIEM gets a message for each new object of label 1, with its bucket and key; what it does not take is kept in the bucket.
resource "aws_kinesis_firehose_delivery_stream" "siem" {
  count = local.has_siem ? 1 : 0

  name        = "${var.name}-siem"
  destination = "http_endpoint"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.this.arn
  }

  http_endpoint_configuration {
    name               = "siem"
    url                = var.siem_url
    role_arn           = local.role_arns["siem"]
    buffering_interval = 60
    buffering_size     = 1
    retry_duration     = 3600
    s3_backup_mode     = "FailedDataOnly"

    secrets_manager_configuration {
      enabled    = true
      secret_arn = aws_secretsmanager_secret.siem[0].arn
      role_arn   = local.role_arns["siem"]
    }
    s3_configuration {
      bucket_arn         = local.bucket_arn
      role_arn           = local.role_arns["siem"]
      prefix             = local.prefixes.siem
      compression_format = "GZIP"
      kms_key_arn        = aws_kms_key.this.arn
    }
    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.this["siem"].name
      log_stream_name = "delivery"
    }
  }

  depends_on = [aws_iam_role_policy.calls]
}

resource "aws_cloudwatch_log_stream" "siem" {
  count = local.has_siem ? 1 : 0

  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.this["siem"].name
}

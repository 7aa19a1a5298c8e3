# What the variables switch on and off. Nothing is asked of AWS: the provider is a mock.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws-us-gov" }
  }
}

variables {
  owner           = "squat team"
  cost_centre     = "4711"
  client_cidrs    = ["10.0.0.0/16"]
  hostname        = "squatwatch.example.org"
  certificate_arn = "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d"
  image_tag       = "0.9.0"
  alarm_addresses = ["soc@example.org"]
  secrets = {
    database_password = "a-password-of-sixteen"
    broker_password   = "a-password-of-thirty-two-letters-"
    fernet_key        = "a-key-of-sixteen"
    secret_key        = "a-key-of-sixteen"
    jwt_secret        = "a-key-of-sixteen"
    admin_password    = "a-password-of-sixteen"
  }
}

run "as_it_comes" {
  command = plan

  assert {
    condition     = length(aws_kinesis_firehose_delivery_stream.siem) == 0 && length(aws_secretsmanager_secret.siem) == 0
    error_message = "Without siem_url there is no stream, and no secret of one."
  }
  assert {
    condition     = !contains(keys(aws_iam_role.this), "reader") && !contains(keys(aws_iam_role.this), "siem")
    error_message = "A role that nobody takes is not there."
  }
  assert {
    condition     = aws_scheduler_schedule.training.state == "DISABLED"
    error_message = "Training is started by nobody until somebody says so."
  }
  assert {
    condition     = aws_db_instance.this.multi_az && aws_db_instance.this.deletion_protection
    error_message = "In production the database has a second zone, and is not removed by mistake."
  }
  assert {
    condition     = alltrue([for role in values(local.role_arns) : startswith(role, "arn:aws-us-gov:iam::111122223333:role/")])
    error_message = "ARNs name the partition."
  }
  assert {
    condition     = local.bucket_arn == "arn:aws-us-gov:s3:::squatwatch-111122223333-eu-central-1"
    error_message = "So does the bucket's."
  }
}

run "with_a_siem_and_training" {
  command = plan

  variables {
    siem_url       = "https://siem.example.org/in"
    training_is_on = true
  }

  assert {
    condition     = length(aws_kinesis_firehose_delivery_stream.siem) == 1 && contains(keys(aws_cloudwatch_metric_alarm.this), "siem-late")
    error_message = "A SIEM has a stream, and an alarm for when it takes nothing."
  }
  assert {
    condition     = aws_scheduler_schedule.training.state == "ENABLED"
    error_message = "training_is_on switches the schedule on."
  }
}

run "small_and_without_an_endpoint" {
  command = plan

  variables {
    serving_instance_count = 0
    environment            = "test"
    is_protected           = false
    is_running             = false
    settings               = { SQUATWATCH_ALARM_BUDGET = "5" }
  }

  assert {
    condition     = !aws_db_instance.this.multi_az && !aws_lb.page.enable_deletion_protection
    error_message = "A stack for a test is small, and can be taken down."
  }
  assert {
    condition     = alltrue([for service in aws_ecs_service.this : service.desired_count == 0])
    error_message = "Nothing runs before the database is made."
  }
  assert {
    condition     = local.environment["SQUATWATCH_ALARM_BUDGET"] == "5"
    error_message = "Settings reach the containers."
  }
  assert {
    condition     = length(aws_sagemaker_endpoint.families) == 0 && !contains(keys(aws_cloudwatch_metric_alarm.this), "endpoint-latency")
    error_message = "Without instances there is no endpoint, and no alarm of one."
  }
}

# What is refused before anything is planned.
mock_provider "aws" {}

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

run "whatever_is_wrong" {
  command = plan

  variables {
    name                   = "Squat_Watch"
    availability_zones     = ["eu-central-1a"]
    environment            = "prod"
    owner                  = " "
    cost_centre            = ""
    vpc_cidr               = "10.0.0.0/8"
    client_cidrs           = ["0.0.0.0/0"]
    hostname               = "localhost"
    certificate_arn        = "arn:aws:iam::111122223333:server-certificate/page"
    image_tag              = "latest"
    settings               = { SQUATWATCH_HOME = "/data" }
    worker_count           = 0
    database_class         = "t4g.small"
    broker_class           = "t4g.micro"
    serving_instance_type  = "c6i.large"
    serving_instance_count = 1.5
    training_instance_type = "ml.c6i"
    alarm_addresses        = []
    siem_url               = "http://siem.example.org"
    reader_principals      = ["*"]
    callers                = { acme = { principals = [], models = ["acme/*"] } }
    log_retention_days     = 100
    secrets_version        = 0
    secrets = {
      database_password = "with@sign/and:colon"
      broker_password   = "short"
      fernet_key        = ""
      secret_key        = ""
      jwt_secret        = ""
      admin_password    = "admin"
    }
  }

  expect_failures = [
    var.name, var.availability_zones, var.environment, var.owner, var.cost_centre, var.vpc_cidr, var.client_cidrs, var.hostname,
    var.certificate_arn, var.image_tag, var.settings, var.worker_count, var.database_class, var.broker_class,
    var.serving_instance_type, var.serving_instance_count, var.training_instance_type, var.alarm_addresses, var.siem_url,
    var.reader_principals, var.callers, var.log_retention_days, var.secrets_version, var.secrets,
  ]
}

run "a_region_that_is_none" {
  command = plan

  variables {
    region = "frankfurt"
  }

  expect_failures = [var.region]
}

run "zones_of_another_region" {
  command = plan

  variables {
    region = "eu-west-1"
  }

  expect_failures = [var.availability_zones]
}

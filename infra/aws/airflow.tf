# Airflow on ECS: the services of docker-compose.yml, each a container without a machine (Fargate). docs/aws.md says why not MWAA.
locals {
  home = "/opt/airflow"
  services = {
    api-server    = { command = ["api-server"], cpu = 512, memory = 2048, count = 1 }
    scheduler     = { command = ["scheduler"], cpu = 512, memory = 1024, count = 1 }
    dag-processor = { command = ["dag-processor"], cpu = 512, memory = 1024, count = 1 }
    triggerer     = { command = ["triggerer"], cpu = 512, memory = 1024, count = 1 }
    worker        = { command = ["celery", "worker", "--queues", "default"], cpu = 1024, memory = 4096, count = var.worker_count }
  }
  health = {
    api-server    = ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8080/api/v2/version')"]
    scheduler     = ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8974/health')"]
    dag-processor = ["CMD-SHELL", "airflow jobs check --job-type DagProcessorJob --hostname \"$${HOSTNAME}\""]
    triggerer     = ["CMD-SHELL", "airflow jobs check --job-type TriggererJob --hostname \"$${HOSTNAME}\""]
    worker = [
      "CMD-SHELL",
      "celery --app airflow.providers.celery.executors.celery_executor.app inspect ping --destination \"celery@$${HOSTNAME}\"",
    ]
  }

  # tasks that run once and end: by hand (init), or by EventBridge (schedules.tf)
  once = {
    init = {
      shell   = "airflow db migrate; python -m squatwatch.review.logins"
      secrets = merge(local.secrets, { AIRFLOW_ADMIN_PASSWORD = "admin_password" })
      role    = "airflow"
    }
    daily = {
      shell = join(" ", [
        "airflow backfill create --dag-id daily_detections --reprocess-behavior none --dag-run-conf '{\"alert\": true}'",
        "--from-date \"$(date --utc --date '3 days ago' +%F)\" --to-date \"$(date --utc --date yesterday +%F)\"",
      ])
      secrets = local.secrets
      role    = "airflow"
    }
    prune = {
      shell   = "squatwatch store prune"
      secrets = {}
      role    = "prune"
    }
  }

  environment = merge({
    AIRFLOW__CORE__EXECUTOR                             = "CeleryExecutor"
    AIRFLOW__CORE__AUTH_MANAGER                         = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL             = "https://${var.hostname}/execution/"
    AIRFLOW__API__BASE_URL                              = "https://${var.hostname}"
    AIRFLOW__FAB__COOKIE_SECURE                         = "True"
    AIRFLOW__CELERY__WORKER_CONCURRENCY                 = "4"
    AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK             = "True"
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT = "60"
    AIRFLOW__LOGGING__REMOTE_LOGGING                    = "True"
    AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER            = "s3://${local.bucket}/${trimsuffix(local.prefixes.logs, "/")}"
    AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID                = "aws_default"
    AIRFLOW_CONN_AWS_DEFAULT                            = "aws://"  # the container's own role
    PGSSLMODE                                           = "require" # of both drivers; asyncpg takes no sslmode in a URL
    AWS_DEFAULT_REGION                                  = var.region
    SQUATWATCH_HOME                                     = "s3://${local.bucket}/${trimsuffix(local.prefixes.data, "/")}"
    SQUATWATCH_STORE_KMS_KEY                            = aws_kms_key.this.arn
    SQUATWATCH_SCRATCH                                  = "${local.home}/scratch"
    SQUATWATCH_SOURCES                                  = "s3"
    SQUATWATCH_S3_URL                                   = "s3://${local.bucket}/${local.prefixes.lists}{date:%Y-%m-%d}.zip"
    SQUATWATCH_ALERTS_FILE                              = "${local.home}/alerts.yml"
    SQUATWATCH_SAGEMAKER_MODEL                          = aws_sagemaker_model.batch.name
    SQUATWATCH_SAGEMAKER_URL                            = "s3://${local.bucket}/${trimsuffix(local.prefixes.jobs, "/")}"
    SQUATWATCH_SAGEMAKER_KMS_KEY                        = aws_kms_key.this.arn
  }, var.settings)

  secrets = {
    AIRFLOW__CORE__FERNET_KEY           = "fernet_key"
    AIRFLOW__API__SECRET_KEY            = "secret_key"
    AIRFLOW__API_AUTH__JWT_SECRET       = "jwt_secret"
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN = "database_url"
    AIRFLOW__CELERY__RESULT_BACKEND     = "result_backend"
    AIRFLOW__CELERY__BROKER_URL         = "broker_url"
    SQUATWATCH_DATABASE_URL             = "database_url"
  }

  # who gets which of them, as ECS wants it written
  secret_variables = {
    for who, variables in merge({ services = local.secrets }, { for name, task in local.once : name => task.secrets }) :
    who => [for name, key in variables : { name = name, valueFrom = "${aws_secretsmanager_secret.airflow.arn}:${key}::" }]
  }

  # detections become objects of label 1; JSON is YAML
  alerts = jsonencode({ label-1 = { transport = "s3", url = "s3://${local.bucket}/${trimsuffix(local.prefixes.label_1, "/")}", connection = "aws_default" } })

  # what all containers have: the image's root cannot be written, two empty folders can
  container = {
    image                  = local.image
    readonlyRootFilesystem = true
    mountPoints            = [{ sourceVolume = "home", containerPath = local.home }, { sourceVolume = "tmp", containerPath = "/tmp" }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this["airflow"].name
        awslogs-region        = var.region
        awslogs-stream-prefix = "airflow"
      }
    }
  }
  # volumes are root's; this gives them to the user of the image, and ends
  prepare = merge(local.container, {
    name        = "prepare"
    essential   = false
    user        = "0"
    entryPoint  = ["/bin/sh", "-ec"]
    command     = ["printf %s \"$ALERTS\" > ${local.home}/alerts.yml; mkdir -p ${local.home}/logs ${local.home}/scratch; chown -R 50000:0 ${local.home}; chmod 1777 /tmp"]
    environment = [{ name = "ALERTS", value = local.alerts }]
  })
  airflow = merge(local.container, {
    name        = "airflow"
    essential   = true
    dependsOn   = [{ containerName = "prepare", condition = "SUCCESS" }]
    environment = [for name, value in local.environment : { name = name, value = value }]
    stopTimeout = 120 # tasks at work may finish
  })

  definitions = merge(
    { for name, service in local.services : name => {
      role   = "airflow"
      cpu    = service.cpu
      memory = service.memory
      container = merge(local.airflow, {
        command      = service.command
        secrets      = local.secret_variables["services"]
        portMappings = name == "api-server" ? [{ containerPort = 8080, protocol = "tcp" }] : []
        healthCheck  = { command = local.health[name], interval = 60, timeout = 30, retries = 5, startPeriod = 60 }
      })
    } },
    { for name, task in local.once : name => {
      role   = task.role
      cpu    = 512
      memory = 1024
      container = merge(local.airflow, {
        entryPoint = ["/bin/sh", "-ec"]
        command    = [task.shell]
        secrets    = local.secret_variables[name]
      })
    } },
  )
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  for_each = local.definitions

  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  task_role_arn            = local.role_arns[each.value.role]
  execution_role_arn       = local.role_arns["execution"]
  container_definitions    = jsonencode([local.prepare, each.value.container])

  ephemeral_storage {
    size_in_gib = 30
  }
  volume {
    name = "home"
  }
  volume {
    name = "tmp"
  }

  depends_on = [aws_iam_role.this]
}

resource "aws_ecs_service" "this" {
  for_each = local.services

  name                   = each.key
  cluster                = aws_ecs_cluster.this.arn
  task_definition        = aws_ecs_task_definition.this[each.key].arn
  desired_count          = var.is_running ? each.value.count : 0
  launch_type            = "FARGATE"
  enable_execute_command = false
  propagate_tags         = "SERVICE"

  health_check_grace_period_seconds = each.key == "api-server" ? 180 : null # it takes a minute to start

  network_configuration {
    subnets          = [for subnet in aws_subnet.private : subnet.id]
    security_groups  = [aws_security_group.this["airflow"].id]
    assign_public_ip = false
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  dynamic "load_balancer" {
    for_each = each.key == "api-server" ? ["page"] : []
    content {
      target_group_arn = aws_lb_target_group.page.arn
      container_name   = "airflow"
      container_port   = 8080
    }
  }

  depends_on = [aws_lb_listener.page, aws_secretsmanager_secret_version.airflow]
}

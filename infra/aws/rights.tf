# Who may call what: the one list. What a role may do with the data root comes from the code (rights/*.json, written by
# scripts/aws_rights.py); all other calls stand here, with who makes them. tests/infra holds each right against its reason.
locals {
  store_policies = {
    for name in ["worker", "reader", "prune", "bucket"] : name => jsondecode(templatefile("${path.module}/rights/${name}.json", {
      partition = local.partition
      region    = var.region
      account   = local.account
      bucket    = local.bucket
      key       = aws_kms_key.this.key_id
    }))
  }

  unused_roles = concat(local.has_siem ? [] : ["events", "siem"], length(var.reader_principals) > 0 ? [] : ["reader"])

  # statements that several roles have
  use_key = {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.this.arn]
  }
  pull_image = [
    { sid = "Login", actions = ["ecr:GetAuthorizationToken"], resources = ["*"] }, # takes no other resource
    {
      sid       = "Pull"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
      resources = [aws_ecr_repository.this.arn]
    },
  ]
  join_network = [
    {
      sid = "See" # takes no other resource
      actions = [
        "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets", "ec2:DescribeVpcs",
      ]
      resources = ["*"]
    },
    {
      sid = "Join"
      actions = [
        "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission",
      ]
      resources = concat(
        ["arn:${local.partition}:ec2:${var.region}:${local.account}:network-interface/*"],
        [for subnet in aws_subnet.private : subnet.arn],
        [aws_security_group.this["sagemaker"].arn],
      )
    },
  ]
  measure = {
    sid       = "Measure"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"] # takes no other resource; the condition names the metrics
    condition = { StringLike = { "cloudwatch:namespace" = ["/aws/sagemaker/*"] } }
  }

  # role → the service that takes it, what the code asks of the data root, and all other calls
  roles = { for name, role in local.every_role : name => role if !contains(local.unused_roles, name) }
  every_role = {
    # every container of Airflow: scheduler, workers, page
    airflow = {
      service = "ecs-tasks.amazonaws.com"
      store   = "worker"
      calls = [
        {
          sid       = "ListOwnPrefixes" # so that an object that is not there is told from one that is denied
          actions   = ["s3:ListBucket"]
          resources = [local.bucket_arn]
          condition = { StringLike = { "s3:prefix" = [for key in ["lists", "logs", "jobs"] : "${local.prefixes[key]}*"] } }
        },
        {
          sid       = "ReadLists" # source `s3`, logs of tasks, results of jobs
          actions   = ["s3:GetObject"]
          resources = [for key in ["lists", "logs", "jobs"] : "${local.bucket_arn}/${local.prefixes[key]}*"]
        },
        {
          sid       = "WriteResults" # alerts, logs of tasks, input of jobs
          actions   = ["s3:PutObject"]
          resources = [for key in ["label_1", "logs", "jobs"] : "${local.bucket_arn}/${local.prefixes[key]}*"]
        },
        {
          sid       = "ScoreInJobs" # CreateTransformJob takes a model and no role: there is no iam:PassRole to give
          actions   = ["sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob"]
          resources = ["${local.sagemaker_arn}:transform-job/squatwatch-*"]
        },
      ]
    }

    # what ECS needs to start them
    execution = {
      service = "ecs-tasks.amazonaws.com"
      store   = null
      calls = concat(local.pull_image, [
        {
          sid       = "Log"
          actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          resources = ["${local.log_group_arns.airflow}:log-stream:*"]
        },
        { sid = "Secrets", actions = ["secretsmanager:GetSecretValue"], resources = [aws_secretsmanager_secret.airflow.arn] },
        { sid = "Key", actions = ["kms:Decrypt"], resources = [aws_kms_key.this.arn] },
      ])
    }

    # `squatwatch store prune`, once a week
    prune = {
      service = "ecs-tasks.amazonaws.com"
      store   = "prune"
      calls   = []
    }

    # the models: batch transform jobs and the endpoint
    serving = {
      service = "sagemaker.amazonaws.com"
      store   = null
      calls = concat(local.pull_image, local.join_network, [
        local.use_key,
        local.measure,
        {
          sid       = "ListModels"
          actions   = ["s3:ListBucket"]
          resources = [local.bucket_arn]
          condition = { StringLike = { "s3:prefix" = [for key in ["models", "jobs"] : "${local.prefixes[key]}*"] } }
        },
        {
          sid       = "ReadModels"
          actions   = ["s3:GetObject"]
          resources = [for key in ["models", "jobs"] : "${local.bucket_arn}/${local.prefixes[key]}*"]
        },
        { sid = "WriteScores", actions = ["s3:PutObject"], resources = ["${local.bucket_arn}/${local.prefixes.jobs}*"] },
        {
          sid       = "Log"
          actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
          resources = flatten([for key in ["endpoint", "transform"] : [local.log_group_arns[key], "${local.log_group_arns[key]}:log-stream:*"]])
        },
      ])
    }

    # the training job on spot capacity
    training = {
      service = "sagemaker.amazonaws.com"
      store   = null
      calls = concat(local.pull_image, local.join_network, [
        local.use_key,
        local.measure,
        {
          sid       = "ListTraining"
          actions   = ["s3:ListBucket"]
          resources = [local.bucket_arn]
          condition = { StringLike = { "s3:prefix" = ["${local.prefixes.training}*"] } }
        },
        {
          sid       = "KeepCheckpoints"
          actions   = ["s3:GetObject", "s3:PutObject"]
          resources = ["${local.bucket_arn}/${local.prefixes.training}*"]
        },
        {
          sid       = "Log"
          actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
          resources = [local.log_group_arns.training, "${local.log_group_arns.training}:log-stream:*"]
        },
      ])
    }

    # EventBridge Scheduler
    schedules = {
      service = "scheduler.amazonaws.com"
      store   = null
      calls = [
        {
          sid       = "RunTasks"
          actions   = ["ecs:RunTask"]
          resources = [for task in values(local.scheduled_tasks) : "arn:${local.partition}:ecs:${var.region}:${local.account}:task-definition/${var.name}-${task.definition}:*"]
          condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } }
        },
        {
          sid       = "TagTasks" # as they are started
          actions   = ["ecs:TagResource"]
          resources = ["arn:${local.partition}:ecs:${var.region}:${local.account}:task/${var.name}/*"]
          condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
        },
        {
          sid       = "PassToTasks"
          actions   = ["iam:PassRole"]
          resources = [for role in ["airflow", "execution", "prune"] : local.role_arns[role]]
          condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
        },
        {
          sid       = "Train"
          actions   = ["sagemaker:CreateTrainingJob", "sagemaker:AddTags"]
          resources = ["${local.sagemaker_arn}:training-job/${var.name}-*"]
        },
        {
          sid       = "PassToTraining"
          actions   = ["iam:PassRole"]
          resources = [local.role_arns["training"]]
          condition = { StringEquals = { "iam:PassedToService" = "sagemaker.amazonaws.com" } }
        },
        { sid = "Undelivered", actions = ["sqs:SendMessage"], resources = [aws_sqs_queue.undelivered.arn] },
        local.use_key,
      ]
    }

    # EventBridge, which hands events of label 1 to the stream
    events = {
      service = "events.amazonaws.com"
      store   = null
      calls = [{
        sid       = "Stream"
        actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
        resources = ["arn:${local.partition}:firehose:${var.region}:${local.account}:deliverystream/${var.name}-siem"]
      }]
    }

    # the stream to the SIEM
    siem = {
      service = "firehose.amazonaws.com"
      store   = null
      calls = [
        local.use_key,
        {
          sid       = "KeepWhatFailed"
          actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
          resources = ["${local.bucket_arn}/${local.prefixes.siem}*"]
        },
        {
          sid       = "Bucket"
          actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
          resources = [local.bucket_arn]
        },
        { sid = "Token", actions = ["secretsmanager:GetSecretValue"], resources = aws_secretsmanager_secret.siem[*].arn },
        { sid = "Log", actions = ["logs:PutLogEvents"], resources = ["${local.log_group_arns.siem}:log-stream:*"] },
      ]
    }

    # the network, which logs who talks with whom
    flows = {
      service = "vpc-flow-logs.amazonaws.com"
      store   = null
      calls = [{
        sid       = "Log"
        actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        resources = [local.log_group_arns.flows, "${local.log_group_arns.flows}:log-stream:*"]
      }]
    }

    # people and programs that only ask; who, says var.reader_principals
    reader = {
      service = null
      store   = "reader"
      calls   = []
    }
  }

  # of names alone: the ARNs of some roles stand in the rights of others
  role_arns = {
    for name in ["airflow", "execution", "prune", "serving", "training", "schedules", "events", "siem", "flows"] :
    name => "arn:${local.partition}:iam::${local.account}:role/${var.name}-${name}"
  }
}

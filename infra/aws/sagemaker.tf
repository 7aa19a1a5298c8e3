# Two models of one image, whose entry point is `squatwatch` and which SageMaker starts with the one word `serve`: one for batch
# transform jobs, which squatwatch starts itself, and one that serves every family of models below a prefix.
resource "aws_sagemaker_model" "batch" {
  name                     = "${var.name}-batch"
  execution_role_arn       = local.role_arns["serving"]
  enable_network_isolation = true # the model comes with the image: it asks nobody

  primary_container {
    image       = local.serving_image
    environment = local.serving_environment
  }

  vpc_config {
    subnets            = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids = [aws_security_group.this["sagemaker"].id]
  }

  depends_on = [aws_iam_role_policy.calls]
}

resource "aws_sagemaker_model" "families" {
  # checkov:skip=CKV_AWS_370: it fetches models while it runs; its network has no way to the internet

  name               = "${var.name}-families"
  execution_role_arn = local.role_arns["serving"]

  primary_container {
    image          = local.serving_image
    mode           = "MultiModel"
    model_data_url = "s3://${local.bucket}/${local.prefixes.models}"
    environment    = local.serving_environment
  }

  vpc_config {
    subnets            = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids = [aws_security_group.this["sagemaker"].id]
  }

  depends_on = [aws_iam_role_policy.calls]
}

locals {
  serving_environment = {
    SQUATWATCH_SERVE_CONTAINER = "true"
    SQUATWATCH_HOME            = "/tmp/squatwatch" # nothing is kept in a container
  }
}

resource "aws_sagemaker_endpoint_configuration" "families" {
  count = local.has_endpoint ? 1 : 0

  name_prefix = "${var.name}-families-"
  kms_key_arn = aws_kms_key.this.arn

  production_variants {
    variant_name           = "all"
    model_name             = aws_sagemaker_model.families.name
    instance_type          = var.serving_instance_type
    initial_instance_count = var.serving_instance_count
  }

  lifecycle {
    create_before_destroy = true # the endpoint goes from one to the next
    replace_triggered_by  = [aws_sagemaker_model.families]
  }
}

resource "aws_sagemaker_endpoint" "families" {
  count = local.has_endpoint ? 1 : 0

  name                 = "${var.name}-families"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.families[0].name

  depends_on = [aws_cloudwatch_log_group.this]
}

# Two private subnets and no way to the internet: no internet gateway, no NAT. AWS's services are reached by endpoints.
resource "aws_vpc" "this" {
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

resource "aws_subnet" "private" {
  for_each = { for index, zone in var.availability_zones : zone => index }

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(var.vpc_cidr, 4, each.value)
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

# The default group lets its members talk with each other; without rules it lets nobody.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_flow_log" "this" {
  vpc_id               = aws_vpc.this.id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.this["flows"].arn
  iam_role_arn         = aws_iam_role.this["flows"].arn
}

# --- endpoints: which service, and what may be asked there --------------------------------------------------------------

locals {
  endpoints = {
    "ecr.api" = ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
    "ecr.dkr" = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
    "logs"    = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    "sagemaker.api" = [
      "sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob",
    ]
    "sagemaker.runtime" = ["sagemaker:InvokeEndpoint"]
    "secretsmanager"    = ["secretsmanager:GetSecretValue"]
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.this["endpoints"].id]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnAccount" # which of its resources, say the rights of each role
      Effect    = "Allow"
      Principal = "*"
      Action    = each.value
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalAccount" = local.account } }
    }]
  })

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OwnBucket"
        Effect    = "Allow"
        Principal = "*"
        Action    = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        Resource  = [local.bucket_arn, "${local.bucket_arn}/*"]
        Condition = { StringEquals = { "aws:PrincipalAccount" = local.account } }
      },
      {
        Sid       = "LayersOfImages" # where ECR keeps them
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:${local.partition}:s3:::prod-${var.region}-starport-layer-bucket/*"
      },
    ]
  })

  tags = { Name = "${var.name}-s3" }
}

# --- who may talk with whom ---------------------------------------------------------------------------------------------

locals {
  groups = {
    page      = "the load balancer before Airflow's page"
    airflow   = "containers of Airflow"
    sagemaker = "models and training"
    database  = "PostgreSQL"
    broker    = "Redis"
    endpoints = "endpoints of AWS's services"
  }
  flows = {
    page_airflow        = { from = "page", to = "airflow", ports = [8080, 8080] }    # the page
    airflow_page        = { from = "airflow", to = "page", ports = [443, 443] }      # tasks talk with the API server
    airflow_airflow     = { from = "airflow", to = "airflow", ports = [8793, 8794] } # logs of tasks at work
    airflow_database    = { from = "airflow", to = "database", ports = [5432, 5432] }
    airflow_broker      = { from = "airflow", to = "broker", ports = [6379, 6379] }
    airflow_endpoints   = { from = "airflow", to = "endpoints", ports = [443, 443] }
    sagemaker_endpoints = { from = "sagemaker", to = "endpoints", ports = [443, 443] }
  }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5: each is attached; the check does not look into SageMaker's vpc_config

  for_each = local.groups

  name        = "${var.name}-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "flow" {
  for_each = local.flows

  description                  = "to ${each.value.to}"
  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.ports[0]
  to_port                      = each.value.ports[1]
}

resource "aws_vpc_security_group_ingress_rule" "flow" {
  for_each = local.flows

  description                  = "from ${each.value.from}"
  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.ports[0]
  to_port                      = each.value.ports[1]
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  for_each = toset(["airflow", "sagemaker"])

  description       = "to S3"
  security_group_id = aws_security_group.this[each.key].id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# The endpoint with many models, for callers in connected networks.
resource "aws_vpc_security_group_ingress_rule" "callers" {
  for_each = length(var.callers) > 0 ? toset(var.client_cidrs) : []

  description       = "programs that call the models"
  security_group_id = aws_security_group.this["endpoints"].id
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "people" {
  for_each = toset(var.client_cidrs)

  description       = "people who use the page"
  security_group_id = aws_security_group.this["page"].id
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

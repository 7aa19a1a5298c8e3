# The roles of rights.tf. A service takes a role for this account only; the reader's is for those who are named.
resource "aws_iam_role" "this" {
  for_each = local.roles

  name = "${var.name}-${each.key}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for trust in [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { for kind, who in { Service = each.value.service, AWS = each.value.service == null ? var.reader_principals : null } : kind => who if who != null }
      Condition = each.value.service == null ? null : { StringEquals = { "aws:SourceAccount" = local.account } }
    }] : { for part, value in trust : part => value if value != null }]
  })
}

# What the code asks of the data root, word for word.
resource "aws_iam_role_policy" "store" {
  for_each = { for name, role in local.roles : name => role.store if role.store != null }

  name   = "data-root"
  role   = aws_iam_role.this[each.key].name
  policy = jsonencode(local.store_policies[each.value])
}

resource "aws_iam_role_policy" "calls" {
  for_each = { for name, role in local.roles : name => role.calls if length(role.calls) > 0 }

  name = "calls"
  role = aws_iam_role.this[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for call in each.value : merge(
      { Sid = call.sid, Effect = "Allow", Action = call.actions, Resource = call.resources },
      can(call.condition) ? { Condition = call.condition } : {},
    )]
  })
}

# Who may call the endpoint, each for some families of models only.
resource "aws_iam_role" "caller" {
  for_each = var.callers

  name               = "${var.name}-caller-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = each.value.principals } }] })
}

resource "aws_iam_role_policy" "caller" {
  for_each = var.callers

  name = "calls"
  role = aws_iam_role.caller[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnFamilies"
      Effect    = "Allow"
      Action    = "sagemaker:InvokeEndpoint"
      Resource  = "${local.sagemaker_arn}:endpoint/${var.name}-families"
      Condition = { StringLike = { "sagemaker:TargetModel" = each.value.models } }
    }]
  })
}

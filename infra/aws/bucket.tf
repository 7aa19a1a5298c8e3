resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_18: who read what is for the account's CloudTrail to log, in a bucket of its own
  # checkov:skip=CKV_AWS_144: one region: squatwatch move makes a copy that stands alone

  bucket = local.bucket
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true # one request to KMS for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
  }
}

# What `squatwatch store policy --bucket` prints is for the data root; TLS is for the whole bucket.
resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.store_policies["bucket"].Statement, [{
      Sid       = "OnlyOverTLSAnywhere"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.bucket_arn, "${local.bucket_arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }])
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}

# Files of the data root are removed by `squatwatch store prune` (schedules.tf), which knows what is needed; what it removed is
# kept for a month more, as an old version.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "lists"
    status = "Enabled"

    filter {
      prefix = local.prefixes.lists
    }
    transition {
      days          = 30 # what is read later is the data root's own copy
      storage_class = "STANDARD_IA"
    }
    expiration {
      days = 365
    }
  }

  dynamic "rule" {
    for_each = {
      (local.prefixes.jobs)     = 14
      (local.prefixes.training) = 90
      (local.prefixes.siem)     = 90
      (local.prefixes.label_1)  = var.log_retention_days
      (local.prefixes.logs)     = var.log_retention_days
    }
    content {
      id     = trimsuffix(rule.key, "/")
      status = "Enabled"

      filter {
        prefix = rule.key
      }
      expiration {
        days = rule.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_notification" "this" {
  bucket      = aws_s3_bucket.this.id
  eventbridge = true # events.tf says what is done with a new object
}

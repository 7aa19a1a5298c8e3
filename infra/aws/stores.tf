# PostgreSQL has Airflow's own tables, and verdicts, alerts and lookups; Redis has Celery's queues, and nothing that must stay.
resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_db_parameter_group" "this" {
  name   = var.name
  family = "postgres16"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  parameter {
    name  = "log_statement"
    value = "ddl"
  }
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_353: small classes have no insights; queries are Airflow's own
  # checkov:skip=CKV_AWS_118: one small instance: CloudWatch's own metrics are enough
  # checkov:skip=CKV_AWS_161: Airflow and Celery log in by a URL with a password, which is in Secrets Manager

  identifier            = var.name
  engine                = "postgres"
  engine_version        = "16"
  instance_class        = var.database_class
  allocated_storage     = 20
  max_allocated_storage = 100
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.this.arn

  db_name             = "airflow"
  username            = "airflow"
  password_wo         = var.secrets.database_password
  password_wo_version = var.secrets_version

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this["database"].id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1"

  multi_az                        = var.environment == "production"
  backup_retention_period         = 14
  copy_tags_to_snapshot           = true
  auto_minor_version_upgrade      = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  deletion_protection             = var.is_protected
  skip_final_snapshot             = false
  final_snapshot_identifier       = "${var.name}-last"

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_elasticache_replication_group" "this" {
  # checkov:skip=CKV_AWS_31: it has a token: auth_token_wo, which the check does not know
  # checkov:skip=CKV2_AWS_50: one node: a queue that is lost is filled again (docs/operations.md)

  replication_group_id = var.name
  description          = "Queues of Celery"
  engine               = "redis"
  engine_version       = "7.1"
  node_type            = var.broker_class
  num_cache_clusters   = 1 # a queue that is lost is filled again: docs/operations.md
  port                 = 6379

  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.this.arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  auth_token_wo              = var.secrets.broker_password
  auth_token_wo_version      = var.secrets_version

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this["broker"].id]
}

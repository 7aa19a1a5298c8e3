# Secrets are written once for each secrets_version, and stand neither in the plan nor in the state.
resource "aws_secretsmanager_secret" "airflow" {
  # checkov:skip=CKV2_AWS_57: rotated by hand, with secrets_version: containers have to start anew

  name                    = "${var.name}/airflow"
  description             = "Keys and addresses that Airflow's containers start with"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "airflow" {
  secret_id                = aws_secretsmanager_secret.airflow.id
  secret_string_wo_version = var.secrets_version

  secret_string_wo = jsonencode({
    fernet_key     = var.secrets.fernet_key
    secret_key     = var.secrets.secret_key
    jwt_secret     = var.secrets.jwt_secret
    admin_password = var.secrets.admin_password
    database_url   = "postgresql+psycopg2://airflow:${var.secrets.database_password}@${aws_db_instance.this.endpoint}/airflow"
    result_backend = "db+postgresql+psycopg2://airflow:${var.secrets.database_password}@${aws_db_instance.this.endpoint}/airflow"
    broker_url     = "rediss://:${var.secrets.broker_password}@${aws_elasticache_replication_group.this.primary_endpoint_address}:6379/0?ssl_cert_reqs=required"
  })
}

resource "aws_secretsmanager_secret" "siem" {
  # checkov:skip=CKV2_AWS_57: rotated by hand, with secrets_version: containers have to start anew

  count = local.has_siem ? 1 : 0

  name                    = "${var.name}/siem"
  description             = "The token with which Firehose logs in at the SIEM"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "siem" {
  count = local.has_siem ? 1 : 0

  secret_id                = aws_secretsmanager_secret.siem[0].id
  secret_string_wo         = jsonencode({ api_key = var.secrets.siem_token }) # Firehose's own form
  secret_string_wo_version = var.secrets_version
}

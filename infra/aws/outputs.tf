output "page" {
  description = "Where people judge names."
  value       = "https://${var.hostname}"
}

output "load_balancer" {
  description = "What the page's name has to lead to in connected networks."
  value       = aws_lb.page.dns_name
}

output "registry" {
  description = "Where images are pushed."
  value       = aws_ecr_repository.this.repository_url
}

output "data_root" {
  description = "SQUATWATCH_HOME."
  value       = local.environment["SQUATWATCH_HOME"]
}

output "lists" {
  description = "Where the list of a date is put."
  value       = local.environment["SQUATWATCH_S3_URL"]
}

output "label_1" {
  description = "Where detections are written for other systems."
  value       = "s3://${local.bucket}/${local.prefixes.label_1}"
}

output "models" {
  description = "Where the artifact of a family is put, to be served at once."
  value       = "s3://${local.bucket}/${local.prefixes.models}"
}

output "key" {
  description = "SQUATWATCH_STORE_KMS_KEY."
  value       = aws_kms_key.this.arn
}

output "batch_model" {
  description = "The model that a batch transform job names."
  value       = aws_sagemaker_model.batch.name
}

output "endpoint" {
  description = "The endpoint with many models, or null."
  value       = one(aws_sagemaker_endpoint.families[*].name)
}

output "task_network" {
  description = "The network of a task that is run by hand, as `aws ecs run-task` takes it."
  value = jsonencode({
    awsvpcConfiguration = {
      subnets        = [for subnet in aws_subnet.private : subnet.id]
      securityGroups = [aws_security_group.this["airflow"].id]
      assignPublicIp = "DISABLED"
    }
  })
}

output "topics" {
  description = "Where to subscribe: what was found and done, and what somebody has to look at."
  value       = { for name, topic in aws_sns_topic.this : name => topic.arn }
}

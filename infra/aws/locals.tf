# Names and ARNs. ARNs are made of names, so that a plan shows every policy in full before anything exists.
locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition

  tags = {
    project     = "squatwatch"
    stack       = var.name
    environment = var.environment
    owner       = var.owner
    cost_centre = var.cost_centre
  }

  bucket     = "${var.name}-${local.account}-${var.region}"
  bucket_arn = "arn:${local.partition}:s3:::${local.bucket}"

  # where what lies in the bucket; `data` is the data root, and stands in rights/*.json
  prefixes = {
    data     = "data/"
    lists    = "lists/"
    label_1  = "label-1/"
    logs     = "logs/"
    models   = "models/"
    jobs     = "transform/"
    training = "training/"
    siem     = "siem-failed/"
  }

  image         = "${aws_ecr_repository.this.repository_url}:${var.image_tag}"
  serving_image = "${local.image}-serve"

  sagemaker_arn = "arn:${local.partition}:sagemaker:${var.region}:${local.account}"
  has_endpoint  = var.serving_instance_count > 0
  has_siem      = var.siem_url != null

  log_groups = {
    airflow   = "/${var.name}/airflow"
    flows     = "/${var.name}/flows"
    siem      = "/${var.name}/siem"
    database  = "/aws/rds/instance/${var.name}/postgresql"
    upgrades  = "/aws/rds/instance/${var.name}/upgrade"
    endpoint  = "/aws/sagemaker/Endpoints/${var.name}-families"
    transform = "/aws/sagemaker/TransformJobs"
    training  = "/aws/sagemaker/TrainingJobs"
  }
  log_group_arns = {
    for key, name in local.log_groups : key => "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:${name}"
  }
}

terraform {
  required_version = ">= 1.11" # write-only arguments: no secret gets into the state

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.62" # the schema that tests know
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

# Where the state is kept; docs/aws.md says how it is named. Apart from the rest, so that a plan can be made without it.
terraform {
  backend "s3" {}
}

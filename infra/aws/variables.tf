# --- where, and whose ---------------------------------------------------------------------------------------------------

variable "name" {
  description = "What the names of all resources begin with."
  type        = string
  default     = "squatwatch"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name is 3 to 20 lower-case letters, digits and hyphens: it is part of the bucket's name."
  }
}

variable "region" {
  description = "The region of everything."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region's code, such as eu-central-1."
  }
}

variable "availability_zones" {
  description = "Two or more zones of the region; each gets a private subnet."
  type        = list(string)
  default     = ["eu-central-1a", "eu-central-1b"]

  validation {
    condition     = length(distinct(var.availability_zones)) >= 2
    error_message = "availability_zones names two different zones at least: SageMaker and the load balancer want them."
  }
  validation {
    condition     = alltrue([for zone in var.availability_zones : startswith(zone, var.region)])
    error_message = "availability_zones are zones of the region ${var.region}."
  }
}

variable "owner" {
  description = "Who answers for it: a team or an address. A tag of every resource."
  type        = string

  validation {
    condition     = trimspace(var.owner) != ""
    error_message = "owner names a team or an address."
  }
}

variable "environment" {
  description = "What it is for. A tag of every resource."
  type        = string
  default     = "production"

  validation {
    condition     = contains(["production", "staging", "test"], var.environment)
    error_message = "environment is production, staging or test."
  }
}

variable "cost_centre" {
  description = "Who pays for it. A tag of every resource, by which the bill can be grouped."
  type        = string

  validation {
    condition     = trimspace(var.cost_centre) != ""
    error_message = "cost_centre names who pays."
  }
}

# --- network and page ---------------------------------------------------------------------------------------------------

variable "vpc_cidr" {
  description = "Addresses of the network, a /16 to /24 that no network connected to it has."
  type        = string
  default     = "10.42.0.0/20"

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 24, false)
    error_message = "vpc_cidr is a network of /16 to /24, such as 10.42.0.0/20."
  }
}

variable "client_cidrs" {
  description = "Private networks of the people who use the page, connected to this one by you (VPN, peering)."
  type        = list(string)

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrhost(cidr, 0))])
    error_message = "client_cidrs has one network at least, such as 10.0.0.0/16."
  }
  validation {
    condition     = alltrue([for cidr in var.client_cidrs : can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", cidr))])
    error_message = "client_cidrs are private networks (10/8, 172.16/12, 192.168/16): the page is not for the internet."
  }
}

variable "hostname" {
  description = "The page's name, which the certificate is for. It is resolved inside the network."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.hostname))
    error_message = "hostname is a full name in lower case, such as squatwatch.example.org."
  }
}

variable "certificate_arn" {
  description = "ARN of the certificate for hostname, in AWS Certificate Manager and the same region."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$", var.certificate_arn))
    error_message = "certificate_arn is the ARN of a certificate in AWS Certificate Manager."
  }
}

# --- secrets: they reach Secrets Manager and RDS, and neither the plan nor the state -------------------------------------

variable "secrets" {
  description = "What nobody may read. docs/aws.md has the command that makes them."
  type = object({
    database_password = string
    broker_password   = string
    fernet_key        = string
    secret_key        = string
    jwt_secret        = string
    admin_password    = string
    siem_token        = optional(string, "")
  })
  ephemeral = true
  sensitive = true

  validation {
    condition     = alltrue([for name, secret in var.secrets : length(secret) >= 16 if name != "siem_token"])
    error_message = "Each of the secrets has 16 characters at least."
  }
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{32,128}$", var.secrets.broker_password)) && can(regex("^[A-Za-z0-9_-]+$", var.secrets.database_password))
    error_message = "database_password and broker_password stand in URLs: letters, digits, _ and - only, the latter 32 at least."
  }
}

variable "secrets_version" {
  description = "Counts up when secrets change, so that they are written anew."
  type        = number
  default     = 1

  validation {
    condition     = var.secrets_version >= 1 && floor(var.secrets_version) == var.secrets_version
    error_message = "secrets_version is 1, 2, 3 …"
  }
}

# --- what runs ----------------------------------------------------------------------------------------------------------

variable "image_tag" {
  description = "Tag of the image in the stack's registry; the image for SageMaker has the same tag and -serve."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "image_tag is a tag that stays, such as 0.9.0 or a commit; latest is not."
  }
}

variable "settings" {
  description = "More settings of squatwatch: variables that begin with SQUATWATCH_. None may be a secret."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : startswith(name, "SQUATWATCH_")])
    error_message = "settings are variables that begin with SQUATWATCH_; squatwatch settings lists them."
  }
  validation {
    condition = length(setintersection(keys(var.settings), [
      "SQUATWATCH_HOME", "SQUATWATCH_STORE_KMS_KEY", "SQUATWATCH_DATABASE_URL", "SQUATWATCH_SCRATCH", "SQUATWATCH_ALERTS_FILE"
    ])) == 0
    error_message = "SQUATWATCH_HOME, _STORE_KMS_KEY, _DATABASE_URL, _SCRATCH and _ALERTS_FILE are set by the stack."
  }
}

variable "is_running" {
  description = "Whether Airflow's containers run. false before the database is made, and while it is upgraded."
  type        = bool
  default     = true
}

variable "worker_count" {
  description = "How many workers, of four tasks at a time each."
  type        = number
  default     = 1

  validation {
    condition     = var.worker_count >= 1 && var.worker_count <= 20 && floor(var.worker_count) == var.worker_count
    error_message = "worker_count is 1 to 20."
  }
}

variable "database_class" {
  description = "Class of the PostgreSQL instance."
  type        = string
  default     = "db.t4g.small"

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.database_class))
    error_message = "database_class is a class such as db.t4g.small."
  }
}

variable "broker_class" {
  description = "Class of the Redis node."
  type        = string
  default     = "cache.t4g.micro"

  validation {
    condition     = can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.broker_class))
    error_message = "broker_class is a class such as cache.t4g.micro."
  }
}

variable "serving_instance_type" {
  description = "Instance of the endpoint with many models; a multi-model endpoint wants memory rather than cores."
  type        = string
  default     = "ml.c6i.large"

  validation {
    condition     = can(regex("^ml\\.[a-z0-9-]+\\.[a-z0-9]+$", var.serving_instance_type))
    error_message = "serving_instance_type is an instance of SageMaker, such as ml.c6i.large."
  }
}

variable "serving_instance_count" {
  description = "How many instances serve. 0: no endpoint, only batch transforms."
  type        = number
  default     = 1

  validation {
    condition     = var.serving_instance_count >= 0 && var.serving_instance_count <= 10 && floor(var.serving_instance_count) == var.serving_instance_count
    error_message = "serving_instance_count is 0 to 10."
  }
}

variable "training_instance_type" {
  description = "Instance of the training job, bought as spot capacity."
  type        = string
  default     = "ml.c6i.xlarge"

  validation {
    condition     = can(regex("^ml\\.[a-z0-9-]+\\.[a-z0-9]+$", var.training_instance_type))
    error_message = "training_instance_type is an instance of SageMaker, such as ml.c6i.xlarge."
  }
}

variable "training_is_on" {
  description = "Whether EventBridge starts the training job every week."
  type        = bool
  default     = false
}

# --- who is told, and how long things are kept ----------------------------------------------------------------------------

variable "alarm_addresses" {
  description = "Mail addresses that get the alarms; each has to confirm the mail that AWS sends."
  type        = set(string)

  validation {
    condition     = length(var.alarm_addresses) > 0 && alltrue([for address in var.alarm_addresses : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", address))])
    error_message = "alarm_addresses has one mail address at least."
  }
}

variable "siem_url" {
  description = "HTTPS endpoint of the SIEM that gets a message for each new object of label 1; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.siem_url == null || can(regex("^https://[^[:space:]]+$", var.siem_url))
    error_message = "siem_url begins with https://."
  }
}

variable "reader_principals" {
  description = "ARNs of the roles that may take the reader's role: query, export, status, sync."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.reader_principals : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", arn))])
    error_message = "reader_principals are ARNs of IAM roles or users."
  }
}

variable "callers" {
  description = "Who may call the endpoint, and which families: team → ARNs of roles, and patterns of TargetModel."
  type = map(object({
    principals = list(string)
    models     = list(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for caller in values(var.callers) : length(caller.principals) > 0 && length(caller.models) > 0])
    error_message = "Each of the callers has principals and models, such as [\"acme/*\"]."
  }
  validation {
    condition     = alltrue(flatten([for caller in values(var.callers) : [for arn in caller.principals : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", arn))]]))
    error_message = "principals are ARNs of IAM roles or users."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, in CloudWatch and in the bucket."
  type        = number
  default     = 365

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one of CloudWatch's own: 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 …"
  }
}

variable "is_protected" {
  description = "Whether database and load balancer refuse to be removed. Set it to false before you take the stack down."
  type        = bool
  default     = true
}

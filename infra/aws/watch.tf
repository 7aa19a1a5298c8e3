# Alarms and the dashboard.
locals {
  of_endpoint = { EndpointName = "${var.name}-families", VariantName = "all" }

  # latencies are in microseconds; AWS/SageMaker has what calls cost, /aws/sagemaker/Endpoints what instances do
  endpoint_alarms = {
    errors       = { namespace = "AWS/SageMaker", metric = "Invocation5XXErrors", statistic = "Sum", above = 0, says = "calls end with an error of the container" }
    latency      = { namespace = "AWS/SageMaker", metric = "ModelLatency", statistic = "p99", above = 100000, says = "one call in a hundred takes more than 0.1 s" }
    loading      = { namespace = "AWS/SageMaker", metric = "ModelLoadingWaitTime", statistic = "Average", above = 2000000, says = "calls wait more than 2 s for their model" }
    unloading    = { namespace = "AWS/SageMaker", metric = "ModelUnloadingTime", statistic = "p99", above = 2000000, says = "unloading a model takes more than 2 s" }
    cache-misses = { namespace = "AWS/SageMaker", metric = "ModelCacheHit", statistic = "Average", below = 0.5, says = "more than half of the calls find their model not loaded" }
    memory       = { namespace = "/aws/sagemaker/Endpoints", metric = "MemoryUtilization", statistic = "Maximum", above = 90, says = "memory is nearly full" }
  }

  other_alarms = merge(
    {
      nothing-published = {
        namespace  = "AWS/Events", metric = "MatchedEvents", statistic = "Sum", below = 1, period = 86400, periods = 1, missing = "breaching"
        dimensions = { RuleName = "${var.name}-published" }, says = "no date was published for a day"
      }
      undelivered = {
        namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", above = 0
        dimensions = { QueueName = "${var.name}-undelivered" }, says = "an event or a schedule could not be delivered"
      }
      database-disk = {
        namespace  = "AWS/RDS", metric = "FreeStorageSpace", statistic = "Minimum", below = 2147483648
        dimensions = { DBInstanceIdentifier = var.name }, says = "PostgreSQL has less than 2 GiB of disk"
      }
    },
    { for name in keys(local.services) : "${name}-stopped" => {
      namespace  = "ECS/ContainerInsights", metric = "RunningTaskCount", statistic = "Minimum", below = 1, missing = "breaching"
      dimensions = { ClusterName = var.name, ServiceName = name }, says = "no container of ${name} runs"
    } },
    local.has_siem ? { siem-late = {
      namespace  = "AWS/Firehose", metric = "DeliveryToHttpEndpoint.DataFreshness", statistic = "Maximum", above = 900
      dimensions = { DeliveryStreamName = "${var.name}-siem" }, says = "the SIEM has taken nothing for a quarter of an hour"
    } } : {},
  )

  alarms = merge(
    local.other_alarms,
    { for name, alarm in local.endpoint_alarms : "endpoint-${name}" => merge(alarm, { dimensions = local.of_endpoint }) if local.has_endpoint },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "squatwatch: ${each.value.says}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = can(each.value.above) ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = try(each.value.above, each.value.below)
  period              = try(each.value.period, 300)
  evaluation_periods  = try(each.value.periods, 2)
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = [aws_sns_topic.this["alarms"].arn]
  ok_actions          = [aws_sns_topic.this["alarms"].arn]
}

locals {
  # title → metrics as [namespace, name], and the statistic
  endpoint_plots = {
    "Calls and errors"           = { statistic = "Sum", metrics = [["AWS/SageMaker", "Invocations"], ["AWS/SageMaker", "Invocation4XXErrors"], ["AWS/SageMaker", "Invocation5XXErrors"]] }
    "Calls that found the model" = { statistic = "Average", metrics = [["AWS/SageMaker", "ModelCacheHit"]] }
    "Models in memory"           = { statistic = "Maximum", metrics = [["/aws/sagemaker/Endpoints", "LoadedModelCount"]] }
    "Loading a model (µs)"       = { statistic = "Average", metrics = [for name in ["ModelLoadingWaitTime", "ModelDownloadingTime", "ModelLoadingTime", "ModelUnloadingTime"] : ["AWS/SageMaker", name]] }
    "Latency, p99 (µs)"          = { statistic = "p99", metrics = [["AWS/SageMaker", "ModelLatency"], ["AWS/SageMaker", "OverheadLatency"]] }
    "Memory and CPU (%)"         = { statistic = "Maximum", metrics = [["/aws/sagemaker/Endpoints", "MemoryUtilization"], ["/aws/sagemaker/Endpoints", "CPUUtilization"]] }
  }
  day_plots = {
    "Published, found, scored" = { statistic = "Sum", metrics = [for name in ["published", "label-1", "transformed", "transform-failed"] : ["AWS/Events", "MatchedEvents", "RuleName", "${var.name}-${name}"]] }
    "Containers that run"      = { statistic = "Minimum", metrics = [for name in keys(local.services) : ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", var.name, "ServiceName", name]] }
  }
  plots = merge(local.day_plots, {
    for title, plot in local.endpoint_plots : title => {
      statistic = plot.statistic
      metrics   = [for metric in plot.metrics : concat(metric, ["EndpointName", local.of_endpoint.EndpointName, "VariantName", local.of_endpoint.VariantName])]
    } if local.has_endpoint
  })
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [for index, title in keys(local.plots) : {
      type       = "metric"
      x          = index % 2 * 12
      y          = floor(index / 2) * 6
      width      = 12
      height     = 6
      properties = { title = title, region = var.region, view = "timeSeries", period = 300, stat = local.plots[title].statistic, metrics = local.plots[title].metrics }
    }]
  })
}

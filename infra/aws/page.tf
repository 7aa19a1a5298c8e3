# The page, for people in connected networks and for tasks: an internal load balancer with TLS.
resource "aws_lb" "page" {
  # checkov:skip=CKV_AWS_91: its logs cannot be written to a bucket with a key of KMS; the network's flows and Airflow's log say who came

  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = [for subnet in aws_subnet.private : subnet.id]
  security_groups            = [aws_security_group.this["page"].id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.is_protected
}

resource "aws_lb_target_group" "page" {
  name        = var.name
  vpc_id      = aws_vpc.this.id
  target_type = "ip"
  port        = 8080
  protocol    = "HTTP"

  health_check {
    path    = "/api/v2/version"
    matcher = "200"
  }
}

resource "aws_lb_listener" "page" {
  load_balancer_arn = aws_lb.page.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.page.arn
  }
}

resource "aws_route53_zone" "page" {
  name    = var.hostname
  comment = "resolves the page inside the network"

  vpc {
    vpc_id = aws_vpc.this.id
  }
}

resource "aws_route53_record" "page" {
  zone_id = aws_route53_zone.page.zone_id
  name    = var.hostname
  type    = "A"

  alias {
    name                   = aws_lb.page.dns_name
    zone_id                = aws_lb.page.zone_id
    evaluate_target_health = true
  }
}

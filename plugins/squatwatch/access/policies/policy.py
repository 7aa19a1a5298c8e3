"""IAM identity policies, and what they say about a request: explicit deny, allow, or nothing, which denies too."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from squatwatch.access.policies.patterns import Context, has_unknown_variable, is_action_like, is_arn_like
from squatwatch.access.policies.policy_document import Policy, Statement
from squatwatch.access.refused import Refused

INVOKE = "sagemaker:InvokeEndpoint"


class Decision(Enum):
    """Outcome of all policies of a user together."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"  # no statement speaks about the request
    DENIED = "denied"  # a statement denies it, whatever others allow


def decide(policies: Iterable[Policy], action: str, resource: str, context: Context) -> Decision:
    """Return what policies say about an action on a resource (an ARN); `context` has condition keys in lower case."""
    effects = {
        statement.effect
        for policy in policies
        for statement in policy.statement
        if applies(statement, action, resource, context)
    }
    return Decision.DENIED if "Deny" in effects else Decision.ALLOWED if effects else Decision.NOT_ALLOWED


def applies(statement: Statement, action: str, resource: str, context: Context) -> bool:
    """Return whether a statement speaks about a request."""
    return (
        _is_of_actions(statement, action)
        and _is_of_resources(statement, resource, context)
        and all(condition.holds(context, in_doubt=statement.effect == "Deny") for condition in statement.conditions)
    )


def access_denied(decision: Decision, arn: str, action: str, resource: str) -> Refused:
    """Return the answer to a request that the policies do not allow, in the words of the real service."""
    reason = (
        "with an explicit deny in an identity-based policy"
        if decision is Decision.DENIED
        else f"because no identity-based policy allows the {action} action"
    )
    return Refused(
        "AccessDeniedException",
        f"User: {arn} is not authorized to perform: {action} on resource: {resource} {reason}",
    )


def _is_of_actions(statement: Statement, action: str) -> bool:
    if statement.action is not None:
        return any(is_action_like(wanted, action) for wanted in statement.action)
    return not any(is_action_like(wanted, action) for wanted in statement.not_action or ())


def _is_of_resources(statement: Statement, resource: str, context: Context) -> bool:
    if statement.resource is not None:
        return any(is_arn_like(wanted, resource, context) for wanted in statement.resource)
    excepted = statement.not_resource or ()
    if statement.effect == "Allow" and any(has_unknown_variable(wanted, context) for wanted in excepted):
        return False  # an exception that cannot be read would make the rest larger
    return not any(is_arn_like(wanted, resource, context) for wanted in excepted)

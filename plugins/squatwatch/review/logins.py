"""Logins of a cluster: the roles of Airflow's FAB auth manager that the page needs, and the first admin.

`python -m squatwatch.review.logins` makes what is missing and changes nothing that is there, so `init` of
docker-compose.yml runs it at each start. FAB comes with the extra `celery`; `make up` does without.
"""

from __future__ import annotations

import os
import sys

from squatwatch import DAILY_DAG

VIEWER, ANALYST = "Viewer", "Analyst"
ADMIN = "admin"  # the name of the first login
VARIABLE = "AIRFLOW_ADMIN_PASSWORD"  # its first password


def viewer_permissions() -> list[tuple[str, str]]:
    """Return what a viewer may do: what FAB's own role may, and see pages of plugins in Airflow's navigation."""
    from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
    from airflow.providers.fab.www.security import permissions

    see_plugins = (permissions.ACTION_CAN_READ, permissions.RESOURCE_PLUGIN)
    return [*FabAirflowSecurityManagerOverride.VIEWER_PERMISSIONS, see_plugins]


def analyst_permissions() -> list[tuple[str, str]]:
    """Return what an analyst may do: see what a viewer sees, judge (`access.may_write`), run dates (`may_trigger`)."""
    from airflow.providers.fab.www.security import permissions

    judge = (permissions.ACTION_CAN_EDIT, permissions.resource_name(DAILY_DAG, permissions.RESOURCE_DAG))
    trigger = (permissions.ACTION_CAN_CREATE, permissions.resource_name(DAILY_DAG, permissions.RESOURCE_DAG_RUN))
    return [*viewer_permissions(), judge, trigger]


def make_logins(admin_password: str) -> None:
    """Make FAB's own roles, what ours may besides, and the first admin where nobody has that name yet."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        manager = builder.sm
        manager.sync_roles()
        roles = {VIEWER: viewer_permissions(), ANALYST: analyst_permissions()}
        manager.bulk_sync_roles([{"role": role, "perms": may} for role, may in roles.items()])
        if manager.find_user(ADMIN) is None:
            role = manager.find_role("Admin")
            manager.add_user(ADMIN, "The first", "admin", f"{ADMIN}@localhost", role, admin_password)


def main() -> None:
    """Make the logins. End the program where the first admin has no password."""
    password = os.environ.get(VARIABLE)
    if not password:
        sys.exit(f"{VARIABLE} is not set; it is the first password of the login {ADMIN}")
    make_logins(password)
    print(f"roles {VIEWER}, {ANALYST}, Op and Admin are there, and the login {ADMIN}")


if __name__ == "__main__":
    main()

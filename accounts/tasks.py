"""Periodic tasks of accounts."""

from celery import shared_task

from accounts.imports import export_job
from accounts.imports import retention as imports
from accounts.school import licence, previous_keys, retention
from accounts.sign_in import api_tokens, services


@shared_task
def delete_expired_sign_in_data() -> int:
    return services.delete_expired()


@shared_task
def delete_expired_imports() -> int:
    return imports.delete_old_imports() + export_job.delete_expired_exports()


@shared_task
def check_school_deadlines() -> int:
    """Notify about licences that end soon, and delete expired previous keys."""
    return licence.notify_licence_ends() + previous_keys.drop_expired_keys()


@shared_task
def notify_token_owners() -> int:
    """Notify the owners of REST tokens that expire soon."""
    return api_tokens.notify_expiring_tokens()


@shared_task
def apply_retention() -> int:
    """Delete data beyond the retention periods of all schools."""
    return retention.clear_all_schools()

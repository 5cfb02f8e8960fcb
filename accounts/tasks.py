"""Periodic tasks of accounts."""

from celery import shared_task

from accounts.imports import export_job
from accounts.imports import retention as imports
from accounts.imports.one_roster.service import runs
from accounts.people import age_and_consent
from accounts.people.guardian_notices import sending
from accounts.people.guardian_notices import services as guardian_notices
from accounts.school import licence, previous_keys, retention
from accounts.school.identity.saml import exchange
from accounts.sign_in import api_tokens, forgotten_passwords, services
from accounts.sign_in.guardians import mails
from accounts.sign_in.guardians import services as guardians
from console.call_limits import at_most
from console.statement_limits import allow_long_statements


@shared_task
def delete_expired_sign_in_data() -> int:
    return services.delete_expired() + exchange.delete_expired_requests() + guardians.delete_expired()


@shared_task
@at_most(2)
def answer_password_requests() -> int:
    """Answer people who forgot their password, and send invitations of guardians.

    The pages wake the worker, and the schedule looks as well.
    """
    done = forgotten_passwords.answer_requests() + mails.answer_requests()
    return done + mails.send_due_invitations()


@shared_task
@allow_long_statements()
def delete_expired_imports() -> int:
    deleted = imports.delete_old_imports() + imports.clear_old_undo_data()
    return deleted + export_job.delete_expired_exports()


@shared_task
def read_roster_services() -> int:
    """Start the nightly runs of OneRoster services that are due."""
    return runs.start_nightly_runs()


@shared_task
def check_school_deadlines() -> int:
    """Notify about licences that end soon, delete expired previous keys, and follow birthdays."""
    ended = licence.notify_licence_ends() + previous_keys.drop_expired_keys()
    return ended + age_and_consent.refresh_age_groups()


@shared_task
@at_most(2)
def deliver_guardian_notices() -> int:
    """Send due notifications to guardians, and delete those beyond their retention."""
    return sending.deliver_due_notices() + guardian_notices.delete_old_notices()


@shared_task
def notify_token_owners() -> int:
    """Notify the owners of REST tokens that expire soon."""
    return api_tokens.notify_expiring_tokens()


@shared_task
@allow_long_statements()
def apply_retention() -> int:
    """Delete data beyond the retention periods of all schools."""
    return retention.clear_all_schools()

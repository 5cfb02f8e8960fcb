"""Renewal of a school's secret callback address."""

from django.db import transaction

from accounts.models import Enterprise, User
from accounts.models.enterprise import callback_token
from accounts.school.services import use_own_callback
from console.audit.trail import CHANGED_MARKER, record
from console.inbox.ingestion import clear_sender_cache


@transaction.atomic
def renew_callback_address(*, school: Enterprise, by: User | None) -> Enterprise:
    """Generate a new callback address, send it to the API and return the stored school.

    The old address is refused from now on; other processes cache it for up to a minute. No callback is lost:
    the API repeats a refused one ten times, a minute apart.
    """
    school = Enterprise.objects.select_for_update().get(pk=school.pk)
    school.callback_token = callback_token()
    school.save(update_fields=["callback_token"])
    record("school.change", school, by=by, after={"callback_token": CHANGED_MARKER})
    transaction.on_commit(clear_sender_cache)
    return use_own_callback(school=school, by=by)

"""Settings of the OneRoster service of a school. Each service is one transaction with an audit entry."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.imports.one_roster.service.client import ServiceFailed, read_page, request_token
from accounts.imports.one_roster.service.runs import failure_text
from accounts.models import Enterprise, RosterConnection, User
from console.audit.trail import record
from console.concurrency import changed_fields, lock_row, service, value_digests
from console.vault.forms import check_secret_entered

FIELDS = ("version", "url", "token_url", "client_id", "client_secret", "is_nightly", "max_change")
#: Columns that are not entered.
UNCHECKED = ("enterprise", "by", "synced_at", "full_at", "read_at", "newest")
#: Fields that say where the secret is sent.
DESTINATION = ("url", "token_url", "client_id")


class Result(NamedTuple):
    """What a test found, as a sentence."""

    succeeded: bool
    message: str


def connection_of(school: Enterprise) -> RosterConnection | None:
    return RosterConnection.objects.filter(enterprise=school).select_related("newest").first()


@service
def save_connection(
    *, school: Enterprise, by: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> RosterConnection:
    """Enter the service of a school, or change it. From another address everything is read again."""
    lock_row(school)
    stored = connection_of(school)
    if stored is None:
        stored = RosterConnection(enterprise=school, by=by, **fields)
        stored.full_clean(exclude=UNCHECKED)
        stored.save(force_insert=True)
        record("roster.service", stored, by=by, after=_facts(fields))
        return stored
    changed = changed_fields(stored, fields, value_digests(stored, fields) if seen is None else seen)
    check_secret_entered(fields, changed, secret="client_secret", sent_by=DESTINATION)
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.by = by
    if "url" in changed:
        stored.synced_at = stored.full_at = None
    stored.full_clean(exclude=UNCHECKED)
    stored.save(update_fields=[*changed, "by", "synced_at", "full_at"])
    if changed:
        record("roster.service", stored, by=by, after=_facts(changed))
    return stored


@service
def remove_connection(*, connection: RosterConnection, by: User) -> None:
    """Delete the settings with the secret. People, groups and terms stay."""
    stored = lock_row(connection)
    record("roster.service_removed", stored, by=by, before={"url": stored.url})
    stored.delete()


def check_connection(connection: RosterConnection) -> Result:
    """Get a token and the first classes, as a run does; nothing is stored."""
    try:
        page = read_page(connection, request_token(connection), "classes", 0, None)
    except ServiceFailed as failure:
        return Result(False, failure_text(failure.code))
    total = len(page.records) if page.total is None else page.total
    return Result(True, _("The service answers. It has %(n)d classes.") % {"n": total})


def _facts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the audit trail keeps: of the secret only that it was entered."""
    return {
        name: True if name == "client_secret" else value
        for name, value in fields.items()
        if name != "client_secret" or value
    }

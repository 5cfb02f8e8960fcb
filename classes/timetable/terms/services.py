"""Save and delete terms and holidays, of the school or of one term.

Series planned before a change stay as they are.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import Holiday, Term
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import changed_fields, service, value_digests
from console.deleted_rows import Kept, delete_keeping, undo_deletion
from console.undo import register_undo

FIELDS = ("name", "term", "starts_on", "ends_on")
TermOrHoliday = Term | Holiday


@service
def save_days(
    *, days: TermOrHoliday, by: User | None, seen: Mapping[str, str] | None = None, **fields: Any
) -> TermOrHoliday:
    """Create a term or a holiday with these fields, or change it.

    Raises ValidationError if a field is invalid or the row was deleted meanwhile; EditConflict if somebody
    else changed the same fields since `seen` (`value_digests`), by default since `days` were read.
    """
    base = value_digests(days, fields) if seen is None else seen
    _lock_terms(days, fields.get("term"))
    stored = _lock_days(days) if days.pk else copy(days)
    before: dict[str, Any] = snapshot(stored, FIELDS) if days.pk else {}
    changed = changed_fields(stored, fields, base) if days.pk else fields
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean()
    _check_within_term(stored)
    stored.save(update_fields=list(changed) if days.pk else None)
    was, now = diff_snapshots(before, snapshot(stored, FIELDS))
    if now:
        record("term.save", stored, by=by, before=was, after=now)
    return stored


def _lock_terms(days: TermOrHoliday, other: Term | None = None) -> None:
    """Lock terms before their holidays, so that nobody moves the term that contains these days."""
    terms = {days.pk} if isinstance(days, Term) else {days.term_id, other.pk if other else None}
    known = [pk for pk in terms if pk is not None]
    rows = Term.objects.select_for_update(no_key=isinstance(days, Holiday)).filter(pk__in=known)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _lock_days(days: TermOrHoliday) -> TermOrHoliday:
    stored: TermOrHoliday | None = type(days)._default_manager.select_for_update().filter(pk=days.pk).first()
    if stored is None:
        raise ValidationError(_("Someone deleted “%(name)s” in the meantime.") % {"name": days.name})
    return stored


def _check_within_term(days: TermOrHoliday) -> None:
    """Check that the days of a term lie within it, whichever of both is saved."""
    if isinstance(days, Term):
        inside = {"starts_on__gte": days.starts_on, "ends_on__lte": days.ends_on}
        if days.pk and (one := days.holidays.exclude(**inside).first()):
            message = _("The holiday “%(name)s” would fall outside the term. Change or delete it first.")
            raise ValidationError({"ends_on": message % {"name": one}})
    elif days.term_id is not None:
        term = Term.objects.get(pk=days.term_id)  # current, because it is locked
        if term.enterprise_id != days.enterprise_id:
            raise ValidationError({"term": _("This term does not belong to your school.")})
        if days.starts_on < term.starts_on or days.ends_on > term.ends_on:
            message = _("The term “%(name)s” lasts from %(first)s to %(last)s. Choose days within it.")
            names = {"name": term, "first": term.starts_on.isoformat(), "last": term.ends_on.isoformat()}
            raise ValidationError({"ends_on": message % names})


@service
def delete_days(*, days: TermOrHoliday, by: User | None) -> Kept:
    """Delete a holiday, or a term with its holidays. Lessons left out because of them are not added.

    Raises ValidationError if somebody else deleted it.
    """
    _lock_terms(days)
    days = _lock_days(days)
    own = sorted(days.holidays.values_list("name", flat=True)) if isinstance(days, Term) else []
    before = snapshot(days, FIELDS) | ({"holidays": own} if own else {})
    record("term.delete", days, by=by, before=before)
    return delete_keeping(days)


def _check_restored(days: TermOrHoliday) -> None:
    """Raise ValidationError if a holiday is outside of its term, which was changed since."""
    _lock_terms(days)
    _check_within_term(days)


register_undo("term.delete", undo_deletion("term", check=_check_restored))

"""Keeping the school's year: terms and holidays, of the school or of one term.

Series planned before a change stay as they are.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import Holiday, Term
from console.audit.trail import changes, record, snapshot

FIELDS = ("name", "term", "starts_on", "ends_on")
Days = Term | Holiday


@transaction.atomic
def save_days(*, days: Days, by: User | None) -> Days:
    """Make or change a term or a holiday. ValidationError where a field does not hold."""
    days.full_clean()
    _check_inside(days)
    stored = type(days)._default_manager.filter(pk=days.pk).first() if days.pk else None
    before: dict[str, Any] = snapshot(stored, FIELDS) if stored else {}
    days.save()
    was, now = changes(before, snapshot(days, FIELDS))
    if now:
        record("term.save", days, by=by, before=was, after=now)
    return days


def _check_inside(days: Days) -> None:
    """The days of a term lie in it, whichever of both is saved."""
    if isinstance(days, Term):
        inside = {"starts_on__gte": days.starts_on, "ends_on__lte": days.ends_on}
        if days.pk and (one := days.holidays.exclude(**inside).first()):
            told = _("“%(name)s” of this term would lie outside it. Change or delete it first.")
            raise ValidationError({"ends_on": told % {"name": one}})
    elif (term := days.term) is not None:
        if term.enterprise_id != days.enterprise_id:
            raise ValidationError({"term": _("This term is not of your school.")})
        if days.starts_on < term.starts_on or days.ends_on > term.ends_on:
            told = _("The term “%(name)s” is from %(first)s to %(last)s. Choose days in it.")
            names = {"name": term, "first": term.starts_on.isoformat(), "last": term.ends_on.isoformat()}
            raise ValidationError({"ends_on": told % names})


@transaction.atomic
def delete_days(*, days: Days, by: User | None) -> None:
    """Delete a holiday, or a term with its own; lessons that they kept from being planned do not come by
    themselves."""
    own = sorted(days.holidays.values_list("name", flat=True)) if isinstance(days, Term) else []
    told = snapshot(days, FIELDS) | ({"holidays": own} if own else {})
    record("term.delete", days, by=by, before=told)
    days.delete()

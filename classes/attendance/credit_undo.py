"""Take back that a guest was matched with a student, or that the match was undone (`console.undo`)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from classes.attendance.appeals import restore_credit, undo_credit
from classes.attendance.permissions import may_change_register
from classes.models import GuestCredit
from console.undo import register_undo


def _find(by: Any, key: int) -> GuestCredit:
    rows = GuestCredit.objects.select_related("lesson__enterprise", "lesson__teacher", "person")
    credit = rows.filter(pk=key, lesson__enterprise=by.enterprise_id).first()
    if credit is None or not may_change_register(by, "credit", credit.lesson):
        raise ValidationError(_("This cannot be taken back."))
    return credit


def _undo_match(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_credit(credit=_find(by, key), by=by)


def _restore_match(by: Any, key: int, values: Mapping[str, Any]) -> None:
    restore_credit(credit=_find(by, key), by=by, at=values["at"])


register_undo("guest.match", _undo_match)
register_undo("guest.unmatch", _restore_match)

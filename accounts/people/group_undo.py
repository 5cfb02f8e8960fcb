"""Take back the archiving of a group (`console.undo`)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import StudentGroup
from accounts.people.group_services import restore_group
from console.policy import scoped
from console.undo import register_undo


def _undo_archive(by: Any, key: int, values: Mapping[str, Any]) -> None:
    group = scoped(StudentGroup.objects.all(), by, "group", "change").filter(pk=key).first()
    if group is None:
        raise ValidationError(_("This cannot be taken back."))
    restore_group(group=group, by=by)


register_undo("group.archive", _undo_archive)

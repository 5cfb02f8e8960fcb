"""Take back that a person was deactivated or reactivated (`console.undo`).

What deactivating ended, such as sessions and REST tokens, stays ended.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.people.services import deactivate_person, reactivate_person
from console.policy import scoped
from console.undo import register_undo


def _undo(service: Callable[..., User], by: Any, key: int, values: Mapping[str, Any]) -> None:
    people = scoped(User.objects.exclude(role=Role.VISITOR), by, "person", "change")
    person = people.filter(pk=key, is_active=service is deactivate_person).first()
    if person is None:
        raise ValidationError(_("This cannot be taken back."))
    service(person=person, by=by)


register_undo("person.deactivate", partial(_undo, reactivate_person))
register_undo("person.reactivate", partial(_undo, deactivate_person))

"""实时成员: who is in the room now."""

from typing import Any

from django.db.models import QuerySet

from ..store.models import Classroom, Stay
from .presence import REMEMBERED


def inside(room: Classroom) -> QuerySet[Stay]:
    """The open stays of a class, in the order of entry."""
    return (
        Stay.objects.filter(classroom=room, quit_time=None)
        .select_related("person")
        .order_by("enter_time", "id")
    )


def person_of(stay: Stay) -> dict[str, Any]:
    """What both member lists say of a person."""
    person = stay.person
    return {
        "user_id": person.user_id,
        "nickname": person.nickname,
        "gender": person.gender,
        "avatar": person.avatar,
        "enter_time": stay.enter_time,
        "role": stay.role,
    }


def row(stay: Stay) -> dict[str, Any]:
    """A row of member/runtime/list. `status` in small letters, as in the example."""
    return person_of(stay) | {"status": {name: getattr(stay, name) for name in REMEMBERED}}

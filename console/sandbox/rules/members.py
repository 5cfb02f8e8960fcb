"""预约成员: increments of the list of people expected in a class."""

from .. import ledger
from ..errors import Code, Refusal
from ..store.models import Classroom, Member
from . import access


def add(room: Classroom, wanted: list[dict[str, str]]) -> None:
    """Expect more people; somebody expected already takes the new role. A running class may grow."""
    _not_over(room)
    people = access.people(room.enterprise, [one["user_id"] for one in wanted])
    for one in wanted:
        role = "teacher" if one["user_id"] == room.teacher_id else one["role"]
        Member.objects.update_or_create(
            classroom=room, person=people[one["user_id"]], defaults={"role": role}
        )
    ledger.effect(
        room.enterprise, "class", room.class_id, "members_added", list=[one["user_id"] for one in wanted]
    )


def remove(room: Classroom, user_ids: list[str]) -> None:
    """Expect these no more; who is not expected is passed over, the teacher always stays."""
    _not_over(room)
    if room.teacher_id in user_ids:
        raise Refusal(Code.NO_PERMISSION, "the teacher is always a member of the class")
    Member.objects.filter(classroom=room, person__user_id__in=user_ids).delete()
    ledger.effect(room.enterprise, "class", room.class_id, "members_deleted", list=user_ids)


def _not_over(room: Classroom) -> None:
    if room.status == "end":
        raise Refusal(Code.CLASS_OVER, "the class is over")

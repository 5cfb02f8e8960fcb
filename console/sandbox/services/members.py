"""预约成员: changes to the list of members of a class."""

from console.sandbox import ledger
from console.sandbox.errors import Code, Refusal
from console.sandbox.services import access
from console.sandbox.store.models import Classroom, Member


def add_members(room: Classroom, wanted: list[dict[str, str]]) -> None:
    """Add members; an existing one takes the new role. Also possible while the class runs."""
    _check_not_over(room)
    people = access.get_people(room.enterprise, [one["user_id"] for one in wanted])
    for one in wanted:
        role = "teacher" if one["user_id"] == room.teacher_id else one["role"]
        Member.objects.update_or_create(
            classroom=room, person=people[one["user_id"]], defaults={"role": role}
        )
    ledger.record_effect(
        room.enterprise, "class", room.class_id, "members_added", list=[one["user_id"] for one in wanted]
    )


def remove_members(room: Classroom, user_ids: list[str]) -> None:
    """Remove members; unknown ones are ignored, and the teacher always stays."""
    _check_not_over(room)
    if room.teacher_id in user_ids:
        raise Refusal(Code.NO_PERMISSION, "the teacher is always a member of the class")
    Member.objects.filter(classroom=room, person__user_id__in=user_ids).delete()
    ledger.record_effect(room.enterprise, "class", room.class_id, "members_deleted", list=user_ids)


def _check_not_over(room: Classroom) -> None:
    if room.status == "end":
        raise Refusal(Code.CLASS_OVER, "the class is over")

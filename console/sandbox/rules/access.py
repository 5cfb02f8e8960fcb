"""Finding a class and its people, or refusing in the service's words."""

from .. import knobs
from ..errors import Code, Refusal
from ..store.models import Classroom, Enterprise, Member, Person
from . import users


def classroom(enterprise: Enterprise, class_id: int) -> Classroom:
    """The class, or Refusal 10230."""
    found = (
        Classroom.objects.select_related("enterprise")
        .filter(enterprise=enterprise, class_id=class_id, deleted=False)
        .first()
    )
    if found is None:
        raise Refusal(Code.NO_SUCH_CLASS, f"there is no class {class_id}")
    return found


def people(enterprise: Enterprise, user_ids: list[str]) -> dict[str, Person]:
    """The persons by user id; Refusal 10215 names the first unknown one.

    Where the knob lets unknown people be expected, an account without a profile is made for them.
    """
    known = {p.user_id: p for p in Person.objects.filter(enterprise=enterprise, user_id__in=user_ids)}
    for user_id in user_ids:
        if user_id in known:
            continue
        if knobs.value("members_must_exist"):
            raise Refusal(Code.NO_SUCH_USER, f"there is no user {user_id}")
        known[user_id] = users.create(enterprise, user_id, "student")
    return known


def role_in(room: Classroom, person: Person) -> str | None:
    """The role of a person in a class; empty where they are no member.

    A supervisor or administrator of the enterprise may enter any class as what they are.
    """
    member = Member.objects.filter(classroom=room, person=person).first()
    if member is not None:
        return member.role
    return person.role if person.role in ("superadmin", "admin", "supervisor") else None

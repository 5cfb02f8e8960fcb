"""Look up classes and people, or raise the service's refusal."""

from console.sandbox import knobs
from console.sandbox.errors import Code, Refusal
from console.sandbox.services import users
from console.sandbox.store.models import Classroom, Enterprise, Member, Person


def get_class(enterprise: Enterprise, class_id: int) -> Classroom:
    """Return the class; raise Refusal 10230 if there is none."""
    found = Classroom.objects.filter(enterprise=enterprise, class_id=class_id, deleted=False).first()
    if found is None:
        raise Refusal(Code.NO_SUCH_CLASS, f"there is no class {class_id}")
    found.enterprise = enterprise
    return found


def get_people(enterprise: Enterprise, user_ids: list[str]) -> dict[str, Person]:
    """Return the people by user id; Refusal 10215 names the first unknown one.

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


def role_in_class(room: Classroom, person: Person) -> str | None:
    """Return the role of a person in a class; empty if they are not a member.

    A supervisor or administrator of the enterprise may enter any class as what they are.
    """
    member = Member.objects.filter(classroom=room, person=person).first()
    if member is not None:
        return member.role
    return person.role if person.role in ("superadmin", "admin", "supervisor") else None

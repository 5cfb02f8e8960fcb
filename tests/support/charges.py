"""Put people in charge of groups and grades, without the service and its audit entry."""

from typing import Any

from accounts.models import Grade, StudentGroup, TeacherInCharge, User


def put_in_charge(of: StudentGroup | Grade, teacher: User, **fields: Any) -> TeacherInCharge:
    """Add a charge of a group or a grade; without days it always holds."""
    subject: Any = {"grade" if isinstance(of, Grade) else "group": of}
    return TeacherInCharge.objects.create(
        enterprise_id=of.enterprise_id, teacher=teacher, **subject, **fields
    )


def replace_in_charge(groups: Any, teacher: User) -> None:
    """Make a teacher the only one in charge of these groups, for ever."""
    for group in groups:
        group.charges.all().delete()
        put_in_charge(group, teacher)


def put_in_charge_of_students(teacher: User, *students: User) -> StudentGroup:
    """Put a teacher in charge of a new group that has these students alone."""
    group = StudentGroup.objects.create(enterprise_id=teacher.enterprise_id, name="Croquet team")
    group.students.add(*students)
    put_in_charge(group, teacher)
    return group

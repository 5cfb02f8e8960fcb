"""Notify people of warnings, once for each crossing, and of those that are taken back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.urls import reverse

from accounts.models import Enterprise, Role, User
from accounts.people.charges import teachers_of
from accounts.people.queries import active_people
from classes.attendance.thresholds.sentences import rate
from classes.models import AttendanceWarning, ThresholdRule
from console.bulk_sql import bulk_update
from console.notifications.services import notify
from console.policy import may

#: Somebody who would get more of them at once gets one notification with their number.
MAX_SINGLE_NOTICES = 5


def notify_warnings(
    school: Enterprise, rules: Iterable[ThresholdRule], warnings: Sequence[AttendanceWarning]
) -> None:
    """Notify those whom the rules name of these new warnings, and note in each warning who was told."""
    if not warnings:
        return
    rule_by_key = {rule.pk: rule for rule in rules}
    office = list(active_people(school.pk, Role.SUPERADMIN, Role.ADMIN))
    teachers = teachers_of(school, {one.person_id for one in warnings})
    course_teachers = User.objects.filter(courses_taught__threshold_rules__in=rule_by_key, is_active=True)
    by_rule = {
        rule: teacher
        for teacher in course_teachers.prefetch_related("courses_taught__threshold_rules").distinct()
        for course in teacher.courses_taught.all()
        for rule in (one.pk for one in course.threshold_rules.all())
    }
    people = User.objects.in_bulk({one.person_id for one in warnings})
    staff: dict[User, list[AttendanceWarning]] = defaultdict(list)
    for one in warnings:
        one.person = people[one.person_id]
        rule = rule_by_key[one.rule_id]
        told = list(office) if rule.tells_office else []
        if rule.tells_teachers:
            told += [*teachers.get(one.person_id, ()), *([by_rule[rule.pk]] if rule.pk in by_rule else [])]
        for person in {person.pk: person for person in told}.values():
            staff[person].append(one)
        student = [one.person] if rule.tells_student else []
        for person in student:
            person.enterprise = school  # the same row, without a query for each
            _notify(one, [person], own=True)
        one.facts["told"] = sorted({person.pk for person in (*told, *student)})
    for person, found in staff.items():
        _notify_person(person, found)
    bulk_update(warnings, ["facts"])


def notify_withdrawals(warnings: Iterable[AttendanceWarning]) -> None:
    """Notify all who were told of these warnings that they were taken back."""
    for one in warnings:
        told = list(User.objects.filter(pk__in=one.facts.get("told", []), is_active=True))
        key = f"warning.back.{one.pk}"
        own = [person for person in told if person.pk == one.person_id]
        staff = [person for person in told if person.pk != one.person_id]
        notify("warning.own_back", people=own, key=key, link=_own_link(one))
        notify("warning.back", people=staff, key=key, args=_names(one), link=_link(one))


def _notify_person(person: User, warnings: Sequence[AttendanceWarning]) -> None:
    if len(warnings) <= MAX_SINGLE_NOTICES:
        for one in warnings:
            _notify(one, [person])
        return
    notify(
        "warning.many",
        people=[person],
        key=f"warning.many.{warnings[0].pk}",
        args={"n": len(warnings)},
        link=reverse("classes:warnings"),
    )


def _notify(warning: AttendanceWarning, people: Sequence[User], own: bool = False) -> None:
    """Notify people of a warning; `own`: the student, and of an appeal only one who may."""
    facts = warning.facts
    kind = f"warning.{facts['kind']}"
    if own:
        appeals = all(may(one, "add", "appeal") for one in people)
        kind = f"warning.own_{facts['kind']}{'' if appeals else '_final'}"
    notify(
        kind,
        people=people,
        key=f"warning.{warning.pk}",
        args={"count": facts["count"], "days": facts["days"], "share": rate(facts)}
        | ({} if own else _names(warning)),
        link=_own_link(warning) if own else _link(warning),
    )


def _names(warning: AttendanceWarning) -> dict[str, str]:
    return {"name": warning.person.nickname or warning.person.user_id}


def _link(warning: AttendanceWarning) -> str:
    return reverse("classes:warning", args=[warning.pk])


def _own_link(warning: AttendanceWarning) -> str:
    return reverse("classes:report_student", args=[warning.person_id])

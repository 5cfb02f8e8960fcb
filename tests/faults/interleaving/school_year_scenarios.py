"""Acts on a grade, a subject, and the end-of-year roll-over of a school."""

import itertools
from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Enterprise, Grade, Role, StudentGroup, TeacherInCharge, User
from accounts.people.charge_services import add_charge, edit_charge, end_charge
from accounts.people.grades.services import add_grade, delete_grade, move_grade, rename_grade
from accounts.people.group_services import archive_group, save_group
from accounts.people.services import deactivate_person
from classes.attendance.policy_changes import set_course_rules
from classes.models import Course, Lesson, RollOver, Subject, Term
from classes.timetable.courses.cancellation import cancel_course
from classes.timetable.courses.changes import change_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.roll_over.edits import RowEdit
from classes.timetable.roll_over.plan import build_preview
from classes.timetable.roll_over.services import (
    apply_roll_over,
    discard_roll_over,
    save_choices,
    start_roll_over,
)
from classes.timetable.roll_over.undo import undo_roll_over
from classes.timetable.subjects.services import delete_subject, edit_subject
from classes.timetable.terms.services import save_days
from console.audit.models import AuditEntry
from tests.faults.intents import IntentContext
from tests.faults.interleaving import scenario
from tests.faults.interleaving.row_states import RowState
from tests.faults.interleaving.scenario import Act, Scenario

_numbers = itertools.count(1)
FIRST = datetime(2031, 3, 3, 9, 0)


def create_school() -> dict[str, Any]:
    """A school of its own: two grades, a group in each, an administrator, two teachers and three students."""
    number = 1_400_950_000 + next(_numbers)
    school = Enterprise.objects.create(name="Wonderland", sdkappid=number, tic_key="k" * 32)
    roles = {"alice": Role.ADMIN, "tom": Role.TEACHER, "tess": Role.TEACHER}
    people = {
        label: User(
            enterprise=school,
            user_id=label,
            login=f"{label}@{number}",
            remote_id=label,
            nickname=label,
            role=roles.get(label, Role.STUDENT),
            sync_state="in_sync",
        )
        for label in (*roles, "ann", "ben", "cid")
    }
    User.objects.bulk_create(people.values())
    seven, eight = (Grade.objects.create(enterprise=school, name=f"Grade {n}", position=n) for n in (7, 8))
    lower = StudentGroup.objects.create(enterprise=school, name="7A", grade=seven)
    upper = StudentGroup.objects.create(enterprise=school, name="8A", grade=eight)
    lower.students.set([people["ann"], people["ben"]])
    upper.students.set([people["cid"]])
    return people | {"school": school, "seven": seven, "eight": eight, "lower": lower, "upper": upper}


def fresh(subject: scenario.Subject, name: str) -> Any:
    """A row beside the subject as it stands; Http404 where it is gone, as for a request."""
    row = subject.more[name]
    return get_object_or_404(type(row), pk=row.pk)


def school_rows(school: Enterprise) -> RowState:
    """What stands in the school, by name, and how often each action stands on its trail."""
    groups = StudentGroup.objects.filter(enterprise=school).order_by("pk")
    courses = Course.objects.filter(enterprise=school).order_by("pk")
    lessons = Lesson.objects.filter(enterprise=school, cancelled_at=None)
    charges = TeacherInCharge.objects.filter(enterprise=school).order_by("teacher__user_id", "kind")
    trail: dict[str, int] = {}
    for action in AuditEntry.objects.filter(enterprise=school).values_list("action", flat=True):
        trail[action] = trail.get(action, 0) + 1
    return {
        "groups": [
            (one.name, one.sort_name, str(one.grade or ""), one.is_archived, _labels(one.students))
            for one in groups.select_related("grade")
        ],
        "grades": list(Grade.objects.filter(enterprise=school).values_list("name", flat=True)),
        "inactive": _labels(User.objects.filter(enterprise=school, is_active=False)),
        "courses": [
            (
                one.title,
                str(one.term or ""),
                str(one.subject or ""),
                one.teacher.user_id,
                _labels(one.members),
            )
            for one in courses.select_related("term", "subject", "teacher")
        ],
        "lessons": sorted(map(str, lessons.values_list("topic", "starts_at", "course__term__name"))),
        "charges": [(one.teacher.user_id, one.kind, str(one.ends_on), str(one.grade)) for one in charges],
        "subjects": [
            (one.name, one.colour, _labels(one.teachers)) for one in Subject.objects.filter(enterprise=school)
        ],
        "roll-overs": sorted(RollOver.objects.filter(enterprise=school).values_list("state", flat=True)),
        "trail": dict(sorted(trail.items())),
    }


def _labels(people: Any) -> list[str]:
    return sorted(people.values_list("user_id", flat=True))


def _state(subject: scenario.Subject) -> RowState:
    return school_rows(subject.more["school"])


def grade_scenario(world: IntentContext) -> Scenario:
    def make() -> scenario.Subject:
        rows = create_school()
        head = add_charge(grade=rows["seven"], teacher=rows["tom"], by=rows["alice"])
        return scenario.Subject(rows["seven"], {}, more=rows | {"head": head})

    def rename(name: str) -> Act:
        return lambda subject: rename_grade(grade=subject.fresh(), name=name, by=subject.more["alice"])

    def move(name: str, up: bool) -> Act:
        return lambda subject: move_grade(grade=fresh(subject, name), up=up, by=subject.more["alice"])

    def of_group(name: str, grade: str) -> Act:
        return lambda subject: save_group(
            group=fresh(subject, name), students=None, by=subject.more["alice"], grade=fresh(subject, grade)
        )

    acts: dict[str, Act] = {
        "rename": rename("Year 7"),
        "rename otherwise": rename("Form 1"),
        "move down": move("seven", up=False),
        "move the other up": move("eight", up=True),
        "delete": lambda subject: delete_grade(grade=subject.fresh(), by=subject.more["alice"]),
        "add one": lambda subject: add_grade(name="Year 7", by=subject.more["alice"]),
        "a group comes": of_group("upper", "seven"),
        "a group goes": of_group("lower", "eight"),
        "deputy": lambda subject: add_charge(
            grade=subject.fresh(), teacher=subject.more["tess"], by=subject.more["alice"], kind="deputy"
        ),
        "last day": lambda subject: edit_charge(
            charge=fresh(subject, "head"), by=subject.more["alice"], ends_on=date(2099, 1, 31)
        ),
        "end head": lambda subject: end_charge(charge=fresh(subject, "head"), by=subject.more["alice"]),
    }
    return Scenario("grade", make, _state, acts)


def subject_scenario(world: IntentContext) -> Scenario:
    def make() -> scenario.Subject:
        rows = create_school()
        taught = Subject.objects.create(enterprise=rows["school"], name="Games", colour=1)
        with timezone.override(rows["school"].tz):
            course = _plan(rows, "Croquet", subject=taught)
            other = _plan(rows, "Chess", day=4)
        return scenario.Subject(taught, {}, more=rows | {"course": course, "other": other})

    def edit(**fields: Any) -> Act:
        return lambda subject: edit_subject(subject=subject.fresh(), by=subject.more["alice"], **fields)

    def of_course(name: str, **fields: Any) -> Act:
        def act(subject: scenario.Subject) -> None:
            chosen = fields or {"subject": subject.fresh()}
            change_course(course=fresh(subject, name), by=subject.more["alice"], **chosen)

        return act

    acts: dict[str, Act] = {
        "rename": edit(name="Sports"),
        "rename otherwise": edit(name="Play"),
        "colour": edit(colour=4),
        "teachers": lambda subject: edit_subject(
            subject=subject.fresh(), by=subject.more["alice"], teachers=[subject.more["tom"]]
        ),
        "delete": lambda subject: delete_subject(subject=subject.fresh(), by=subject.more["alice"]),
        "a course takes it": of_course("other"),
        "a course drops it": of_course("course", subject=None),
        "rename its course": of_course("course", title="Croquet one"),
        "plan a course": lambda subject: _plan(subject.more, "Bowls", day=5, subject=subject.fresh()),
    }
    return Scenario("subject", make, _state, acts)


def roll_over_scenario(world: IntentContext) -> Scenario:
    """What is confirmed, beside everything that it rests on."""

    def make() -> scenario.Subject:
        rows = create_draft()
        preview = build_preview(rows["draft"])
        assert preview is not None
        return scenario.Subject(rows["draft"], {}, more=rows | {"digest": preview.digest})

    acts: dict[str, Act] = {
        "confirm": lambda subject: apply_roll_over(
            roll_over=subject.fresh(), seen=subject.more["digest"], by=subject.more["alice"]
        ),
        "choose otherwise": lambda subject: save_choices(
            roll_over=subject.fresh(), groups={subject.more["lower"].pk: RowEdit({"act": "keep"})}
        ),
        "discard": lambda subject: discard_roll_over(roll_over=subject.fresh()),
        "the new term ends later": lambda subject: save_days(
            days=fresh(subject, "new term"), by=subject.more["alice"], ends_on=date(2031, 10, 10)
        ),
        **_acts_beside(),
    }
    return Scenario("roll-over", make, _state, acts, only_with=frozenset({"confirm"}))


def undo_scenario(world: IntentContext) -> Scenario:
    """The undo of a roll-over, beside changes of what it brings back."""

    def make() -> scenario.Subject:
        rows = create_draft()
        preview = build_preview(rows["draft"])
        assert preview is not None
        done = apply_roll_over(roll_over=rows["draft"], seen=preview.digest, by=rows["alice"])
        copy = Course.objects.get(enterprise=rows["school"], term=rows["new term"])
        return scenario.Subject(done, {}, more=rows | {"course": copy})

    acts: dict[str, Act] = {
        "undo": lambda subject: undo_roll_over(roll_over=subject.fresh(), by=subject.more["alice"]),
        "rules of the course": lambda subject: set_course_rules(
            course=fresh(subject, "course"),
            rules={"late_after_s": 60},
            back=False,
            reason="asked for",
            by=subject.more["alice"],
        ),
        **_acts_beside(),
    }
    return Scenario("undo of a roll-over", make, _state, acts, only_with=frozenset({"undo"}))


def create_draft() -> dict[str, Any]:
    """A school with a course of the lower group, and the draft of its roll-over."""
    rows = create_school()
    terms = {
        name: Term.objects.create(enterprise=rows["school"], name=name, starts_on=first, ends_on=last)
        for name, first, last in (
            ("old term", date(2031, 3, 1), date(2031, 6, 30)),
            ("new term", date(2031, 9, 1), date(2031, 9, 30)),
        )
    }
    with timezone.override(rows["school"].tz):
        course = _plan(rows, "Maths", term=terms["old term"], groups=[rows["lower"]])
    draft = start_roll_over(
        school=rows["school"], ending=terms["old term"], beginning=terms["new term"], by=rows["alice"]
    )
    return rows | terms | {"course": course, "draft": draft}


def _acts_beside() -> dict[str, Act]:
    return {
        "rename a group": lambda subject: save_group(
            group=fresh(subject, "lower"), students=None, by=subject.more["alice"], name="Seven"
        ),
        "take a name": lambda subject: save_group(
            group=fresh(subject, "lower"), students=None, by=subject.more["alice"], name="9A"
        ),
        "a student comes": lambda subject: save_group(
            group=fresh(subject, "lower"),
            students=[subject.more[label] for label in ("ann", "ben", "cid")],
            by=subject.more["alice"],
        ),
        "archive a group": lambda subject: archive_group(
            group=fresh(subject, "lower"), by=subject.more["alice"]
        ),
        "delete a grade": lambda subject: delete_grade(
            grade=fresh(subject, "eight"), by=subject.more["alice"]
        ),
        "a leaver goes": lambda subject: deactivate_person(
            person=fresh(subject, "cid"), by=subject.more["alice"]
        ),
        "the teacher goes": lambda subject: deactivate_person(
            person=fresh(subject, "tom"), by=subject.more["alice"]
        ),
        "rename the course": lambda subject: change_course(
            course=fresh(subject, "course"), by=subject.more["alice"], title="Algebra"
        ),
        "cancel the course": lambda subject: cancel_course(
            course=fresh(subject, "course"), by=subject.more["alice"], reason="no teacher"
        ),
    }


def _plan(rows: dict[str, Any], title: str, *, day: int = 3, **fields: Any) -> Course:
    """Plan two lessons of Tom, with Ann unless there are groups."""
    people = {} if "groups" in fields else {"members": [rows["ann"]]}
    return plan_course(
        by=rows["alice"],
        title=title,
        teacher=rows["tom"],
        starts_local=FIRST.replace(day=day),
        duration_minutes=45,
        rrule="FREQ=WEEKLY;COUNT=2",
        **people | fields,
    )

"""Acts on what the office sets: attendance rules and codes, warning rules, webhooks; and on recordings and
courseware."""

import itertools
from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404

from accounts.models import Enterprise
from accounts.school.services import edit_school
from classes.attendance.codes.presets import CODE_SETS
from classes.attendance.codes.services import add_code, edit_code, fill_in_codes, remove_code, uses_of
from classes.attendance.policy import freeze_policy
from classes.attendance.policy_changes import apply_school_policy, set_course_rules, set_lesson_rules
from classes.attendance.register import recompute_register
from classes.attendance.thresholds.services import add_rule, edit_rule, remove_rule, switch_rule
from classes.courseware.attachments import attach_document, detach_document, move_attachment
from classes.models import (
    Attachment,
    Attendance,
    AttendanceCode,
    Course,
    Lesson,
    LessonRecording,
    ThresholdRule,
)
from classes.recordings.services import (
    bin_recording,
    get_lesson_recording,
    restore_recording,
    update_recording,
)
from console.audit.models import AuditEntry
from console.webhooks.models import WebhookDelivery, WebhookEndpoint
from console.webhooks.services import (
    add_endpoint,
    edit_endpoint,
    pause_by_hand,
    remove_endpoint,
    resume,
    rotate_secret,
    send_test,
)
from documents.models import Document
from documents.services import delete_document
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson
from tests.faults.intents import IntentContext
from tests.faults.interleaving.lesson_scenarios import DAY, cast_of
from tests.faults.interleaving.row_states import RowState, audit_counts, row_state
from tests.faults.interleaving.scenario import Act, Scenario, Subject
from tests.faults.interleaving.school_year_scenarios import create_school, fresh

_numbers = itertools.count(1)


def rules_scenario(world: IntentContext) -> Scenario:
    """The attendance rules of a school, a course and its lesson, whose register is open.

    Who changes one rule leaves the others as they read them.
    """

    def make() -> Subject:
        rows = create_school()
        course = Course.objects.create(
            enterprise=rows["school"], title="Croquet", teacher=rows["tom"],
            starts_local=datetime(2027, 3, 2, 9), duration_minutes=45,
        )  # fmt: skip
        lesson = create_finished_lesson(rows["tom"], course=course)
        add_members(lesson, rows["ann"], rows["ben"])
        freeze_policy(lesson)
        recompute_register(lesson)
        return Subject(lesson, {}, more=rows | {"course": course})

    def of_lesson(**rules: int | None) -> Act:
        def act(subject: Subject) -> object:
            lesson, by = subject.fresh(), subject.more["alice"]
            return set_lesson_rules(lesson=lesson, rules=_changed(lesson.rules, rules), reason="exam", by=by)

        return act

    def of_course(back: bool, **rules: int | None) -> Act:
        def act(subject: Subject) -> object:
            course, by = fresh(subject, "course"), subject.more["alice"]
            return set_course_rules(
                course=course, rules=_changed(course.rules, rules), back=back, reason="exam", by=by
            )

        return act

    def state(subject: Subject) -> RowState:
        lesson, course, school = subject.fresh(), fresh(subject, "course"), fresh(subject, "school")
        marks = Attendance.objects.filter(lesson=lesson).order_by("user_id")
        return {
            "lesson": sorted((lesson.rules or {}).items()),
            "course": sorted((course.rules or {}).items()),
            "school": (school.late_after_s, school.present_share),
            "policy": sorted(lesson.policy.items()),
            "marks": list(marks.values_list("user_id", "mark")),
            "trail": audit_counts(lesson, course, school),
        }

    acts: dict[str, Act] = {
        "late": of_lesson(late_after_s=60),
        "late otherwise": of_lesson(late_after_s=120),
        "early": of_lesson(early_leave_s=60),
        "as the course": of_lesson(late_after_s=None, early_leave_s=None),
        "late in the course": of_course(False, late_after_s=180),
        "late in the course, also before": of_course(True, late_after_s=240),
        "share in the course": of_course(True, present_share=40),
        "late in the school": lambda subject: edit_school(
            school=fresh(subject, "school"), by=subject.more["alice"], late_after_s=360
        ),
        "apply the rules of the school": lambda subject: apply_school_policy(
            school=fresh(subject, "school"), by=subject.more["alice"]
        ),
    }
    return Scenario("attendance rules", make, state, acts)


def _changed(rules: dict[str, int] | None, changes: dict[str, int | None]) -> dict[str, int]:
    merged = {**(rules or {}), **changes}
    return {name: value for name, value in merged.items() if value is not None}


def code_scenario(world: IntentContext) -> Scenario:
    """A code of a school, beside the other codes of the school."""

    def make() -> Subject:
        rows = create_school()
        code = add_code(by=rows["alice"], uses=[("late", "")], letters="L", name="Late")
        return Subject(code, {}, more=rows)

    def edit(**fields: Any) -> Act:
        return lambda subject: edit_code(code=subject.fresh(), by=subject.more["alice"], **fields)

    def state(subject: Subject) -> RowState:
        codes = AttendanceCode.objects.filter(enterprise=subject.more["school"])
        return {
            "codes": sorted((one.letters, one.name, one.tone, uses_of(one)) for one in codes),
            "trail": _school_trail(subject.more["school"]),
        }

    acts: dict[str, Act] = {
        "other letters": edit(letters="T"),
        "letters of another": edit(letters="X"),
        "rename": edit(name="Tardy"),
        "colour": edit(tone="warn"),
        "other marks": edit(uses=[("absent", "")]),
        "remove": lambda subject: remove_code(code=subject.fresh(), by=subject.more["alice"]),
        "add": lambda subject: add_code(
            by=subject.more["alice"], uses=[("absent", "")], letters="X", name="Absent"
        ),
        "fill in": lambda subject: fill_in_codes(
            code_set=next(iter(CODE_SETS.values())), by=subject.more["alice"]
        ),
    }
    return Scenario("attendance code", make, state, acts)


def warning_rule_scenario(world: IntentContext) -> Scenario:
    def make() -> Subject:
        rows = create_school()
        return Subject(add_rule(by=rows["alice"], kind="absences", number=3), {}, more=rows)

    def edit(**fields: Any) -> Act:
        return lambda subject: edit_rule(rule=subject.fresh(), by=subject.more["alice"], **fields)

    def switch(on: bool) -> Act:
        return lambda subject: switch_rule(rule=subject.fresh(), on=on, by=subject.more["alice"])

    def state(subject: Subject) -> RowState:
        rules = ThresholdRule.objects.filter(enterprise=subject.more["school"]).order_by("pk")
        return row_state(subject.fresh(), {}) | {
            "rules": sorted((one.number, one.is_on, bool(one.removed_at)) for one in rules),
            "trail": _school_trail(subject.more["school"]),
        }

    acts: dict[str, Act] = {
        "four": edit(number=4),
        "five": edit(number=5),
        "notify the student": edit(tells_student=True),
        "off": switch(on=False),
        "on": switch(on=True),
        "remove": lambda subject: remove_rule(rule=subject.fresh(), by=subject.more["alice"]),
        "add the one of four": lambda subject: add_rule(by=subject.more["alice"], kind="absences", number=4),
        "add the same": lambda subject: add_rule(by=subject.more["alice"], kind="absences", number=3),
    }
    return Scenario("warning rule", make, state, acts)


def webhook_scenario(world: IntentContext) -> Scenario:
    def make() -> Subject:
        rows = create_school()
        endpoint = add_endpoint(
            school=rows["school"], by=rows["alice"], name="Portal", url="https://portal.example.com/events",
            events=["lesson.changed"],
        )  # fmt: skip
        return Subject(endpoint, {}, more=rows)

    def edit(**fields: Any) -> Act:
        return lambda subject: edit_endpoint(endpoint=subject.fresh(), by=subject.more["alice"], **fields)

    def on_endpoint(service: Any) -> Act:
        return lambda subject: service(endpoint=subject.fresh(), by=subject.more["alice"])

    def state(subject: Subject) -> RowState:
        school = subject.more["school"]
        endpoints = WebhookEndpoint.objects.filter(enterprise=school).select_related("gate").order_by("name")
        return {
            "webhooks": [
                (one.name, one.url, bool(one.previous_secret), one.gate.paused_for) for one in endpoints
            ],
            "deliveries": WebhookDelivery.objects.filter(endpoint=subject.row.pk).count(),
            "trail": _school_trail(school),
        }

    acts: dict[str, Act] = {
        "rename": edit(name="Portal one"),
        "rename otherwise": edit(name="Portal two"),
        "another address": edit(url="https://portal.example.com/other"),
        "pause": on_endpoint(pause_by_hand),
        "resume": on_endpoint(resume),
        "new secret": on_endpoint(rotate_secret),
        "test": on_endpoint(send_test),
        "remove": on_endpoint(remove_endpoint),
        "add another": lambda subject: add_endpoint(
            school=subject.more["school"], by=subject.more["alice"], name="Portal one",
            url="https://portal.example.com/third", events=["lesson.changed"],
        ),
    }  # fmt: skip
    return Scenario("webhook", make, state, acts)


def recording_scenario(world: IntentContext) -> Scenario:
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        lesson = create_finished_lesson(people["tom"])
        get_lesson_recording(lesson)
        return Subject(lesson, names)

    def update(**fields: Any) -> Act:
        return lambda subject: update_recording(lesson=subject.fresh(), by=by, **fields)

    def state(subject: Subject) -> RowState:
        told = row_state(LessonRecording.objects.get(lesson=subject.row), subject.names)
        return {name: value for name, value in told.items() if name != "class_id"}

    acts: dict[str, Act] = {
        "title": update(title="Croquet"),
        "another title": update(title="Flamingos"),
        "tags": update(tags=["exam"]),
        "keep a while": update(keep_until=date(2099, 1, 31), keep_for_good=False),
        "keep for good": update(keep_until=None, keep_for_good=True),
        "delete": lambda subject: bin_recording(lesson=subject.fresh(), by=by, reason="a mistake"),
        "restore": lambda subject: restore_recording(lesson=subject.fresh(), by=by),
    }
    return Scenario("recording", make, state, acts)


def courseware_scenario(world: IntentContext) -> Scenario:
    """The courseware of a lesson, in order."""
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        lesson = create_planned_lesson(people["tom"], 3 * DAY)
        cards = {name: _create_card(world, people["tom"], name) for name in ("ace", "king", "queen")}
        attached = {
            name: Attachment.objects.create(
                enterprise=world.school, lesson=lesson, document=cards[name], place=place
            )
            for place, name in enumerate(("ace", "king"))
        }
        return Subject(lesson, names, more={"cards": cards, "attached": attached})

    def attached(subject: Subject, name: str) -> Attachment:
        return get_object_or_404(Attachment, pk=subject.more["attached"][name].pk)

    def attach(name: str) -> Act:
        return lambda subject: attach_document(
            owner=subject.fresh(), document=subject.more["cards"][name], by=by
        )

    def detach(name: str) -> Act:
        return lambda subject: detach_document(
            owner=subject.fresh(), attachment=attached(subject, name), by=by
        )

    def move(name: str, up: bool) -> Act:
        return lambda subject: move_attachment(
            owner=subject.fresh(), attachment=attached(subject, name), up=up, by=by
        )

    def state(subject: Subject) -> RowState:
        lesson: Lesson = subject.fresh()
        rows = lesson.attachments.filter(document__deleted_at=None).order_by("place", "pk")
        return {"order": list(rows.values_list("document__name", flat=True)), "trail": audit_counts(lesson)}

    acts: dict[str, Act] = {
        "attach": attach("queen"),
        "attach again": attach("ace"),
        "detach": detach("ace"),
        "detach the other": detach("king"),
        "up": move("king", up=True),
        "down": move("ace", up=False),
        "delete": lambda subject: delete_document(document=subject.more["cards"]["ace"], by=by),
    }
    return Scenario("courseware", make, state, acts)


def _create_card(world: IntentContext, owner: Any, name: str) -> Document:
    return Document.objects.create(
        enterprise=world.school, name=name, ext="pdf", owner=owner, remote_id=f"card-{next(_numbers)}",
        source_url="https://files.example.com/card.pdf", sync_state="in_sync",
    )  # fmt: skip


def _school_trail(school: Enterprise) -> dict[str, int]:
    """How often each action stands on the trail of a school."""
    trail: dict[str, int] = {}
    for action in AuditEntry.objects.filter(enterprise=school).values_list("action", flat=True):
        trail[action] = trail.get(action, 0) + 1
    return dict(sorted(trail.items()))

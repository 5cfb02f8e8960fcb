"""Acts on a lesson, a series and a register."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from classes.attendance import (
    appeals,
    bulk_corrections,
    callback_differences,
    corrections,
    leave,
    policy_changes,
)
from classes.attendance.register import recompute_register
from classes.choices import ClassType
from classes.lessons import room_entries, services, undo
from classes.lessons.members import replace_members
from classes.mirror.differences import adopt_fields as take_lesson
from classes.models import Appeal, Attendance, CallbackDifference, Lesson, Mark
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.bulk.services import BulkEdit, edit_lessons
from classes.timetable.courses import cancellation, changes
from classes.timetable.courses.planning import plan_course
from console.iclass.types.classes import ClassInfo, Participant
from console.outbox import relay
from console.outbox.kinds import get_kind
from console.outbox.models import Operation
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson
from tests.faults.intents import IntentContext
from tests.faults.interleaving.people_scenarios import create_people
from tests.faults.interleaving.row_states import RowState, audit_counts, row_state
from tests.faults.interleaving.scenario import Act, Scenario, Subject
from tests.support.sandbox import Sandbox

REASON = "Many at once, on purpose."
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
#: What the service or the moment gives a row, different for each.
OF_ITS_OWN = frozenset({"remote_id", "teacher_url", "student_url", "topic", "observed", "conflict_reason"})
_numbers = itertools.count(1)


def cast_of(world: IntentContext) -> tuple[dict[str, Any], dict[int, str]]:
    people = create_people(world, "ann", "ben", "cid") | create_people(world, "tom", "tess", role="teacher")
    return people, {one.pk: label for label, one in people.items()} | {world.by.pk: "by"}


def lesson_state(subject: Subject) -> RowState:
    lesson: Lesson = subject.fresh()
    told = row_state(lesson, subject.names, base=subject.base)
    told |= {name: bool(told[name]) for name in OF_ITS_OWN} | {"topic": lesson.topic.partition(":")[2]}
    members = lesson.members.values_list("user", "role")
    told["members"] = sorted((subject.names[pk], role) for pk, role in members)
    told["entries"] = sorted(lesson.entries.values_list("act", "nickname"))
    return told


def lesson_acts(world: IntentContext) -> dict[str, Act]:
    """What people do to a lesson that has not begun."""
    by = world.by

    def edit(**fields: Any) -> Act:
        return lambda subject: services.edit_lesson(
            lesson=subject.fresh(), by=by, conflict_reason=REASON, **fields
        )

    def rename(word: str) -> Act:
        return lambda subject: services.edit_lesson(
            lesson=subject.fresh(), by=by, topic=f"{subject.row.pk}:{word}"
        )

    def students(*labels: str) -> Act:
        return lambda subject: services.edit_lesson(
            lesson=subject.fresh(), by=by, conflict_reason=REASON,
            students=[subject.more[label] for label in labels],
        )  # fmt: skip

    def move(days: int) -> Act:
        def act(subject: Subject) -> object:
            begins = subject.row.starts_at + days * DAY
            times = {"starts_at": begins, "ends_at": begins + 45 * MINUTE}
            return services.edit_lesson(lesson=subject.fresh(), by=by, conflict_reason=REASON, **times)

        return act

    return {
        "rename": rename("the first"),
        "rename otherwise": rename("the second"),
        "capacity": edit(capacity=30),
        "move": move(1),
        "move elsewhere": move(2),
        "students": students("ann", "ben", "cid"),
        "other students": students("ann"),
        "another teacher": lambda subject: services.edit_lesson(
            lesson=subject.fresh(), by=by, teacher=subject.more["tess"], conflict_reason=REASON
        ),
        "password": edit(password="1234"),
        "replace students": lambda subject: replace_members(
            lesson=subject.fresh(), students=[subject.more["cid"]], by=by, conflict_reason=REASON
        ),
        "edit many": lambda subject: edit_lessons(
            school=world.school, lessons=[subject.fresh()], by=by, conflict_reason=REASON,
            edit=BulkEdit(fields={"bitrate": 900}),
        ),
        "cancel": lambda subject: services.cancel_lesson(lesson=subject.fresh(), by=by, reason="ill"),
        "cancel for ten seconds": lambda subject: undo.cancel_revocably(
            lesson=subject.fresh(), by=by, reason="ill"
        ),
        "move for ten seconds": lambda subject: undo.move_revocably(
            lesson=subject.fresh(), by=by, starts_at=subject.row.starts_at + 3 * DAY,
            ends_at=subject.row.starts_at + 3 * DAY + 45 * MINUTE, conflict_reason=REASON,
        ),
        "cancel many": lambda subject: _cancel_many(world, subject),
        "start": lambda subject: services.start_lesson(lesson=subject.fresh(), by=by, confirmed=True),
        "stop": lambda subject: services.stop_lesson(lesson=subject.fresh(), by=by),
        "pull": lambda subject: services.pull_lesson(lesson=subject.fresh(), by=by),
        "push": lambda subject: services.push_lesson(lesson=subject.fresh(), by=by),
    }  # fmt: skip


def _cancel_many(world: IntentContext, subject: Subject) -> None:
    with transaction.atomic():
        cancel_lessons(world.school, [subject.fresh()], by=world.by, reason="ill")


def lesson_scenario(world: IntentContext) -> Scenario:
    """A lesson that the service has, nothing of which is sent meanwhile."""
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        lesson = create_planned_lesson(people["tom"], timedelta(days=3), class_type=ClassType.PUBLIC)
        Lesson.objects.filter(pk=lesson.pk).update(
            topic=f"{lesson.pk}:", observed={"topic": f"{lesson.pk}:theirs", "bitrate": 800}
        )
        add_members(lesson, people["ann"], people["ben"])
        pull = Operation.objects.create(
            enterprise=world.school, kind="class.pull", subject_type="classes.lesson", subject_id=lesson.pk,
            lane=f"pull-{lesson.pk}", state="superseded",
        )  # fmt: skip
        return Subject(lesson, names, lesson.starts_at, people | {"pull": pull})

    def seen(status: str) -> Act:
        return lambda subject: _seen(subject, status)

    acts = lesson_acts(world) | {
        "visitor": lambda subject: room_entries.create_visitor_pass(
            lesson=subject.fresh(), nickname="Gryphon", by=by
        ),
        "enter": lambda subject: room_entries.add_to_room(
            lesson=subject.fresh(), person=subject.more["ann"], by=by
        ),
        "take out": lambda subject: room_entries.remove_from_room(
            lesson=subject.fresh(), person=subject.more["ann"], by=by
        ),
        "take theirs": lambda subject: take_lesson(subject.fresh(), ["topic"], by),
        "seen running": seen("ing"),
        "seen over": seen("end"),
    }
    return Scenario("lesson", make, lesson_state, acts)


def _seen(subject: Subject, status: str) -> None:
    """What a read of the class at the service brings, as its operation records it."""
    lesson: Lesson = subject.row
    begun, times = int(timezone.now().timestamp()), (lesson.starts_at, lesson.ends_at)
    info = ClassInfo(
        class_id=int(lesson.remote_id),
        class_topic=f"{lesson.pk}:theirs",
        class_type=str(lesson.class_type),
        class_status=status,
        teacher_id=subject.more["tom"].user_id,
        start_time=int(times[0].timestamp()),
        stop_time=int(times[1].timestamp()),
        real_start_time=begun,
        real_stop_time=begun + 60 if status == "end" else 0,
        members=[Participant(user_id=subject.more["ann"].user_id, role="student")],
    )
    with transaction.atomic():
        get_kind("class.pull").record(subject.more["pull"], info)


def new_lesson_scenario(world: IntentContext, iclass: Sandbox) -> Scenario:
    """A lesson that is not at the service yet, while it is made there."""

    def make() -> Subject:
        people, names = cast_of(world)
        begins = (timezone.now() + 3 * DAY).replace(microsecond=0) + next(_numbers) * MINUTE
        lesson = services.schedule_lesson(
            teacher=people["tom"], by=world.by, topic="0:", starts_at=begins, ends_at=begins + 45 * MINUTE,
            students=[people["ann"], people["ben"]], conflict_reason=REASON,
        )  # fmt: skip
        iclass.call("user/register", {"list": [_registered(one) for one in people.values()]})
        return Subject(lesson, names, begins, people)

    def state(subject: Subject) -> RowState:
        told = lesson_state(subject)
        lesson: Lesson = subject.fresh()
        # Whose change went along with the create and whose was sent after it is no matter.
        del told["operations"], told["later_sent"]
        told["classes at the service"] = _classes(iclass, subject)
        told["status"] = str(lesson.status)
        return told

    chosen = (
        "rename",
        "move",
        "students",
        "another teacher",
        "replace students",
        "edit many",
        "cancel",
        "start",
    )
    acts = {name: act for name, act in lesson_acts(world).items() if name in chosen}
    acts["send"] = lambda subject: relay.drain()
    return Scenario("new lesson", make, state, acts, settle=_send_all, only_with=frozenset({"send"}))


def _registered(person: Any) -> dict[str, str]:
    return {"user_id": person.user_id, "role": str(person.role), "nickname": person.nickname}


def _send_all(subject: Subject) -> None:
    for _ in range(10):
        relay.drain()
        if not Operation.objects.filter(state__in=("ready", "sending", "unknown", "probing")).exists():
            return


def _classes(iclass: Sandbox, subject: Subject) -> int:
    teachers = {subject.more["tom"].user_id, subject.more["tess"].user_id}
    made = [line["summary"] for line in iclass.effects() if line["endpoint"] == "class/create"]
    return sum(1 for one in made if one.get("teacher_id") in teachers)


def course_scenario(world: IntentContext) -> Scenario:
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        weeks, minutes = divmod(next(_numbers), 600)  # never past midnight, with which the days would change
        first = datetime(2031, 3, 3, 8, 0) + timedelta(weeks=weeks, minutes=minutes)
        course = plan_course(
            by=by, title="Croquet", teacher=people["tom"], starts_local=first, duration_minutes=45,
            rrule="FREQ=WEEKLY;COUNT=3", members=[people["ann"], people["ben"]], conflict_reason=REASON,
        )  # fmt: skip
        chosen = list(course.lessons.order_by("pk").values_list("pk", flat=True))
        return Subject(course, names, more=people | {"first": first, "chosen": chosen})

    def change(**fields: Any) -> Act:
        return lambda subject: changes.change_course(
            course=subject.fresh(), by=by, conflict_reason=REASON, **fields
        )

    def of_first(subject: Subject) -> Lesson:
        return subject.fresh().lessons.order_by("occurrence", "pk").first()

    def state(subject: Subject) -> RowState:
        course = subject.fresh()
        told = row_state(course, subject.names)
        told["starts_local"] = round((course.starts_local - subject.more["first"]).total_seconds() / 60)
        told["people"] = sorted(subject.names[pk] for pk in course.members.values_list("pk", flat=True))
        lessons = list(course.lessons.order_by("occurrence", "pk"))
        told["lessons"] = [
            (
                one.occurrence and (one.occurrence - subject.more["first"].date()).days, one.topic,
                bool(one.cancelled_at), one.bitrate, subject.names[one.teacher_id],
                sorted(subject.names[pk] for pk in one.members.values_list("user", flat=True)),
            )
            for one in lessons
        ]  # fmt: skip
        told["trail"] = [told["trail"], audit_counts(*lessons)]
        return told

    acts: dict[str, Act] = {
        "rename": change(title="Croquet one"),
        "rename otherwise": change(title="Croquet two"),
        "fewer": change(rrule="FREQ=WEEKLY;COUNT=2"),
        "more": change(rrule="FREQ=WEEKLY;COUNT=4"),
        "later": lambda subject: changes.change_course(
            course=subject.fresh(), by=by, conflict_reason=REASON,
            starts_local=subject.more["first"] + timedelta(hours=1),
        ),
        "other students": lambda subject: changes.change_course(
            course=subject.fresh(), by=by, conflict_reason=REASON, members=[subject.more["cid"]]
        ),
        "another teacher": lambda subject: changes.change_course(
            course=subject.fresh(), by=by, conflict_reason=REASON, teacher=subject.more["tess"]
        ),
        "cancel": lambda subject: cancellation.cancel_course(course=subject.fresh(), by=by, reason="ill"),
        "cancel one lesson": lambda subject: services.cancel_lesson(lesson=of_first(subject), by=by),
        "rename one lesson": lambda subject: services.edit_lesson(
            lesson=of_first(subject), by=by, topic="Flamingos"
        ),
        "edit many": lambda subject: edit_lessons(
            school=world.school, lessons=_chosen(subject), by=by,
            conflict_reason=REASON, edit=BulkEdit(fields={"bitrate": 900}),
        ),
        "rules": lambda subject: policy_changes.set_course_rules(
            course=subject.fresh(), rules={"late_after_s": 60}, back=False, reason="asked for", by=by
        ),
    }  # fmt: skip
    return Scenario("course", make, state, acts)


def _chosen(subject: Subject) -> list[Lesson]:
    """The lessons that somebody ticked before either act began."""
    return list(Lesson.objects.filter(pk__in=subject.more["chosen"]).order_by("pk"))


def register_scenario(world: IntentContext) -> Scenario:
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        lesson = create_finished_lesson(people["tom"])
        add_members(lesson, people["ann"], people["ben"])
        recompute_register(lesson)
        ann = Attendance.objects.get(lesson=lesson, person=people["ann"])
        appeal = Appeal.objects.create(
            lesson=lesson, person=people["ann"], mark=ann.mark, text="I was there.", evidence={}
        )
        difference = CallbackDifference.objects.create(
            lesson=lesson, user_id=people["ann"].user_id, entered=True, told_at=lesson.starts_at
        )
        return Subject(lesson, names, lesson.starts_at, people | {"appeal": appeal, "seen": [difference.pk]})

    def mark_of(subject: Subject, label: str) -> Attendance:
        rows = Attendance.objects.select_related("lesson__enterprise", "lesson__teacher")
        return rows.get(lesson=subject.row, person=subject.more[label])

    def correct(label: str, mark: str) -> Act:
        return lambda subject: corrections.correct_mark(
            mark_of=mark_of(subject, label), mark=mark, reason="She was there.", by=by
        )

    def correct_both(subject: Subject) -> object:
        rows = Attendance.objects.filter(lesson=subject.row).exclude(derived_mark="")
        return bulk_corrections.correct_marks(
            lesson=subject.fresh(), seen=dict(rows.values_list("pk", "mark")), mark=Mark.LATE,
            reason="The bus was late.", by=by,
        )  # fmt: skip

    def answer(granted: bool) -> Act:
        return lambda subject: appeals.answer_appeal(
            appeal=Appeal.objects.get(pk=subject.more["appeal"].pk), granted=granted, text="So it is.", by=by,
            mark=Mark.PRESENT if granted else "",
        )  # fmt: skip

    def state(subject: Subject) -> RowState:
        lesson = subject.fresh()
        rows = Attendance.objects.filter(lesson=lesson)
        return {
            "marks": sorted(
                (subject.names[one.person_id], one.mark, one.derived_mark) for one in rows if one.person_id
            ),
            "corrections": sorted(
                (subject.names[one.person_id], one.mark, one.kind) for one in lesson.corrections.all()
            ),
            "closed": bool(lesson.register_closed_at),
            "rules": lesson.rules,
            "registers": sorted((one.number, bool(one.reopened_at)) for one in lesson.registers.all()),
            "appeals": sorted(lesson.appeals.values_list("state", flat=True)),
            "leave": subject.more["ann"].leaves.count(),
            "undecided": callback_differences.undecided_differences(lesson).count(),
            "trail": audit_counts(lesson),
        }

    acts: dict[str, Act] = {
        "correct": correct("ann", Mark.PRESENT),
        "correct otherwise": correct("ann", Mark.EXCUSED),
        "correct another": correct("ben", Mark.PRESENT),
        "correct both": correct_both,
        "keep marks": lambda subject: callback_differences.keep_marks(
            lesson=subject.fresh(), seen=subject.more["seen"], by=by
        ),
        "excuse": lambda subject: corrections.excuse_people(
            lesson=subject.fresh(), user_ids=[subject.more["ann"].user_id], reason="dropped out", by=by
        ),
        "close": lambda subject: corrections.close_register(lesson=subject.fresh(), by=by, anyway=True),
        "reopen": lambda subject: corrections.reopen_register(
            lesson=subject.fresh(), reason="a mistake", by=by
        ),
        "grant the appeal": answer(granted=True),
        "refuse the appeal": answer(granted=False),
        "leave": lambda subject: leave.grant_leave(
            person=subject.more["ann"], begins_at=subject.row.starts_at - MINUTE,
            ends_at=subject.row.ends_at + MINUTE, reason="ill", by=by,
        ),
        "rules": lambda subject: policy_changes.set_lesson_rules(
            lesson=subject.fresh(), rules={"late_after_s": 60}, reason="asked for", by=by
        ),
        "calculate": lambda subject: recompute_register(subject.fresh()),
    }  # fmt: skip
    return Scenario("register", make, state, acts)

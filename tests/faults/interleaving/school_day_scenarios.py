"""Acts on a request for leave, and on a lesson whose teacher is absent."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.shortcuts import get_object_or_404

from classes.attendance import leave, leave_undo
from classes.attendance.register import recompute_register
from classes.lessons import services
from classes.lessons.members import replace_members
from classes.models import Attendance, Cover, Leave, Lesson, TeacherAbsence
from classes.timetable.cover.services import assign_covers, enter_absence, undo_cover, withdraw_absence
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson
from tests.faults.intents import IntentContext
from tests.faults.interleaving.lesson_scenarios import DAY, MINUTE, REASON, cast_of, lesson_state
from tests.faults.interleaving.people_scenarios import create_people
from tests.faults.interleaving.row_states import RowState, audit_counts
from tests.faults.interleaving.scenario import Act, Scenario, Subject

HOUR = timedelta(hours=1)


def leave_scenario(world: IntentContext) -> Scenario:
    """A request of a student that touches a lesson whose register is open."""
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        lesson = create_finished_lesson(people["tom"])
        add_members(lesson, people["ann"], people["ben"])
        recompute_register(lesson)
        asked = leave.request_leave(
            person=people["ann"], periods=[(lesson.starts_at - HOUR, lesson.ends_at + HOUR)],
            kind=Leave.Kind.SICK, reason="ill", by=people["ann"],
        )[0]  # fmt: skip
        return Subject(asked, names, lesson.starts_at, people | {"lesson": lesson})

    def request(begins: timedelta, ends: timedelta, reason: str) -> Act:
        def act(subject: Subject) -> object:
            starts = subject.more["lesson"].starts_at
            return leave.request_leave(
                person=subject.more["ann"], periods=[(starts + begins, starts + ends)],
                kind=Leave.Kind.SICK, reason=reason, by=subject.more["ann"],
            )  # fmt: skip

        return act

    def answer(approved: bool) -> Act:
        return lambda subject: leave.answer_leave(
            leave=subject.fresh(), approved=approved, text="So it is.", by=by
        )

    def state(subject: Subject) -> RowState:
        lesson: Lesson = subject.more["lesson"]
        rows = list(Leave.objects.filter(person=subject.more["ann"]).order_by("begins_at", "ends_at", "pk"))
        return {
            "leave": sorted(
                (*(round((at - lesson.starts_at) / MINUTE) for at in (one.begins_at, one.ends_at)),
                 one.state, one.reason, bool(one.withdrawn_at), one.answer)
                for one in rows
            ),
            "marks": sorted(
                (subject.names[one.person_id], one.mark)
                for one in Attendance.objects.filter(lesson=lesson)
                if one.person_id
            ),
            "trail": audit_counts(*rows),
        }  # fmt: skip

    acts: dict[str, Act] = {
        "approve": answer(approved=True),
        "return": answer(approved=False),
        "withdraw": lambda subject: leave.withdraw_leave(leave=subject.fresh(), by=subject.more["ann"]),
        "revoke": lambda subject: leave.withdraw_leave(leave=subject.fresh(), by=by),
        "approve for ten seconds": lambda subject: leave_undo.answer_revocably(
            leave=subject.fresh(), approved=True, text="So it is.", by=by
        ),
        "revoke for ten seconds": lambda subject: leave_undo.withdraw_revocably(leave=subject.fresh(), by=by),
        "ask for more": request(0 * HOUR, 3 * HOUR, "still ill"),
        "ask for the day before": request(-3 * HOUR, 0 * HOUR, "ill before"),
        "grant": lambda subject: leave.grant_leave(
            person=subject.more["ann"], begins_at=subject.more["lesson"].starts_at,
            ends_at=subject.more["lesson"].ends_at, reason="seen to be ill", by=by,
        ),
        "calculate": lambda subject: recompute_register(subject.more["lesson"]),
    }  # fmt: skip
    return Scenario("leave", make, state, acts)


def absence_scenario(world: IntentContext) -> Scenario:
    """A lesson whose teacher is absent and which a colleague covers; a third one is free."""
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        more = create_people(world, "ted", role="teacher")
        names |= {one.pk: label for label, one in more.items()}
        people |= more
        lesson = create_planned_lesson(people["tom"], 3 * DAY)
        Lesson.objects.filter(pk=lesson.pk).update(topic=f"{lesson.pk}:")
        add_members(lesson, people["ann"], people["ben"])
        away: Any = partial(enter_absence, kind=TeacherAbsence.Kind.SICK, by=by)
        times = {"begins_at": lesson.starts_at - HOUR, "ends_at": lesson.ends_at + HOUR}
        absence = away(teacher=people["tom"], **times)
        cover = assign_covers(absence=absence, choices={lesson.pk: people["tess"]}, by=by)[0]
        lesson.refresh_from_db()
        return Subject(
            lesson, names, lesson.starts_at, people | {"absence": absence, "cover": cover, "times": times}
        )

    def assign(label: str) -> Act:
        return lambda subject: assign_covers(
            absence=_reread(subject, TeacherAbsence, "absence"),
            choices={subject.row.pk: subject.more[label]}, by=by,
            seen={subject.row.pk: subject.more["tess"].user_id},
        )  # fmt: skip

    def away(label: str) -> Act:
        return lambda subject: enter_absence(
            teacher=subject.more[label], kind=TeacherAbsence.Kind.OTHER, by=by, **subject.more["times"]
        )

    def edit(**fields: Any) -> Act:
        return lambda subject: services.edit_lesson(
            lesson=subject.fresh(), by=by, conflict_reason=REASON, **fields
        )

    def move(subject: Subject) -> object:
        begins = subject.row.starts_at + DAY
        return services.edit_lesson(
            lesson=subject.fresh(), by=by, starts_at=begins, ends_at=begins + 45 * MINUTE,
            conflict_reason=REASON,
        )  # fmt: skip

    def state(subject: Subject) -> RowState:
        told = lesson_state(subject)
        names = subject.names
        rows = Cover.objects.filter(lesson=subject.row)
        told["covers"] = sorted(
            (names[one.absent_id], names[one.covering_id], bool(one.undone_at)) for one in rows
        )
        absences = list(TeacherAbsence.objects.filter(teacher__in=names).order_by("pk"))
        told["absences"] = sorted((names[one.teacher_id], bool(one.withdrawn_at)) for one in absences)
        told["absence trail"] = audit_counts(*absences)
        return told

    acts: dict[str, Act] = {
        "cover by another": assign("ted"),
        "cover by the same": assign("tess"),
        "undo": lambda subject: undo_cover(cover=_reread(subject, Cover, "cover"), by=by),
        "revoke": lambda subject: withdraw_absence(
            absence=_reread(subject, TeacherAbsence, "absence"), by=by
        ),
        "another is absent": away("ted"),
        "who covers is absent": away("tess"),
        "another teacher": lambda subject: services.edit_lesson(
            lesson=subject.fresh(), by=by, teacher=subject.more["ted"], conflict_reason=REASON
        ),
        "move": move,
        "capacity": edit(capacity=30),
        "students": lambda subject: replace_members(
            lesson=subject.fresh(), students=[subject.more["cid"]], by=by, conflict_reason=REASON
        ),
        "cancel": lambda subject: services.cancel_lesson(lesson=subject.fresh(), by=by, reason="ill"),
    }
    return Scenario("absence", make, state, acts)


def _reread(subject: Subject, model: Any, name: str) -> Any:
    """The row as it stands, read anew, as for a request."""
    return get_object_or_404(model, pk=subject.more[name].pk)

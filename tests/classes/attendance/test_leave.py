"""Leave that a student requests: who is notified, what approving it does, and what is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.models import Enterprise, Guardian, Role, StudentGroup, User
from classes.attendance.calculation.types import RULES_VERSION
from classes.attendance.corrections import close_register, reopen_register
from classes.attendance.leave import (
    MAX_OPEN,
    answer_leave,
    grant_leave,
    merge_periods,
    request_leave,
    withdraw_leave,
)
from classes.attendance.leave_queries import (
    MAX_DAY_ROWS,
    leave_month,
    lessons_to_choose,
    on_leave_badges,
    requests_to_answer,
)
from classes.attendance.leave_undo import undo_withdrawal, withdraw_revocably
from classes.attendance.policy_changes import apply_school_policy, set_lesson_rules
from classes.attendance.register import recompute_register, recompute_registers
from classes.lessons.services import cancel_lesson
from classes.models import Attendance, Leave, Lesson, Member
from console.audit.models import AuditEntry
from console.audit.personal_data import erase_personal_data
from console.concurrency import Conflict
from console.notifications.models import Notification
from console.notifications.types import notification_text
from tests.classes.attendance.service_rows import moment
from tests.classes.factories import add_members, create_finished_lessons, create_planned_lesson
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.guardians import create_guardian

pytestmark = pytest.mark.usefixtures("nine", "english")
DAY = timedelta(days=1)
Ask = Callable[..., Leave]


@pytest.fixture
def hatters(school: Enterprise, bob: User, ben: User) -> StudentGroup:
    """Ben's group; Bob is in charge of it."""
    group = StudentGroup.objects.create(enterprise=school, name="Hatters")
    put_in_charge(group, bob)
    group.students.add(ben)
    return group


@pytest.fixture
def ask(ben: User) -> Ask:
    """Request leave for Ben, by default during the lesson."""

    def request(
        begins: datetime | None = None, ends: datetime | None = None, reason: str = "Dentist"
    ) -> Leave:
        period = begins or moment("7:00"), ends or moment("12:00")
        return request_leave(person=ben, periods=[period], kind="sick", reason=reason, by=ben)[0]

    return request


def mark(lesson: Lesson, user_id: str = "ben") -> str:
    return Attendance.objects.get(lesson=lesson, user_id=user_id).mark


def notified(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("person__user_id", flat=True))


def test_a_notice_of_a_request_says_who_asks(hatters: StudentGroup, bob: User, ask: Ask) -> None:
    ask()
    notice = Notification.objects.get(kind="leave.requested", person=bob)
    with translation.override("en"):
        assert notification_text(notice.kind, notice.args).title.startswith("Ben asks for leave: ")


def test_approving_a_request_excuses_as_leave_of_the_office_does(
    register: Lesson, hatters: StudentGroup, bob: User, ask: Ask
) -> None:
    leave = ask()
    assert leave.state == Leave.State.REQUESTED
    assert (mark(register), notified("leave.requested")) == ("absent", {"bob"})
    answer_leave(leave=leave, approved=True, text="", by=bob)
    stored = Leave.objects.get()
    assert (stored.state, stored.answered_by) == (Leave.State.APPROVED, bob)
    assert (mark(register), mark(register, "ann")) == ("excused", "present")
    assert notified("leave.approved") == {"ben"}
    acts = AuditEntry.objects.filter(action__startswith="leave.").order_by("id")
    assert list(acts.values_list("action", flat=True)) == ["leave.request", "leave.approve"]


def test_a_request_is_returned_with_a_sentence_and_excuses_nothing(
    register: Lesson, alice: User, ask: Ask
) -> None:
    leave = ask()
    with pytest.raises(ValidationError, match="a sentence why"):
        answer_leave(leave=leave, approved=False, text="  ", by=alice)
    answer_leave(leave=leave, approved=False, text="Bring a note", by=alice)
    assert (Leave.objects.get().answer, mark(register)) == ("Bring a note", "absent")
    assert notified("leave.returned") == {"ben"}
    with pytest.raises(Conflict, match="already been answered"):
        answer_leave(leave=leave, approved=True, text="", by=alice)


def test_without_a_teacher_in_charge_the_administrators_are_notified(
    hatters: StudentGroup, alice: User, ask: Ask
) -> None:
    hatters.charges.all().delete()
    ask()
    assert "alice" in notified("leave.requested")
    assert "bob" not in notified("leave.requested")


def test_requests_that_overlap_become_one_that_covers_both(ask: Ask, ben: User, bob: User) -> None:
    first = ask(moment("7:00") + DAY, moment("12:00") + DAY)
    apart = ask(moment("7:00") + 5 * DAY, moment("12:00") + 5 * DAY)
    merged = ask(moment("11:00") + DAY, moment("12:00") + 2 * DAY, reason="Clinic")
    open_ones = Leave.objects.filter(state=Leave.State.REQUESTED)
    assert set(open_ones) == {apart, merged}
    assert (merged.begins_at, merged.ends_at) == (first.begins_at, moment("12:00") + 2 * DAY)
    assert merged.reason == "Clinic · Dentist"
    with pytest.raises(Conflict, match="withdrawn or replaced"):
        answer_leave(leave=first, approved=True, text="", by=bob)


def test_periods_within_one_open_request_become_one_request_and_one_notification(
    ask: Ask, ben: User, hatters: StudentGroup
) -> None:
    first = ask(moment("7:00") + DAY, moment("18:00") + DAY)
    Notification.objects.all().delete()
    periods = [(moment(a) + DAY, moment(b) + DAY) for a, b in (("8:00", "9:00"), ("11:00", "19:00"))]
    (merged,) = request_leave(person=ben, periods=periods, kind="sick", reason="Clinic", by=ben)
    assert list(Leave.objects.filter(state=Leave.State.REQUESTED)) == [merged]
    assert (merged.begins_at, merged.ends_at) == (first.begins_at, moment("19:00") + DAY)
    assert merged.reason == "Clinic · Dentist"
    assert Notification.objects.filter(kind="leave.requested").count() == 1


def test_a_request_belongs_to_who_made_it_whoever_asks_for_the_same_time(ben: User, alice: User) -> None:
    makers = [None, create_guardian(ben), create_guardian(ben, relation="father", e_mail="")]
    periods = [(moment("7:00") + DAY, moment("12:00") + DAY)]

    def ask_as(guardian: Guardian | None) -> Leave:
        by = None if guardian else ben
        asked = {"kind": "sick", "reason": f"of {guardian}", "by": by, "guardian": guardian}
        return request_leave(person=ben, periods=periods, **asked)[0]

    def open_ones() -> dict[int, tuple[Guardian | None, str]]:
        waiting = Leave.objects.filter(state=Leave.State.REQUESTED)
        return {one.pk: (one.guardian, one.reason) for one in waiting}

    for first, second in permutations(makers, 2):
        mine, other = ask_as(first), ask_as(second)
        assert open_ones() == {mine.pk: (first, f"of {first}"), other.pk: (second, f"of {second}")}
        again = ask_as(first)
        assert open_ones().keys() == {again.pk, other.pk}
        by = None if first else ben
        values = withdraw_revocably(leave=again, by=by, guardian=first)
        assert open_ones().keys() == {other.pk}
        undo_withdrawal(leave=again, by=by, values=values or {})
        assert open_ones().keys() == {again.pk, other.pk}
        answer_leave(leave=other, approved=True, text="", by=alice)
        answer_leave(leave=again, approved=True, text="", by=alice)
        for leave in (other, again):
            leave.refresh_from_db()
            withdraw_leave(leave=leave, by=alice)


def test_of_who_asks_one_fills_the_limit_of_open_requests_for_nobody_else(ask: Ask, ben: User) -> None:
    for number in range(1, MAX_OPEN + 1):
        ask(moment("8:00") + number * DAY, moment("9:00") + number * DAY)
    guardian, period = create_guardian(ben), (moment("8:00") + DAY, moment("9:00") + DAY)
    asked = request_leave(person=ben, periods=[period], kind="sick", reason="Ill", by=None, guardian=guardian)
    assert Leave.objects.get(state=Leave.State.REQUESTED, guardian=guardian) == asked[0]


def test_nobody_decides_about_their_own_leave(ask: Ask, ben: User) -> None:
    request = ask()
    ben.role = Role.ADMIN
    ben.save(update_fields=["role"])
    assert request not in requests_to_answer(ben)
    with pytest.raises(ValidationError, match="own leave"):
        answer_leave(leave=request, approved=True, text="", by=ben)


def test_periods_are_merged_where_they_overlap_and_not_where_they_touch() -> None:
    nine, ten, noon = moment("9:00"), moment("10:00"), moment("12:00")
    assert merge_periods([(ten, noon), (nine, ten)]) == [(nine, ten), (ten, noon)]
    assert merge_periods([(nine, noon), (ten, noon)]) == [(nine, noon)]
    with pytest.raises(ValidationError):
        merge_periods([(ten, nine)])


def test_leave_can_be_requested_afterwards_until_the_limit_of_the_school(
    register: Lesson, school: Enterprise, bob: User, ben: User, ask: Ask
) -> None:
    answer_leave(leave=ask(), approved=True, text="", by=bob)
    assert mark(register) == "excused"
    begins = moment("0:00") - school.leave_request_days * DAY
    ask(begins, begins + DAY)
    with pytest.raises(ValidationError, match="at most 14 days"):
        ask(begins - timedelta(minutes=1), begins)
    school.leave_request_days = 0
    school.save(update_fields=["leave_request_days"])
    ben.refresh_from_db()
    with pytest.raises(ValidationError, match="at most 0 days"):
        ask(moment("0:00") - DAY, moment("1:00"))


@pytest.mark.parametrize(
    ("begins", "ends", "reason"),
    [
        (moment("9:00"), moment("8:00"), "Dentist"),
        (moment("9:00"), moment("12:00"), " "),
        (moment("9:00"), moment("9:00") + 400 * DAY, "World tour"),
    ],
)
def test_nonsense_is_refused(begins: datetime, ends: datetime, reason: str, ask: Ask) -> None:
    with pytest.raises(ValidationError):
        ask(begins, ends, reason)
    assert not Leave.objects.exists()


def test_what_is_approved_already_cannot_be_requested(alice: User, ben: User, ask: Ask) -> None:
    grant_leave(person=ben, begins_at=moment("7:00"), ends_at=moment("12:00"), reason="x", by=alice)
    with pytest.raises(ValidationError, match="already been approved"):
        ask(moment("8:00"), moment("9:00"))
    assert ask(moment("8:00"), moment("13:00")).state == Leave.State.REQUESTED


def test_a_student_has_a_limited_number_of_open_requests(ask: Ask) -> None:
    for number in range(1, MAX_OPEN + 1):
        ask(moment("8:00") + number * DAY, moment("9:00") + number * DAY)
    with pytest.raises(ValidationError, match="Too many"):
        ask(moment("8:00") + 40 * DAY, moment("9:00") + 40 * DAY)
    assert Leave.objects.count() == MAX_OPEN


def test_a_student_withdraws_an_open_request_only_and_the_office_revokes_approved_leave_only(
    register: Lesson, alice: User, ben: User, ask: Ask
) -> None:
    withdraw_leave(leave=ask(), by=ben)
    assert (Leave.objects.get().state, Leave.objects.get().is_revoked) == (Leave.State.WITHDRAWN, False)
    leave = ask()
    with pytest.raises(Conflict, match="Only approved leave"):
        withdraw_leave(leave=leave, by=alice)
    answer_leave(leave=leave, approved=True, text="", by=alice)
    with pytest.raises(Conflict, match="already been answered"):
        withdraw_leave(leave=leave, by=ben)
    assert mark(register) == "excused"
    withdraw_leave(leave=leave, by=alice)
    assert mark(register) == "absent"
    leave.refresh_from_db()
    assert leave.is_revoked
    actions = AuditEntry.objects.filter(action__in=("leave.cancel", "leave.withdraw")).order_by("pk")
    assert list(actions.values_list("action", "actor")) == [
        ("leave.cancel", ben.pk),
        ("leave.withdraw", alice.pk),
    ]


@pytest.mark.parametrize(("version", "expected"), [(2, "excused"), (RULES_VERSION, "absent")])
def test_leave_during_the_time_that_a_lesson_overran_excuses_only_by_rules_that_were_frozen_before(
    register: Lesson, alice: User, ben: User, version: int, expected: str
) -> None:
    frozen = {**(register.policy or {}), "version": version}
    Lesson.objects.filter(pk=register.pk).update(real_ended_at=moment("9:10"), policy=frozen)
    times = {"begins_at": moment("8:45"), "ends_at": moment("10:00")}
    grant_leave(person=ben, **times, reason="Dentist", by=alice)
    assert mark(register) == expected


def test_how_much_of_a_lesson_leave_must_cover_is_a_rule_of_school_course_and_lesson(
    register: Lesson, school: Enterprise, alice: User, ben: User
) -> None:
    times = {"begins_at": moment("8:30"), "ends_at": moment("10:00")}
    grant_leave(person=ben, **times, reason="Dentist", by=alice)
    assert mark(register) == "excused"
    school.leave_minutes = 20
    school.save(update_fields=["leave_minutes"])
    register.refresh_from_db()
    recompute_register(register)
    assert mark(register) == "excused", "the rules are those of the day of the lesson"
    assert apply_school_policy(school=school, by=alice) == 1
    assert mark(register) == "absent"
    set_lesson_rules(lesson=register, rules={"leave_minutes": 15}, reason="Exam", by=alice)
    assert mark(register) == "excused"


def test_a_closed_register_states_the_minutes_that_leave_must_cover_if_they_counted(
    register: Lesson, bob: User
) -> None:
    assert close_register(lesson=register, by=bob).body["rules"]["leave_minutes"] == 1
    reopen_register(lesson=register, reason="Test", by=bob)
    Lesson.objects.filter(pk=register.pk).update(policy={"version": 2})
    register.refresh_from_db()
    assert "leave_minutes" not in close_register(lesson=register, by=bob).body["rules"]


def test_a_closed_register_stays_as_it_is(register: Lesson, bob: User, ask: Ask) -> None:
    close_register(lesson=register, by=bob)
    answer_leave(leave=ask(), approved=True, text="", by=bob)
    assert mark(register) == "absent"


def test_a_lesson_shows_who_is_on_leave_and_who_asked(
    lesson: Lesson, school: Enterprise, ann: User, alice: User, ask: Ask
) -> None:
    ask()
    grant_leave(person=ann, begins_at=moment("8:30"), ends_at=moment("9:00"), reason="x", by=alice)
    later = create_person(school, "cat", Role.STUDENT)
    lesson.members.create(user=later)
    grant_leave(person=later, begins_at=moment("8:45"), ends_at=moment("9:00"), reason="x", by=alice)
    words = {user_id: str(badge.word) for user_id, badge in on_leave_badges(lesson).items()}
    assert words == {"ann": "on leave", "ben": "leave requested"}


def test_the_calendar_has_leave_on_each_of_its_days_and_none_on_the_next(
    alice: User, ben: User, ask: Ask
) -> None:
    ask(moment("0:00"), moment("0:00") + 2 * DAY)
    withdraw_leave(leave=ask(moment("8:00") + 5 * DAY, moment("9:00") + 5 * DAY), by=ben)
    days = leave_month(alice, moment("9:00").date())
    assert [one.day.day for one in days if one.leaves] == [22, 23]
    assert (len(days) % 7, days[0].day.isoformat(), days[0].in_month) == (0, "2026-08-31", False)
    assert [one.day.day for one in days if one.is_today] == [22]


def test_a_day_of_the_calendar_counts_the_leaves_that_it_does_not_show(alice: User, ben: User) -> None:
    times = {"begins_at": moment("8:00"), "ends_at": moment("9:00")}
    Leave.objects.bulk_create(
        Leave(enterprise=alice.enterprise, person=ben, **times) for _ in range(MAX_DAY_ROWS + 2)
    )
    (day,) = (one for one in leave_month(alice, moment("9:00").date()) if one.leaves)
    assert (len(day.leaves), day.hidden) == (MAX_DAY_ROWS, 2)


def test_the_calendar_drops_no_day_however_many_leaves_the_days_before_have(alice: User, ben: User) -> None:
    first = moment("8:00") - 21 * DAY
    begins = [*[first] * 3001, first + 29 * DAY]
    Leave.objects.bulk_create(
        Leave(enterprise=alice.enterprise, person=ben, begins_at=at, ends_at=at + DAY / 24) for at in begins
    )
    days = {one.day.isoformat(): one for one in leave_month(alice, first.date()) if one.leaves}
    assert list(days) == ["2026-09-01", "2026-09-30"]
    assert days["2026-09-01"].hidden == 3001 - MAX_DAY_ROWS


def test_leave_recalculates_each_open_register_however_many_there_are(
    alice: User, bob: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classes.attendance.leave.BATCH", 3)
    lessons = create_finished_lessons(bob, 4)
    Member.objects.bulk_create(Member(lesson=one, user=ben) for one in lessons)
    recompute_registers(lessons)
    assert set(Attendance.objects.filter(person=ben).values_list("mark", flat=True)) == {"unknown"}
    times = {"begins_at": moment("0:00") - DAY, "ends_at": moment("9:00")}
    grant_leave(person=ben, **times, reason="Dentist", by=alice)
    assert set(Attendance.objects.filter(person=ben).values_list("mark", flat=True)) == {"excused"}


def test_cancelled_lessons_are_not_offered_to_who_asks_for_leave(ben: User, bob: User) -> None:
    held, off = (create_planned_lesson(bob, n * DAY) for n in (1, 2))
    for lesson in (held, off):
        add_members(lesson, ben)
    cancel_lesson(lesson=off, by=None)
    assert lessons_to_choose(ben) == [held]


def test_erasing_a_student_erases_why_and_withdraws_what_is_open(alice: User, ben: User, ask: Ask) -> None:
    answer_leave(leave=ask(), approved=True, text="Get well", by=alice)
    ask(moment("7:00") + DAY, moment("12:00") + DAY)
    erase_personal_data(ben)
    rows = set(Leave.objects.values_list("state", "kind", "reason", "answer"))
    assert rows == {("approved", "other", "", ""), ("withdrawn", "other", "", "")}

"""Appeals, leave, guests who are somebody known, and many who dropped out at once."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from classes.attendance.appeals import (
    add_credit,
    answer_appeal,
    file_appeal,
    undo_credit,
)
from classes.attendance.corrections import close_register
from classes.attendance.leave import grant_leave, withdraw_leave
from classes.attendance.mass_drops import lesson_mass_drops
from classes.attendance.notifications import notify_final_register
from classes.attendance.queries import build_register
from classes.attendance.register import finalize_register, preview_marks, recompute_register
from classes.models import Appeal, Attendance, Correction
from console.audit.models import AuditEntry
from console.notifications.models import Notification
from tests.classes.attendance.service_rows import moment, poll_lesson, record_history_rows

pytestmark = pytest.mark.usefixtures("nine", "english")
VISITS = {"bob": [("7:59", "8:45")], "ann": [("8:00", "8:20")], "zoe": [("8:22", "8:45")]}


@pytest.fixture
def register(lesson):
    poll_lesson(lesson, VISITS)
    record_history_rows(lesson, VISITS)
    finalize_register(lesson)
    return lesson


def row(lesson, user_id="ben") -> Attendance:
    return Attendance.objects.get(lesson=lesson, user_id=user_id)


def said(lesson, user_id="ben") -> str:
    with translation.override("en"):
        return next(one for one in build_register(lesson).everybody if one.user_id == user_id).sentence


def test_an_appeal_carries_the_evidence_of_its_day_and_is_granted_by_a_correction(register, ben, bob):
    made = file_appeal(mark_of=row(register), text="I sat beside Ann", by=ben)
    assert (made.mark, made.evidence["facts"]["rule"]) == ("absent", "never_seen")
    notice = Notification.objects.get(kind="attendance.appeal")
    assert (notice.person, notice.args["name"]) == (bob, ben.nickname or "ben")
    answer_appeal(appeal=made, granted=True, mark="present", text="Ann says so, too", by=bob)
    assert (row(register).mark, row(register).derived_mark) == ("present", "absent")
    word = Correction.objects.get()
    assert (word.kind, word.appeal, word.by) == ("appeal", made, bob)
    assert Notification.objects.get(kind="attendance.answer").person == ben
    with pytest.raises(ValidationError, match="already been answered"):
        answer_appeal(appeal=made, granted=False, text="no", by=bob)


def test_a_refused_appeal_changes_no_mark_and_a_new_one_may_follow(register, ben, bob):
    made = file_appeal(mark_of=row(register), text="I was there", by=ben)
    with pytest.raises(ValidationError):
        file_appeal(mark_of=row(register), text="Again", by=ben)
    with pytest.raises(ValidationError, match="Choose the correct mark"):
        answer_appeal(appeal=made, granted=True, text="yes", by=bob)
    answer_appeal(appeal=made, granted=False, text="Nobody saw you", by=bob)
    assert row(register).mark == "absent"
    assert file_appeal(mark_of=row(register), text="Ask Ann", by=ben).state == Appeal.State.OPEN


def test_only_the_own_final_mark_is_contested_and_only_in_time(lesson, ann, ben, nine):
    poll_lesson(lesson, VISITS)
    recompute_register(lesson)
    with pytest.raises(ValidationError, match="not final"):
        file_appeal(mark_of=row(lesson), text="x", by=ben)
    finalize_register(lesson)
    with pytest.raises(ValidationError, match="not yours"):
        file_appeal(mark_of=row(lesson), text="x", by=ann)
    nine.shift(timedelta(days=8))
    with pytest.raises(ValidationError, match="the deadline has passed"):
        file_appeal(mark_of=row(lesson), text="x", by=ben)


def test_an_appeal_in_a_closed_register_is_granted_once_it_is_reopened(register, ben, bob):
    made = file_appeal(mark_of=row(register), text="x", by=ben)
    close_register(lesson=register, by=bob)
    with pytest.raises(ValidationError, match="closed"):
        answer_appeal(appeal=made, granted=True, mark="present", text="yes", by=bob)
    made.refresh_from_db()
    assert made.state == Appeal.State.OPEN


def test_leave_excuses_what_is_missed_and_is_taken_back(register, ben, ann, alice):
    leave = grant_leave(
        person=ben, begins_at=moment("7:00"), ends_at=moment("12:00"), reason="Dentist", by=alice
    )
    assert row(register).mark == row(register).derived_mark == "excused"
    assert said(register).startswith("Excused: on leave from 2026-09-22 07:00 to 2026-09-22 12:00.")
    assert "Absent: did not join the lesson." in said(register)
    stored = {one.user_id: (one.mark, one.reason) for one in register.attendance.all()}
    assert {one.user_id: (one.mark, one.reason) for one in preview_marks(register)} == stored
    withdraw_leave(leave=leave, by=alice)
    assert row(register).mark == "absent"
    with pytest.raises(ValidationError):
        grant_leave(person=ann, begins_at=moment("9:00"), ends_at=moment("8:00"), reason="x", by=alice)


def test_who_comes_on_leave_is_present_and_leave_of_another_day_excuses_nothing(register, ann, ben, alice):
    record_history_rows(register, {"ann": [("8:20:05", "8:45")]})
    recompute_register(register)
    before = row(register, "ann").mark
    day = timedelta(days=1)
    grant_leave(
        person=ben, begins_at=moment("7:00") + day, ends_at=moment("9:00") + day, reason="x", by=alice
    )
    assert row(register).mark == "absent"
    grant_leave(person=ann, begins_at=moment("7:00"), ends_at=moment("9:00"), reason="x", by=alice)
    assert row(register, "ann").mark == ("present" if before == "present" else "excused")


def test_a_guests_stays_count_for_a_member_and_can_be_taken_back(register, ann, bob):
    assert row(register, "ann").mark == "absent"
    made = add_credit(guest=row(register, "zoe"), person=ann, reason="Her mother's telephone", by=bob)
    credited = row(register, "ann")
    assert (credited.mark, credited.present_seconds) == ("present", 20 * 60 + 23 * 60)
    assert "Also joined as zoe (matched by hand)." in said(register, "ann")
    assert row(register, "zoe").expected is False
    with pytest.raises(ValidationError, match="already"):
        add_credit(guest=row(register, "zoe"), person=ann, reason="again", by=bob)
    undo_credit(credit=made, by=bob)
    assert row(register, "ann").mark == "absent"
    acts = (
        AuditEntry.objects.filter(action__contains="credit").order_by("id").values_list("action", flat=True)
    )
    assert list(acts) == ["attendance.credit", "attendance.uncredit"]


def test_many_who_leave_in_one_minute_are_a_mass_drop_and_going_home_is_none():
    taught = [0, 2700]

    def facts(*stays):
        return {"taught": taught, "stays": [{"from": start, "to": end} for start, end in stays]}

    everybody = {f"s{n}": facts((0, 1200 + n), (1400, 2700)) for n in range(5)} | {"t": facts((0, 2700))}
    assert [(one.at, len(one.who)) for one in lesson_mass_drops(everybody)] == [(1200, 5)]
    assert lesson_mass_drops({f"s{n}": facts((0, 2690)) for n in range(9)}) == []
    assert lesson_mass_drops({f"s{n}": facts((0, 300 * n + 300)) for n in range(7)}) == []
    assert lesson_mass_drops({"s1": facts((0, 1200)), "s2": facts((0, 1201))}) == []


def test_only_final_marks_are_told_and_each_once(lesson, ben, bob):
    poll_lesson(lesson, VISITS)
    recompute_register(lesson)
    notify_final_register(lesson)
    assert not Notification.objects.exists()
    finalize_register(lesson)
    for _ in range(2):
        notify_final_register(lesson)
    told = {(one.kind, one.person.user_id) for one in Notification.objects.select_related("person")}
    assert told == {("register.final", "bob"), ("attendance.absent", "ben"), ("attendance.absent", "ann")}
    assert Notification.objects.count() == 3


def test_the_past_of_a_school_is_no_news(lesson):
    poll_lesson(lesson, VISITS)
    finalize_register(lesson)
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        notify_final_register(lesson)
    assert not Notification.objects.exists()

"""Which code a mark has: by its reason where the school tells reasons apart, else by the mark alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from classes.attendance.codes.codebook import code_for, codes_of_rows, load_codes, marks_without_code
from classes.attendance.codes.kinds import KINDS_OF_MARK
from classes.attendance.codes.presets import CHINESE, CODE_SETS, ENGLAND
from classes.attendance.codes.services import add_code, fill_in_codes
from classes.attendance.corrections import correct_mark
from classes.attendance.leave import grant_leave, withdraw_leave
from classes.models import Attendance, AttendanceCode, CodeUse, Correction, Lesson, Mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nine", "english")]
HOUR = timedelta(hours=1)
LettersOf = Callable[[User], str]


@pytest.fixture
def england(alice: User) -> None:
    fill_in_codes(code_set=ENGLAND, by=alice)


@pytest.fixture
def letters_of(lesson: Lesson) -> LettersOf:
    def letters(person: User) -> str:
        row = Attendance.objects.get(lesson=lesson, person=person)
        (code,) = codes_of_rows(lesson.enterprise, [row])
        return code.letters if code else ""

    return letters


def test_the_code_of_a_reason_goes_before_that_of_the_mark() -> None:
    every, sick = AttendanceCode(letters="C"), AttendanceCode(letters="I")
    codes = {("excused", ""): every, ("excused", "sick"): sick}
    assert code_for(codes, "excused", "sick") is sick
    assert code_for(codes, "excused", "drop") is every
    assert code_for(codes, "absent", "sick") is None
    assert code_for(codes, "") is None


def test_marks_of_the_morning_and_the_afternoon_have_codes_of_their_own(
    register: Lesson, ann: User, england: None, letters_of: LettersOf
) -> None:
    assert letters_of(ann) == "/"
    later = {name: getattr(register, name) + 4 * HOUR for name in ("starts_at", "ends_at")}
    Lesson.objects.filter(pk=register.pk).update(**later)
    assert letters_of(ann) == "\\"


def test_leave_gives_the_code_of_its_kind_also_after_it_was_withdrawn(
    register: Lesson, alice: User, ben: User, england: None, letters_of: LettersOf
) -> None:
    assert letters_of(ben) == "N"
    times = {"begins_at": register.starts_at - HOUR, "ends_at": register.ends_at + HOUR}
    leave = grant_leave(person=ben, reason="Flu", kind="sick", by=alice, **times)
    assert (Attendance.objects.get(person=ben).mark, letters_of(ben)) == ("excused", "I")
    Lesson.objects.filter(pk=register.pk).update(register_closed_at=register.ends_at)
    withdraw_leave(leave=leave, by=alice)
    assert letters_of(ben) == "I"


def test_a_correction_gives_the_code_of_what_was_set_by_hand_or_excused_at_once(
    register: Lesson, bob: User, ben: User, england: None, letters_of: LettersOf
) -> None:
    row = Attendance.objects.get(person=ben)
    correct_mark(mark_of=row, mark="absent", reason="Seen in the park.", by=bob)
    assert letters_of(ben) == "O"
    correct_mark(mark_of=row, mark="excused", reason="Power cut", by=bob, kind=Correction.Kind.DROP)
    assert letters_of(ben) == "Y7"
    correct_mark(mark_of=row, mark="excused", reason="Written", by=bob)
    assert letters_of(ben) == "C"


def test_a_mark_without_a_code_or_with_one_that_is_not_in_use_has_none(
    register: Lesson, alice: User, ben: User, letters_of: LettersOf
) -> None:
    assert letters_of(ben) == ""
    code = add_code(by=alice, letters="A", name="Away", uses=[("absent", "")])
    assert letters_of(ben) == "A"
    AttendanceCode.objects.filter(pk=code.pk).update(is_active=False)
    assert letters_of(ben) == ""


def test_a_garbled_fact_of_a_mark_has_the_code_for_any_reason(
    register: Lesson, ben: User, england: None, letters_of: LettersOf
) -> None:
    for reason in ({"leave": "<b>"}, {"leave": [1e300, "x"]}, {"leave": {"0": 1}}, {}):
        Attendance.objects.filter(person=ben).update(mark="excused", reason=reason)
        assert letters_of(ben) == "C"


def test_many_marks_take_two_queries(
    register: Lesson, england: None, django_assert_num_queries: Callable[[int], object]
) -> None:
    rows = list(Attendance.objects.filter(lesson=register))
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        codes_of_rows(register.enterprise, rows)


def test_marks_without_a_code_are_named(alice: User) -> None:
    fill_in_codes(code_set=ENGLAND, by=alice)
    assert marks_without_code(load_codes(alice.enterprise)) == [Mark.UNKNOWN]
    CodeUse.objects.filter(mark="present", kind="morning").delete()
    assert marks_without_code(load_codes(alice.enterprise)) == [Mark.PRESENT, Mark.UNKNOWN]


def test_the_ready_made_sets_ask_only_for_reasons_that_marks_have() -> None:
    for code_set in CODE_SETS.values():
        uses = [use for code in code_set.codes for use in code.uses]
        assert len(uses) == len(set(uses))
        assert all(not kind or kind in KINDS_OF_MARK[mark] for mark, kind in uses)
        assert len({code.letters for code in code_set.codes}) == len(code_set.codes)


def test_a_second_set_leaves_out_what_has_a_code(alice: User, register: Lesson) -> None:
    fill_in_codes(code_set=CHINESE, by=alice)
    assert [one.letters for one in fill_in_codes(code_set=CHINESE, by=alice)] == []
    added = fill_in_codes(code_set=ENGLAND, by=alice)
    assert [(one.letters, one.left_out) for one in added if one.left_out] == [
        ("L", [("late", ""), ("late_and_left_early", "")]),
        ("C", [("excused", "")]),
        ("N", [("absent", "")]),
    ]
    assert AttendanceCode.objects.count() == 15


def test_the_database_keeps_one_code_for_a_mark_and_one_for_letters(alice: User) -> None:
    code = add_code(by=alice, letters="A", name="Away", uses=[("absent", "")])
    rows = {"enterprise": alice.enterprise}
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeUse.objects.create(code=code, mark="absent", kind="", **rows)
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceCode.objects.create(letters="A", name="Again", **rows)

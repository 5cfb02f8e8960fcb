"""A person's word over the derived mark."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import translation

from classes.attendance.corrections import correct_mark, excuse_people
from classes.attendance.queries import build_register
from classes.attendance.register import finalize_register, preview_marks, recompute_register
from classes.models import Attendance, Correction
from console.audit.models import AuditEntry
from tests.classes.attendance.service_rows import poll_lesson, record_history_rows

pytestmark = pytest.mark.usefixtures("nine", "english")
VISITS = {"bob": [("7:59", "8:45")], "ann": [("8:00", "8:20")], "zoe": [("8:02", "8:44")]}


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


def test_a_correction_stands_over_the_derived_mark_and_says_so(register, bob):
    correct_mark(mark_of=row(register), mark="present", reason="Sat beside Ann", by=bob)
    ben = row(register)
    assert (ben.mark, ben.derived_mark, ben.evidence) == ("present", "absent", "by_hand")
    assert said(register) == (
        "Present, set by bob on 2026-09-22 09:00: “Sat beside Ann”. According to the "
        "evidence: Absent: did not join the lesson."
    )
    entry = AuditEntry.objects.get(action="attendance.correct")
    assert (entry.before["mark"], entry.after["mark"], entry.reason) == (
        "absent",
        "present",
        "Sat beside Ann",
    )


def test_all_versions_are_kept_and_the_newest_counts(register, bob, alice):
    correct_mark(mark_of=row(register), mark="present", reason="one", by=bob)
    correct_mark(mark_of=row(register), mark="excused", reason="two", by=alice)
    correct_mark(mark_of=row(register), mark="", reason="three", by=bob)
    ben = row(register)
    assert (ben.mark, ben.evidence, "hand" in ben.reason) == ("absent", "none", False)
    told = list(Correction.objects.values_list("instead_of", "mark", "by__user_id"))
    assert told == [("absent", "present", "bob"), ("present", "excused", "alice"), ("excused", "", "bob")]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Correction.objects.update(mark="late")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Correction.objects.all().delete()


def test_new_evidence_changes_the_derived_mark_beneath_the_correction(register, bob):
    correct_mark(mark_of=row(register), mark="excused", reason="ill", by=bob)
    record_history_rows(register, {"ben": [("8:00", "8:45")]})
    recompute_register(register)
    ben = row(register)
    assert (ben.mark, ben.derived_mark) == ("excused", "unknown")
    assert not recompute_register(register)


def test_a_correction_needs_a_reason_and_a_student(register, bob):
    with pytest.raises(ValidationError, match="Enter a reason"):
        correct_mark(mark_of=row(register), mark="present", reason=" ", by=bob)
    with pytest.raises(ValidationError, match="Only students"):
        correct_mark(mark_of=row(register, "zoe"), mark="present", reason="x", by=bob)
    with pytest.raises(ValidationError, match="has not been corrected"):
        correct_mark(mark_of=row(register), mark="", reason="x", by=bob)


def test_a_mass_drop_is_excused_at_once_with_a_line_each_and_one_of_the_trail(register, bob):
    assert (
        excuse_people(
            lesson=register, user_ids=["ann", "ben", "zoe", "bob"], reason="iclass fell over", by=bob
        )
        == 2
    )
    assert {one.user_id: one.mark for one in register.attendance.exclude(mark="")} == {
        "ann": "excused",
        "ben": "excused",
    }
    assert set(Correction.objects.values_list("kind", flat=True)) == {"drop"}
    assert AuditEntry.objects.filter(action="attendance.excuse").count() == 1
    assert excuse_people(lesson=register, user_ids=["ann", "ben"], reason="again", by=bob) == 0


def test_what_is_computed_again_equals_what_is_stored_with_corrections(register, bob):
    correct_mark(mark_of=row(register), mark="excused", reason="ill", by=bob)
    stored = {one.user_id: (one.mark, one.evidence, one.reason) for one in register.attendance.all()}
    assert {one.user_id: (one.mark, one.evidence, one.reason) for one in preview_marks(register)} == stored

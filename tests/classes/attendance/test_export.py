"""The register as a table and as a file."""

import io
from decimal import Decimal

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from classes.attendance.export import REGISTER_COLUMNS, export_rows, file_metadata, register_filename
from classes.attendance.queries import build_register
from classes.attendance.register import finalize_register, recompute_register
from console.sheets.csv_writer import csv_text
from console.sheets.xlsx_writer import write_xlsx
from tests.classes.attendance.service_rows import moment, poll_lesson, record_history_rows

pytestmark = pytest.mark.usefixtures("nine")
VISITS = {
    "bob": [("7:59", "8:45")],
    "ann": [("8:00:03", "8:45")],
    "=zoe": [("8:02", "8:44")],
}


@pytest.fixture
def register(lesson):
    poll_lesson(lesson, VISITS)
    record_history_rows(lesson, VISITS)
    recompute_register(lesson)
    return lesson


def test_the_absent_come_first_then_the_present_then_staff_then_strangers(register):
    table = build_register(register)
    assert [entry.user_id for entry in table.everybody] == ["ben", "ann", "bob", "=zoe"]
    assert table.counts == {"absent": 1, "present": 1}
    assert [entry.user_id for entry in table.guests] == ["=zoe"]
    assert table.provisional


def test_an_entry_has_what_rest_tells(register):
    with translation.override("en"):
        ann = next(entry for entry in build_register(register).students if entry.user_id == "ann")
    assert (ann.mark, ann.mark_label, ann.evidence) == ("present", "present", "two_sources")
    assert (ann.first_entered_at, ann.present_seconds, ann.share) == (
        moment("8:00:03"),
        2697,
        Decimal("0.9988"),
    )
    assert ann.sentence.startswith("Present: 44:57 of 45 min (99.8 %).")


def test_a_table_needs_few_queries(register, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        build_register(register)


def test_a_lesson_that_was_never_reckoned_lists_everybody(lesson, django_assert_max_num_queries):
    lesson.real_started_at = lesson.real_ended_at = None
    with django_assert_max_num_queries(5):
        table = build_register(lesson)
    assert {entry.user_id: entry.mark for entry in table.everybody} == {
        "ann": "unknown",
        "ben": "unknown",
        "bob": "",
    }
    assert not lesson.attendance.exists()


def test_the_file_has_ids_names_marks_times_and_reasons(register):
    with translation.override("en"):
        file = write_xlsx(
            export_rows(build_register(register).everybody, register),
            REGISTER_COLUMNS,
            register.topic,
            file_metadata(register),
            zone=register.enterprise.tz,
        )
    with file:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    heading, *people = book.get_sheet_by_index(0).to_python()
    assert heading[:3] == ["User ID", "Name", "Role"]
    assert "First joined (Beijing time)" in heading
    by_id = {person[0]: dict(zip(heading, person, strict=True)) for person in people}
    assert str(by_id["ann"]["First joined (Beijing time)"]) == "2026-09-22 08:00:03"
    assert by_id["ann"]["Time present"].total_seconds() == 2697
    assert by_id["ben"]["First joined (Beijing time)"] == ""
    assert (by_id["ben"]["Mark"], by_id["ben"]["Reason"]) == ("absent", "Absent: did not join the lesson.")
    assert (by_id["=zoe"]["On the list"], by_id["=zoe"]["Mark"]) == ("no", "")


def test_the_csv_runs_no_name_of_a_stranger(register):
    text = csv_text(
        export_rows(build_register(register).everybody, register),
        REGISTER_COLUMNS,
        zone=register.enterprise.tz,
    )
    assert "'=zoe" in text
    assert "0:44:57" in text


def test_the_second_sheet_says_what_the_file_is(register):
    with translation.override("en"):
        assert file_metadata(register) == {
            "Lesson": "Fractions",
            "Teacher": "Bob (bob)",
            "Planned": "2026-09-22 08:00:00–2026-09-22 08:45:00",
            "Actual time": "2026-09-22 08:00:00–2026-09-22 08:45:00",
            "Time zone": "Beijing time",
            "State": "provisional: the data from iclass is not complete",
        }
        finalize_register(register)
        assert file_metadata(register)["State"] == "final"
        assert register_filename(register, ".csv") == "2026-09-22 Fractions Attendance.csv"

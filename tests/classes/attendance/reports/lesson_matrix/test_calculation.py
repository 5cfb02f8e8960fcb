"""What the matrix counts and leaves out, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from classes.attendance.reports.lesson_matrix.lessons import (
    Limits,
    MatrixLesson,
    lesson_state,
    within_limits,
)
from classes.attendance.reports.lesson_matrix.table import fits, sum_counts

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def lesson(number: int, marks: int, state: str = "final") -> MatrixLesson:
    return MatrixLesson(number, f"Day {number}", NOW, state, marks)


@pytest.mark.parametrize(
    ("status", "final_at", "ends_at", "state"),
    [
        ("end", EARLIER, EARLIER, "final"),
        ("end", None, EARLIER, "provisional"),
        ("ing", None, EARLIER, "running"),
        ("will", None, LATER, "planned"),
        ("will", None, EARLIER, "not_held"),
    ],
)
def test_only_a_final_lesson_is_final(
    status: str, final_at: datetime | None, ends_at: datetime, state: str
) -> None:
    assert lesson_state(status, final_at, ends_at, NOW) == state


def test_the_newest_lessons_count_up_to_so_many_lessons_or_marks() -> None:
    lessons = [lesson(number, 30) for number in range(5)]
    assert within_limits(lessons, Limits(lessons=5, marks=1000)) == 5
    assert within_limits(lessons, Limits(lessons=3, marks=1000)) == 3
    assert within_limits(lessons, Limits(lessons=5, marks=70)) == 2
    assert within_limits([lesson(1, 500)], Limits(lessons=5, marks=70)) == 1, "never an empty matrix"
    assert within_limits([], Limits(lessons=5, marks=70)) == 0
    open_ones = [lesson(number, 30, "provisional") for number in range(5)]
    assert within_limits(open_ones, Limits(lessons=5, marks=70)) == 5, "they have no marks that count"


@pytest.mark.parametrize(
    ("counts", "below", "absent", "kept"),
    [
        ({"present": 3, "absent": 1}, 76, False, True),
        ({"present": 3, "absent": 1}, 75, False, False),
        ({"present": 3, "absent": 1}, None, True, True),
        ({"present": 3, "excused": 1}, None, True, False),
        ({"excused": 2, "unknown": 1}, 100, False, False),
        ({}, 100, False, False),
        ({}, None, False, True),
        ({"present": 1}, 100, False, False),
    ],
)
def test_a_share_of_nothing_is_below_nothing_and_excused_is_no_absence(
    counts: dict[str, int], below: int | None, absent: bool, kept: bool
) -> None:
    assert fits(counts, below, absent) is kept


def test_counts_are_added_mark_by_mark() -> None:
    assert sum_counts([{"present": 2, "late": 1}, {}, {"late": 4}]) == {"present": 2, "late": 5}

"""The table of a matrix: which students and lessons it shows, their marks, and the totals of both.

Marks and members are read as the owner of the database, by keys of lessons that were read in the scope of the
reader. Row-level security would look up every lesson of the school for each of these queries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import CharField, Count, IntegerField, QuerySet, Value

from accounts.models import StudentGroup, User
from accounts.people.queries import BY_NAME, search_people
from classes.attendance.reports.lesson_matrix.forms import MatrixForm
from classes.attendance.reports.lesson_matrix.lessons import (
    LessonSelection,
    Limits,
    MatrixLesson,
    chosen_lessons,
    close_lessons_of_others,
    is_in_charge_of,
    select_lessons,
)
from classes.attendance.reports.sheet import attended_share, sum_counts
from classes.models import Attendance, Mark, Member
from console.policy.database_scope import as_owner

Counts = Mapping[str, int]
#: Stands for the person in the totals of a lesson; no row has this key.
EVERYBODY = 0


class MatrixStudent(NamedTuple):
    """A row. `counts` are the final marks of the selected lessons by mark, `share` the attended share."""

    pk: int
    nickname: str
    user_id: str
    counts: Counts
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Students and lessons that the filter selects, without their cells. Totals are those of these students.

    `is_narrowed` if the filter left students of the lessons out.
    """

    selection: LessonSelection
    students: list[MatrixStudent]
    group: StudentGroup | None
    is_narrowed: bool

    @property
    def total(self) -> dict[str, int]:
        return sum_counts(one.counts for one in self.students)

    @property
    def marks_in_use(self) -> list[Mark]:
        """The marks that occur, in the order of Mark."""
        total = self.total
        return [mark for mark in Mark if total.get(mark)]


class MatrixCells(NamedTuple):
    """Marks by student and lesson, and the counts of each lesson."""

    marks: dict[int, dict[int, str]]
    lesson_counts: dict[int, dict[str, int]]


def read_selection(reader: Any, form: MatrixForm, limits: Limits) -> LessonSelection:
    """Return the lessons that the form chooses; none unless it names a course or a group."""
    course, group = form.course_chosen, form.group_chosen
    if not form.is_valid() or not (course or group):
        return LessonSelection([], False)
    selection = select_lessons(chosen_lessons(reader, form.period, course, group), limits)
    return close_lessons_of_others(reader, selection) if is_in_charge_of(reader, group) else selection


def read_matrix(form: MatrixForm, selection: LessonSelection, shown: Iterable[MatrixLesson]) -> Matrix:
    """Return the matrix of the selected lessons.

    Its students have a final mark in one of them, or are expected in a lesson of `shown` that is not final.
    """
    group, name = form.group_chosen, form.value("name")
    expected = expected_students([one.pk for one in shown if not one.is_final], group)
    counts = counts_by_student(final_marks(selection.final_ids, group), expected)
    below, absent = form.value("below"), form.value("absent")
    kept = [person for person, numbers in counts.items() if fits(numbers, below, bool(absent))]
    people = User.objects.filter(pk__in=kept)
    if name:
        people = search_people(people, name)
    students = [
        MatrixStudent(pk, nickname, user_id, counts[pk], attended_share(counts[pk]))
        for pk, nickname, user_id in people.order_by(*BY_NAME).values_list("pk", "nickname", "user_id")
    ]
    return Matrix(selection, students, group, len(students) < len(counts))


def shown_marks(
    matrix: Matrix, lessons: Iterable[MatrixLesson], students: Iterable[MatrixStudent] | None = None
) -> QuerySet[Attendance]:
    """Return the marks of these lessons that the matrix counts, of these students alone where given."""
    marks = final_marks([one.pk for one in lessons if one.is_final], matrix.group)
    if students is not None:
        return marks.filter(person__in=[one.pk for one in students])
    return marks.filter(person__in=[one.pk for one in matrix.students]) if matrix.is_narrowed else marks


def read_cells(
    matrix: Matrix, students: Iterable[MatrixStudent], lessons: Iterable[MatrixLesson]
) -> MatrixCells:
    """Return the cells of these rows and columns, and the totals of all selected lessons, with one query."""
    cells = shown_marks(matrix, lessons, students).annotate(n=constant_column(1))
    totals = (
        shown_marks(matrix, matrix.selection.lessons)
        .values("lesson", "mark")
        .annotate(n=Count("pk"), everybody=constant_column(EVERYBODY))
    )
    rows = cells.values_list("person", "lesson", "mark", "n").union(
        totals.values_list("everybody", "lesson", "mark", "n"), all=True
    )
    found = MatrixCells({}, {})
    with as_owner():
        read = list(rows)
    for person, lesson, mark, number in read:
        if person == EVERYBODY:
            found.lesson_counts.setdefault(lesson, {})[mark] = number
        else:
            found.marks.setdefault(person, {})[lesson] = mark
    return found


def final_marks(lessons: list[int], group: StudentGroup | None = None) -> QuerySet[Attendance]:
    """Return the marks of people of the school in these lessons, of the current students of a group."""
    marks = Attendance.objects.filter(lesson__in=lessons, expected=True, person__isnull=False)
    marks = marks.exclude(mark="").order_by()
    return marks.filter(person__in=group.students.values("pk")) if group else marks


def expected_students(lessons: list[int], group: StudentGroup | None) -> QuerySet[Any, Any] | None:
    """Return the students on the lists of these lessons, each with no mark and 0; None without lessons."""
    if not lessons:
        return None
    members = Member.objects.filter(lesson__in=lessons, role=Member.Role.STUDENT).order_by()
    if group:
        members = members.filter(user__in=group.students.values("pk"))
    return members.values_list("user_id", Value("", CharField()), constant_column(0)).distinct()


def counts_by_student(
    marks: QuerySet[Attendance], expected: QuerySet[Any, Any] | None = None
) -> dict[int, dict[str, int]]:
    """Return the number of marks of each student by mark; none of who is only `expected`. One query."""
    counts: dict[int, dict[str, int]] = {}
    found: Any = marks.values_list("person", "mark").annotate(n=Count("pk"))
    if expected is not None:
        found = found.union(expected, all=True)
    with as_owner():
        rows = list(found)
    for person, mark, number in rows:
        counts.setdefault(person, {}).update({mark: number} if mark else {})
    return counts


def fits(counts: Counts, below: int | None, absent: bool) -> bool:
    """Return whether a student with these counts passes the filter; no share is below nothing."""
    share = attended_share(counts)
    if below is not None and (share is None or share * 100 >= below):
        return False
    return not absent or bool(counts.get(Mark.ABSENT))


def constant_column(constant: int) -> Value:
    """Return a column that is the same in each row of a query."""
    return Value(constant, output_field=IntegerField())

"""Schools and files of any size for the import of a timetable."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter

from accounts.models import Enterprise, GroupMembership, Role, StudentGroup, User

WEEKS, GROUPS, LESSONS, STUDENTS = 20, 60, 12, 35
HEADINGS = ("topic", "teacher", "groups", "date", "start", "minutes", "weekdays", "until")


def xlsx_file(rows: list[tuple[Any, ...]], headings: tuple[str, ...] = HEADINGS) -> io.BytesIO:
    """An XLSX file of these rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([headings, *rows]):
            page.write_row(number, 0, row)
    file.seek(0)
    file.name = "term.xlsx"
    return file


def fill_school(school: Enterprise, groups: int = GROUPS, students: int = STUDENTS) -> None:
    """A teacher for each group, and its students; everybody is known to the service."""

    def person(user_id: str, role: str) -> User:
        return User(
            enterprise=school, user_id=user_id, login=f"{user_id}@{school.sdkappid}", nickname=user_id,
            role=role, remote_id=user_id, sync_state="in_sync", password="!",
        )  # fmt: skip

    User.objects.bulk_create(person(f"teacher-{n}", Role.TEACHER) for n in range(groups))
    made = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise=school, name=f"Group {n}") for n in range(groups)
    )
    pupils = User.objects.bulk_create(
        (person(f"student-{n}", Role.STUDENT) for n in range(groups * students)), batch_size=2000
    )
    GroupMembership.objects.bulk_create(
        (GroupMembership(group=made[number // students], student=one) for number, one in enumerate(pupils)),
        batch_size=2000,
    )


def term_rows(
    monday: date, groups: int = GROUPS, weeks: int = WEEKS, series: bool = True
) -> list[tuple[Any, ...]]:
    """The rows of a term: twelve lessons a week for each group, as weekly series or one row a lesson."""
    rows: list[tuple[Any, ...]] = []
    until = monday + timedelta(weeks=weeks) - timedelta(days=1)
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
    for group in range(groups):
        for number in range(LESSONS):
            day, clock = number % 6, "09:00" if number < 6 else "14:00"
            common = (f"Lesson {number}", f"teacher-{group}", f"Group {group}")
            first = monday + timedelta(days=day)
            if series:
                rows.append((*common, first.isoformat(), clock, 45, days[day], until.isoformat()))
            else:
                rows += [
                    (*common, (first + timedelta(weeks=week)).isoformat(), clock, 45, "", "")
                    for week in range(weeks)
                ]
    return rows


def next_monday() -> date:
    today = datetime.now().date()  # noqa: DTZ005 - a day well ahead, whatever the zone
    return today + timedelta(days=14 - today.weekday())

"""A figure is the same wherever it stands: on pages, in charts and files, on badges and over REST."""

import csv
import io
import re
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Enterprise, StudentGroup
from classes.attendance.evidence import record_history
from classes.attendance.policy import freeze_policy
from classes.attendance.register import recompute_register
from classes.live.alarms.detection import detect_alarms
from classes.models import Alarm, Attendance, AttendanceWarning, Course, Lesson, Recording, ThresholdRule
from console.iclass import HistoryMember
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    create_students,
    record_poll,
)
from tests.support.page_client import page_text
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db


class School:
    """The pages, files and REST lists of a school, as its reader has them."""

    def __init__(self, browse, reader):
        self.browse, self.reader = browse, reader

    def page(self, path):
        answer = self.browse(self.reader, path)
        assert answer.status_code == 200, path
        return answer

    def text(self, path):
        return page_text(self.page(path))

    def column(self, path, heading):
        """The values below a heading of the table of a page, and the one in its row of totals."""
        context = self.page(path).context
        place = [str(column.label) for column in context["columns"]].index(heading)
        values = [str(cells[place][1]) for _link, cells in context["lines"]]
        return values, str(context["total"][place - 1][1]) if context["total"] else None

    def csv(self, path):
        """The rows of a file as dictionaries."""
        answer = self.page(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    def xlsx(self, path):
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(self.page(path).streaming_content)))
        head, *rows = book.get_sheet_by_index(0).to_python()
        return [dict(zip(head, row, strict=True)) for row in rows]

    def badge(self, name):
        found = self.page("/menu-counts/").json().get(name)
        return int(found["text"].split()[0]) if found else 0

    def waits(self, name):
        return sum(one.number for one in self.page("/").context["waiting"] if one.kind.name == name)


@pytest.fixture
def school_of(browse):
    return lambda reader: School(browse, reader)


@pytest.fixture
def ten(school):
    return create_students(school, 10, "Year 7")


@pytest.fixture
def yesterday(bob, school, ten):
    """Three lessons of yesterday, two of them of a course: 29 of 30 marks attended, and odd seconds."""
    midnight = datetime.combine(timezone.localdate() - timedelta(days=1), time.min)
    course = Course.objects.create(
        enterprise=school, teacher=bob, title="Croquet", starts_local=midnight, duration_minutes=45
    )
    lessons = []
    for hour in (20, 21, 22):
        begins = timezone.make_aware(midnight + timedelta(hours=hour))
        lesson = create_finished_lesson(
            bob,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=45),
            real_started_at=begins,
            real_ended_at=begins + timedelta(minutes=40, seconds=20),
            course=None if hour == 22 else course,
        )
        add_members(lesson, *ten)
        lesson.groups.add(StudentGroup.objects.get())
        Attendance.objects.bulk_create(
            Attendance(
                lesson=lesson,
                person=kid,
                user_id=kid.user_id,
                role="student",
                mark="absent" if hour == 22 and kid == ten[0] else "present",
                present_seconds=44,
                provisional=False,
            )
            for kid in ten
        )
        Recording.objects.create(
            enterprise=school, lesson=lesson, class_id="1", video_id=f"{hour}", video_type=0, seconds=620
        )
        lessons.append(lesson)
    Enterprise.objects.filter(pk=school.pk).update(
        included_minutes=1000, minutes_since=timezone.localdate() - timedelta(days=60)
    )
    return lessons


def test_participant_minutes(school_of, alice, yesterday):
    school, name = school_of(alice), "Participant minutes"
    usage, by_day = "/reports/usage/", "/reports/school/"
    pages = (usage, f"{usage}?split=course", by_day, f"{by_day}?by=week")
    found = {}
    for path in pages:
        values, found[path] = school.column(path, name)
        found[f"rows of {path}"] = str(sum(map(int, values)))
        for kind, read in (("csv", school.csv), ("xlsx", school.xlsx)):
            file = path.replace("/?", f".{kind}?") if "?" in path else f"{path.rstrip('/')}.{kind}"
            rows = [int(row[name]) for row in read(file)]
            found[file], found[f"rows of {file}"] = str(rows[-1]), str(sum(rows[:-1]))
    for path in (usage, by_day):
        chart = next(one for one in school.page(path).context["charts"] if one.name == "minutes")
        found[f"chart of {path}"] = str(sum(int(row[1]) for row in chart.rows))
    found["licence"] = str(school.page(usage).context["use"].used)
    # 440 seconds in each lesson are 7 minutes; 1,320 seconds would be 22.
    assert found == dict.fromkeys(found, "21")


@pytest.mark.parametrize(("name", "minutes"), [("Minutes taught", "120"), ("Recorded minutes", "30")])
def test_minutes_taught_and_recorded(school_of, alice, yesterday, name, minutes):
    school, found = school_of(alice), {}
    for path in ("/reports/usage/", "/reports/usage/?split=course"):
        values, found[path] = school.column(path, name)
        found[f"rows of {path}"] = str(sum(map(int, values)))
    found["file"] = str(int(school.xlsx("/reports/usage.xlsx")[-1][name]))
    assert found == dict.fromkeys(found, minutes)


def as_percent(cell):
    """The text of a page or a CSV file, or the number of an Excel file, in per cent."""
    return Decimal(str(cell)) * 100 if isinstance(cell, float) else Decimal(str(cell).rstrip(" %"))


def test_the_attendance_rate_of_the_school(school_of, alice, yesterday):
    school, name, found = school_of(alice), "Attendance rate", {}
    for asked in ("", "?by=week"):
        values, found[f"total {asked}"] = school.column(f"/reports/school/{asked}", name)
        found[f"row {asked}"] = values[0]
        for kind, read in (("csv", school.csv), ("xlsx", school.xlsx)):
            rows = read(f"/reports/school.{kind}{asked}")
            assert rows[-1][next(iter(rows[-1]))] == "Total"
            found |= {f"{kind} total {asked}": rows[-1][name], f"{kind} row {asked}": rows[0][name]}
        charts = {one.name: one for one in school.page(f"/reports/school/{asked}").context["charts"]}
        found[f"chart {asked}"] = charts["rate"].rows[0][1]
    (drawn,) = school.page("/reports/school/groups/").context["charts"]
    found |= {"map of groups": drawn.rows[0][1], "cell of the map": drawn.cells[0].text}
    week = school.page("/").context["week"]
    found["Today"] = next(row.total.share for row in week.rows if row.total.share)
    assert {place: as_percent(cell) for place, cell in found.items()} == dict.fromkeys(found, Decimal("96.6"))


def test_the_attendance_rate_of_a_student(school_of, alice, ten, yesterday):
    school, own, kid = school_of(alice), school_of(ten[0]), ten[0]
    group = StudentGroup.objects.get().pk
    found = {
        "report": re.search(r"<strong>([\d.]+ %)</strong>", school.text(f"/people/{kid.pk}/attendance/"))[1],
        "person": re.search(r"<strong>([\d.]+ %)</strong>", school.text(f"/people/{kid.pk}/"))[1],
        "own Today": re.search(r"<strong>([\d.]+ %)</strong>", own.text("/"))[1],
        "group": school.column(f"/reports/group/?group={group}", "Attendance rate")[0][0],
        "CSV": school.csv(f"/reports/group.csv?group={group}")[0]["Attendance rate"],
        "Excel": school.xlsx(f"/reports/group.xlsx?group={group}")[0]["Attendance rate"],
    }
    assert {place: as_percent(cell) for place, cell in found.items()} == dict.fromkeys(found, Decimal("66.6"))


def test_the_days_since_a_lesson_are_days_of_the_calendar(school_of, alice, yesterday):
    school = school_of(alice)
    assert school.column("/reports/registers/", "Days since")[0] == ["1"] * 3
    assert [row["Days since"] for row in school.csv("/reports/registers.csv")] == ["1"] * 3
    assert [row["Days since"] for row in school.xlsx("/reports/registers.xlsx")] == [1.0] * 3


def test_the_time_and_share_of_a_student_in_a_lesson(school_of, alice, bob, kids):
    """Kid1 enters 15 seconds before the lesson and stays for 33 minutes and 28 seconds."""
    lesson = create_finished_lesson(bob)
    begins = lesson.real_started_at
    add_members(lesson, *kids)
    entered = int(begins.timestamp()) - 15
    line = HistoryMember(user_id="kid1", enter_time=entered, quit_time=entered + 33 * 60 + 28)
    record_history(lesson, [line], seen_at=timezone.now())
    freeze_policy(lesson)
    recompute_register(lesson)
    school, row = school_of(alice), Attendance.objects.get(lesson=lesson, user_id="kid1")
    detail = school.text(f"/attendance/{row.pk}/")
    path = f"/lessons/{lesson.pk}/attendance"
    in_file = next(one for one in school.csv(f"{path}.csv") if one["User ID"] == "kid1")
    in_excel = next(one for one in school.xlsx(f"{path}.xlsx") if one["User ID"] == "kid1")
    rest = rest_client(alice).get(f"/api/v1/lessons/{lesson.pk}/attendance/").json()
    over_rest = next(one for one in rest if one["user_id"] == "kid1")
    assert "33 min 28 s" not in detail
    assert '<td class="number">33 min 13 s</td>' in detail
    assert "33:13 of 45 min (73.8 %)" in detail
    assert in_file["Time present"] == "0:33:13"
    assert in_excel["Time present"] == timedelta(minutes=33, seconds=13)
    assert over_rest["present_seconds"] == 33 * 60 + 13
    shares = re.search(r"Share of actual time</dt><dd>([^<]+)<", detail)[1]
    found = [shares, in_file["Share of the lesson"], in_excel["Share of the lesson"]]
    assert [as_percent(cell) for cell in found] == [Decimal("73.8")] * 3
    assert Decimal(over_rest["share"]) * 100 - Decimal("73.8") < Decimal("0.1")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"begins": timedelta(hours=3)}, "The lesson has not started."),
        ({"begins": timedelta(minutes=-10)}, "The lesson has not started."),
        ({"begins": timedelta(hours=-3)}, "The lesson was not held, so no one is absent."),
        ({"cancelled_at": timezone.now()}, "The lesson was cancelled."),
        (
            {"begins": timedelta(hours=-3), "status": "end"},
            "rovisional: the data from iclass is not complete",
        ),
    ],
    ids=["planned", "overdue", "not held", "cancelled", "provisional"],
)
def test_the_state_of_a_register(school_of, alice, bob, kids, fields, words):
    lesson = create_planned_lesson(bob, **fields)
    add_members(lesson, *kids)
    school = school_of(alice)
    page = school.text(f"/lessons/{lesson.pk}/attendance/")
    answer = school.page(f"/lessons/{lesson.pk}/attendance.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    state = dict(book.get_sheet_by_index(1).to_python())["State"]
    assert words in page.split("<main")[1]
    assert words in state
    assert ("data from iclass is not complete" in page) is words.startswith("rovisional")


def test_new_warnings(school_of, alice, school, kids):
    rule = ThresholdRule.objects.create(enterprise=school, kind="absences", number=3, created_by=alice)
    facts = {"kind": "absences", "count": 4, "total": 4, "number": 3, "days": None, "least": None}
    over = {"ended_at": timezone.now(), "ending": "over"}
    for kid, more in zip(kids, ({}, over, over), strict=True):
        AttendanceWarning.objects.create(enterprise=school, rule=rule, person=kid, facts=facts, **more)
    pages = school_of(alice)
    (rules,) = pages.page("/warnings/rules/").context["rules"]
    found = {
        "menu": pages.badge("warnings"),
        "Today": pages.waits("warnings"),
        "list": len(pages.page("/warnings/?state=open").context["lines"]),
        "students now": rules[0].holding,
        "list of these students": len(pages.page("/warnings/").context["lines"]),
        "REST": len(all_rows(rest_client(alice), "warnings/?state=open")),
    }
    assert found == dict.fromkeys(found, 1)
    assert len(pages.page("/warnings/ended/").context["lines"]) == 2


def in_room(lesson, people, ago=0):
    record_poll(lesson, people, timezone.now() - timedelta(seconds=ago))
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    recompute_register(lesson)


@pytest.fixture
def live(bob, kids):
    """Lessons with a missing student, without their teacher, overdue, and one in which all is well."""
    one, two = (create_running_lesson(bob, 20, topic=topic) for topic in ("Students gone", "No teacher"))
    add_members(one, *kids)
    in_room(one, [bob, *kids[:2]], ago=40)
    in_room(one, [bob, kids[0]])  # Kid2 has left, Kid3 has not come
    add_members(two, *kids[:1])
    in_room(two, kids[:1])
    in_room(create_running_lesson(bob, topic="All well"), [bob])
    create_planned_lesson(bob, timedelta(minutes=-10), topic="Overdue")
    detect_alarms()
    return one


def test_lessons_that_need_attention_are_those_with_an_alarm(school_of, alice, live):
    school = school_of(alice)
    wall, alarms = school.page("/live/?show=trouble"), school.page("/alarms/").context["lines"]
    with_alarm = {alarm.lesson.topic for alarm, _url, _sort in alarms}
    assert with_alarm == {"Students gone", "No teacher", "Overdue"}
    assert {tile.lesson.topic for tile in wall.context["wall"].shown} == with_alarm
    chip = re.search(r'id="wall-trouble".*?<strong>(\d+)</strong>', page_text(wall), re.S)
    assert int(chip[1]) == len(with_alarm)
    assert school.badge("alarms") == len(alarms)
    assert school.waits("alarms") == len(alarms)


def test_missing_students(school_of, alice, live):
    school = school_of(alice)
    (tile,) = (one for one in school.page("/live/").context["wall"].tiles if one.lesson.pk == live.pk)
    room = school.text(f"/lessons/{live.pk}/")
    inside = re.search(r'In the classroom <span class="text-secondary">(\d+)/3<', room)[1]
    found = {
        "tag of the wall": [one.number for one in tile.troubles],
        "names on the wall": [len(tile.missing_text.split(", "))],
        "not here of expected": [tile.lesson.expected - tile.lesson.here],
        "alarm": list(Alarm.objects.filter(lesson=live, kind="absent").values_list("number", flat=True)),
        "lesson": [int(re.search(r'Expected but not here <span class="text-secondary">(\d+)<', room)[1])],
        "in the room": [3 - int(inside)],
    }
    assert found == dict.fromkeys(found, [2])

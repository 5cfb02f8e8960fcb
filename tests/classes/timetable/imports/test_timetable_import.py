"""A timetable from a file: preview, conflicts by name, all or nothing, and undone."""

import io
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import StudentGroup
from classes.lessons.services import edit_lesson
from classes.models import Course, Cover, Holiday, Lesson, Member, TeacherAbsence, Term, TimetableImport
from classes.timetable.cover.services import enter_absence
from classes.timetable.imports import jobs
from classes.timetable.imports.columns import HEADINGS, LABELS, parse_clock, parse_day, parse_weekdays
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from console.audit.trail import record
from console.imports import services
from console.imports.columns import normalize_heading
from console.imports.import_type import ImportOutdated
from console.jobs import runner
from console.outbox.models import Operation
from tests.classes.factories import create_planned_lesson, create_students
from tests.classes.timetable.imports.timetable_files import next_monday, xlsx_file
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def monday():
    return next_monday()


@pytest.fixture
def kids(school):
    return create_students(school, 3, "Year 7")


def taken(rows, by, **more):
    return services.receive_file(TIMETABLE_IMPORT, file=xlsx_file(rows, **more), filename="term.xlsx", by=by)


def outcomes(source):
    return [(row.number, row.outcome, row.why) for row in source.lines.order_by("number")]


def series(monday, **more):
    told = {
        "topic": "Croquet", "teacher": "bob", "groups": "Year 7", "date": monday.isoformat(),
        "start": "10:00", "minutes": 45, "weekdays": "Mon, Wed", "until": (monday + 13 * DAY).isoformat(),
    }  # fmt: skip
    return tuple((told | more).values())


class TestReading:
    @pytest.mark.parametrize("text", ["2027-03-01", "2027/3/1", "2027年3月1日", "2027.03.01", "46447"])
    def test_days_are_read_as_people_and_excel_write_them(self, text):
        assert parse_day(text) == date(2027, 3, 1)

    @pytest.mark.parametrize("text", ["9:05", "09:05", "9：05", "09:05:00", "9点05分", "0.378472222"])
    def test_clocks_too(self, text):
        assert parse_clock(text) == time(9, 5)

    @pytest.mark.parametrize("text", ["Mon, Wed", "周一、周三", "一三", "1,3", "MO WE", "星期一和星期三"])
    def test_and_days_of_the_week(self, text):
        assert parse_weekdays(text) == ["MO", "WE"]

    @pytest.mark.parametrize("text", ["someday", "周八", "Mon, 9"])
    def test_what_is_no_day_of_the_week_is_none(self, text):
        assert parse_weekdays(text) is None

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_the_columns_of_the_example_are_known_in_both_languages(self, language):
        with translation.override(language):
            assert {name: HEADINGS.get(normalize_heading(str(label))) for name, label in LABELS.items()} == {
                name: name for name in LABELS
            }


class TestPreview:
    def test_a_row_is_a_lesson_or_a_series_and_nothing_is_written_yet(self, alice, bob, kids, monday):
        single = series(monday, topic="Tea", start="14:00", weekdays="", until="")
        source = taken([series(monday), single], alice)
        assert source.counts == {"added": 2, "conflict": 0, "unchanged": 0, "refused": 0, "lessons": 5}
        assert not Lesson.objects.exists()

    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"topic": ""}, "no_topic"),
            ({"teacher": "nobody"}, "teacher"),
            ({"teacher": ""}, "no_teacher"),
            ({"groups": "Year 8"}, "group"),
            ({"date": "soon"}, "date"),
            ({"start": "25:00"}, "time"),
            ({"minutes": ""}, "no_end"),
            ({"minutes": 5000}, "minutes"),
            ({"weekdays": "someday"}, "weekdays"),
            ({"until": ""}, "no_until"),
            ({"date": "2020-01-06", "until": "2020-02-01"}, "past"),
            ({"until": "2020-01-06"}, "no_dates"),
        ],
    )
    def test_a_row_that_cannot_be_is_refused_with_its_reason(self, alice, bob, kids, monday, more, why):
        (row,) = taken([series(monday, **more)], alice).lines.all()
        assert (row.outcome, row.why) == ("refused", why)
        assert row.refusal_message

    def test_a_teacher_may_be_named_where_only_one_has_the_name(self, alice, bob, kids, monday, school):
        assert taken([series(monday, teacher="Bob")], alice).counts["added"] == 1
        twin = create_person(school, "bob-2", "teacher")
        type(twin).objects.filter(pk=twin.pk).update(nickname="Bob")
        assert outcomes(taken([series(monday, teacher="Bob")], alice))[0][2] == "two_teachers"

    def test_holidays_are_left_out(self, alice, bob, kids, monday, school):
        Holiday.objects.create(enterprise=school, name="Founders", starts_on=monday, ends_on=monday)
        assert taken([series(monday)], alice).counts["lessons"] == 3

    def test_a_row_may_name_its_term_whose_end_and_holidays_hold(self, alice, bob, kids, monday, school):
        days = {"starts_on": monday, "ends_on": monday + 13 * DAY}
        term, other = (
            Term.objects.create(enterprise=school, name=name, **days) for name in ("Spring", "Eve")
        )
        Holiday.objects.create(enterprise=school, name="Fair", term=other, starts_on=monday, ends_on=monday)
        rows = [(*series(monday, until=""), "Spring"), (*series(monday, topic="Tea", until=""), "Eve")]
        rows.append((*series(monday, topic="Hats"), "Autumn"))
        headings = ("topic", "teacher", "groups", "date", "start", "minutes", "weekdays", "until", "term")
        source = taken(rows, alice, headings=headings)
        told = list(source.lines.order_by("number").values_list("lessons", "why", "named"))
        assert told == [(4, "", ""), (3, "", ""), (0, "term", "Autumn")]
        services.start_apply(TIMETABLE_IMPORT, source, by=alice, reason="Two rooms.")
        assert dict(Course.objects.values_list("title", "term")) == {"Croquet": term.pk, "Tea": other.pk}

    def test_conflicts_are_named_within_the_file_and_with_the_school(self, alice, bob, kids, monday, school):
        dora = create_person(school, "dora", "teacher")
        at = timezone.make_aware(timezone.datetime(monday.year, monday.month, monday.day, 10, 15))
        there = create_planned_lesson(bob, topic="Hats", starts_at=at, ends_at=at + timedelta(minutes=30))
        source = taken([series(monday), series(monday, topic="Cards", teacher="dora")], alice)
        first, second = source.lines.order_by("number")
        assert {one["who"] for one in second.conflicts} == {str(kid) for kid in kids}
        assert {one["row"] for one in second.conflicts} == {first.number}
        named = [one for one in first.conflicts if one["lesson"] == there.pk]
        assert [one["topic"] for one in named] == ["Hats"]
        assert (first.outcome, second.outcome) == ("conflict", "conflict")
        assert second.conflicts_in_all == 4 * len(kids)
        assert dora.pk

    def test_an_absent_teacher_is_a_conflict(self, browse, alice, bob, kids, monday):
        begins = timezone.make_aware(timezone.datetime(monday.year, monday.month, monday.day))
        enter_absence(teacher=bob, begins_at=begins, ends_at=begins + DAY, kind="sick", by=alice)
        source = taken([series(monday)], alice)
        row = source.lines.get()
        assert (row.outcome, row.conflicts_in_all) == ("conflict", 1)
        assert row.conflicts[0]["who"] == str(bob)
        page = browse(alice, f"/timetable/imports/{source.pk}/").content.decode()
        assert f"{bob} is absent at this time" in page

    def test_where_the_headings_do_not_say_it_all_somebody_chooses_the_columns(
        self, browse, alice, bob, monday
    ):
        rows = [("Hats", "bob", monday.isoformat(), "10:00", 45), ("Tea", "nobody", "", "", "")]
        file = xlsx_file(rows, headings=("topic", "who", "day", "from when", "minutes"))
        answer = browse(alice, "/timetable/imports/new/", {"file": file})
        source = TimetableImport.objects.get()
        assert source.state == "uploaded"
        assert browse(alice, answer["location"])["location"] == f"/timetable/imports/{source.pk}/columns/"
        page = browse(alice, f"/timetable/imports/{source.pk}/columns/").content.decode()
        assert "bob · nobody" in page
        chosen = dict(zip((f"column_{n}" for n in range(5)), source.columns, strict=True))
        answer = browse(alice, f"/timetable/imports/{source.pk}/columns/", chosen)
        assert "Choose the columns for: Teacher, Starts." in answer.content.decode()
        chosen |= {"column_1": "teacher", "column_3": "start"}
        answer = browse(alice, f"/timetable/imports/{source.pk}/columns/", chosen)
        assert answer["location"] == f"/timetable/imports/{source.pk}/"
        assert outcomes(source) == [(2, "added", ""), (3, "refused", "no_date")]
        answer = browse(alice, f"/timetable/imports/{source.pk}/columns/", chosen | {"column_2": "start"})
        assert "Another column is already mapped to this field." in answer.content.decode()

    def test_once_it_is_planned_the_columns_stand(self, browse, alice, bob, kids, monday):
        source = taken([series(monday)], alice)
        services.apply_import(TIMETABLE_IMPORT, source=source, by=alice)
        answer = browse(alice, f"/timetable/imports/{source.pk}/columns/", {"column_0": "topic"})
        assert answer["location"] == f"/timetable/imports/{source.pk}/"
        assert TimetableImport.objects.get().columns == source.columns

    @pytest.mark.parametrize("suffix", ["csv", "xlsx"])
    def test_the_refused_rows_are_a_file_with_the_reason(self, browse, alice, bob, kids, monday, suffix):
        source = taken([series(monday), series(monday, topic="Tea", teacher="nobody")], alice)
        answer = browse(alice, f"/timetable/imports/{source.pk}/refused.{suffix}")
        sent = io.BytesIO(b"".join(answer) if answer.streaming else answer.content)
        sent.name = f"refused.{suffix}"
        again = services.receive_file(TIMETABLE_IMPORT, file=sent, filename=sent.name, by=alice)
        (row,) = again.lines.all()
        assert (row.cells[0], row.cells[1]) == ("Tea", "nobody")
        assert row.cells[-1].startswith("There is no teacher with this user ID or name.")
        assert row.cells[-2] == "3"

    def test_another_school_finds_neither_columns_nor_refused_rows(self, browse, alice, charlie, monday):
        source = taken([series(monday, teacher="nobody")], alice)
        for path in ("columns/", "refused.csv"):
            assert browse(charlie, f"/timetable/imports/{source.pk}/{path}").status_code == 404

    def test_csv_is_read_as_well(self, alice, bob, kids, monday):
        text = f"主题,教师,班级,日期,开始,结束,星期,节数\n槌球,bob,Year 7,{monday},10:00,10:45,周一,3\n"
        source = services.receive_file(
            TIMETABLE_IMPORT, file=io.BytesIO(text.encode("gb18030")), filename="term.csv", by=alice
        )
        assert (source.counts["added"], source.counts["lessons"]) == (1, 3)


class TestApplying:
    def test_courses_lessons_people_and_operations_are_made_at_once(self, alice, bob, kids, monday):
        single = series(monday, topic="Tea", start="14:00", weekdays="", until="")
        source = services.apply_import(
            TIMETABLE_IMPORT, source=taken([series(monday), single], alice), by=alice
        )
        assert source.state == "applied"
        assert Course.objects.get().lessons.count() == 4
        assert Lesson.objects.filter(course=None).get().topic == "Tea"
        group = StudentGroup.objects.get(name="Year 7")
        assert Member.objects.filter(via=group).count() == 5 * len(kids)
        assert Operation.objects.filter(kind="class.create").count() == 5
        starts = timezone.localtime(Lesson.objects.order_by("starts_at").first().starts_at)
        assert (starts.date(), starts.hour) == (monday, 10)

    def test_conflicts_want_a_reason_which_stays_with_the_lessons(self, alice, bob, kids, monday):
        source = taken([series(monday), series(monday, topic="Cards")], alice)
        with pytest.raises(ValidationError):
            services.apply_import(TIMETABLE_IMPORT, source=source, by=alice)
        services.apply_import(TIMETABLE_IMPORT, source=source, by=alice, reason="two halls")
        assert set(Lesson.objects.values_list("conflict_allowed", "conflict_reason")) == {(True, "two halls")}

    def test_where_the_school_changed_nothing_is_planned_and_the_preview_is_new(
        self, alice, bob, kids, monday
    ):
        source = taken([series(monday)], alice)
        at = timezone.make_aware(timezone.datetime(monday.year, monday.month, monday.day, 10))
        create_planned_lesson(bob, starts_at=at, ends_at=at + timedelta(hours=1))
        with pytest.raises(ImportOutdated):
            services.apply_import(TIMETABLE_IMPORT, source=source, by=alice)
        source.refresh_from_db()
        assert (source.state, source.counts["conflict"]) == ("checked", 1)
        assert not Course.objects.exists()

    def test_the_same_file_again_plans_nothing(self, alice, bob, kids, monday):
        rows = [series(monday), series(monday, topic="Tea", start="14:00", weekdays="", until="")]
        services.apply_import(TIMETABLE_IMPORT, source=taken(rows, alice), by=alice)
        again = taken(rows, alice)
        assert (again.counts["unchanged"], again.counts["lessons"]) == (2, 0)

    def test_the_job_counts_what_the_service_took(self, alice, bob, kids, monday):
        source = services.apply_import(TIMETABLE_IMPORT, source=taken([series(monday)], alice), by=alice)
        one = Operation.objects.filter(kind="class.create").first()
        Operation.objects.filter(pk=one.pk).update(state="sending")
        Operation.objects.filter(pk=one.pk).update(state="done")
        jobs.run_step(source.job)
        assert (source.job.done, source.job.result["states"]["waiting"]) == (1, 3)

    def test_undoing_cancels_what_has_not_begun(self, alice, bob, kids, monday):
        source = services.apply_import(TIMETABLE_IMPORT, source=taken([series(monday)], alice), by=alice)
        services.undo_import(TIMETABLE_IMPORT, source=source, by=alice)
        runner.run_due_jobs()
        assert Lesson.objects.filter(cancelled_at=None).count() == 0
        source.refresh_from_db()
        assert source.state == "undone"
        with pytest.raises(ValidationError):
            services.undo_import(TIMETABLE_IMPORT, source=source, by=alice)

    def test_undoing_keeps_and_lists_what_was_added_or_changed_since(self, browse, alice, bob, kids, monday):
        source = services.apply_import(TIMETABLE_IMPORT, source=taken([series(monday)], alice), by=alice)
        edited, covered, many, grouped = Lesson.objects.order_by("starts_at")
        edit_lesson(lesson=edited, by=alice, topic="Croquet with the Queen")
        absence = TeacherAbsence.objects.create(
            enterprise=bob.enterprise, teacher=bob, begins_at=covered.starts_at, ends_at=covered.ends_at
        )
        cora = create_person(bob.enterprise, "cora", "teacher")
        Cover.objects.create(
            enterprise=bob.enterprise, absence=absence, lesson=covered, absent=bob, covering=cora
        )
        keys = {"lessons": [many.pk]}
        record("lesson.change_many", by=alice, enterprise=bob.enterprise, after=keys)
        record("lesson.change", grouped, by=alice, after={"group": "Year 7", "members_added": ["new"]})
        added = create_planned_lesson(bob, 40 * DAY, course=edited.course)
        services.undo_import(TIMETABLE_IMPORT, source=source, by=alice)
        runner.run_due_jobs()
        kept = {edited, covered, many, added}
        assert set(Lesson.objects.filter(cancelled_at=None)) == kept
        page = browse(alice, reverse("classes:timetable_import", args=[source.pk])).content.decode()
        assert all(lesson.get_absolute_url() in page for lesson in kept)


class TestPages:
    def test_from_the_upload_to_the_lessons(self, browse, alice, bob, kids, monday):
        answer = browse(alice, "/timetable/imports/new/", {"file": xlsx_file([series(monday)])})
        page = browse(alice, answer["location"])
        assert "Plan 4 lessons" in page.content.decode()
        browse(alice, f"{answer['location']}apply/", {})
        assert Lesson.objects.count() == 4
        done = browse(alice, answer["location"]).content.decode()
        assert "Undo this import?" in done

    def test_the_example_is_read_again(self, browse, alice, bob, kids):
        file = b"".join(browse(alice, "/timetable/imports/example.xlsx").streaming_content)
        source = services.receive_file(
            TIMETABLE_IMPORT, file=io.BytesIO(file), filename="example.xlsx", by=alice
        )
        assert {row.why for row in source.lines.all()} == {"teacher"}

    @pytest.mark.parametrize("name", ["timetable_import", "timetable_import_apply", "timetable_import_undo"])
    def test_it_is_the_business_of_those_who_run_the_school(
        self, browse, alice, bob, charlie, kids, monday, name
    ):
        source = taken([series(monday)], alice)
        path, post = reverse(f"classes:{name}", args=[source.pk]), None if name == "timetable_import" else {}
        for reader, status in ((bob, 403), (kids[0], 403), (charlie, 404)):
            assert browse(reader, path, post).status_code == status

    def test_a_long_file_is_compared_by_a_job(self, monkeypatch, alice, bob, kids, monday):
        rows = [series(monday + n * DAY, weekdays="", until="", topic=f"Tea {n}") for n in range(501)]
        source = taken(rows, alice)
        assert source.state == "checking"
        runner.run_due_jobs()
        source.refresh_from_db()
        assert (source.state, source.counts["lessons"]) == ("checked", 501)

"""The pages of absences and cover: who sees what, and what a press does."""

import re

import pytest

from accounts.models import Role
from classes.models import Cover, Lesson, TeacherAbsence
from classes.timetable.cover.services import assign_covers
from tests.classes.factories import create_planned_lesson
from tests.classes.timetable.cover.conftest import lesson_at, on_the_day
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page_of(absence):
    return f"/timetable/cover/{absence.pk}/"


class TestEntering:
    def test_whole_days_are_offered_first_and_lead_to_the_lessons(self, browse, alice, chen, bob):
        lesson = lesson_at(chen, 10)
        day = on_the_day(0).date().isoformat()
        answer = browse(alice, "/timetable/cover/new/", {"teacher": "chen", "kind": "sick", "day": day})
        absence = TeacherAbsence.objects.get()
        assert answer.url == page_of(absence)
        assert (absence.begins_at, absence.ends_at) == (on_the_day(0), on_the_day(0, days=2))
        page = browse(alice, answer.url)
        assert f'name="teacher_{lesson.pk}"' in page.content.decode()
        assert "Bob · 0 covers" in words(page)
        listed = words(browse(alice, "/timetable/cover/"))
        assert "1 without cover" in listed

    def test_some_hours_of_several_days(self, browse, alice, chen):
        form = {
            "teacher": "chen",
            "kind": "training",
            "day": on_the_day(0).date().isoformat(),
            "end_day": on_the_day(0, days=2).date().isoformat(),
            "start": "10:00",
            "end": "12:30",
            "note": "Croquet course",
        }
        answer = browse(alice, "/timetable/cover/new/", form)
        absence = TeacherAbsence.objects.get()
        assert (absence.begins_at, absence.ends_at) == (on_the_day(10), on_the_day(12, 30, days=2))
        assert "Croquet course" in words(browse(alice, answer.url))

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"teacher": ""}, "Choose a teacher."),
            ({"teacher": "nobody"}, "Choose a teacher of your school."),
            ({"day": ""}, "Fill in this field."),
            ({"day": "2020-01-01"}, "This time is already over."),
            ({"end_day": "2020-01-01"}, "The last day must not be before the first day."),
            ({"start": "12:00", "end": "11:00"}, "The absence must end after it starts."),
            ({"kind": "bored"}, "This choice is not offered here."),
            ({"day": "9999-12-31"}, "Choose a day between"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_saved(self, browse, alice, chen, fields, sentence):
        form = {"teacher": "chen", "kind": "sick", "day": on_the_day(0).date().isoformat()}
        answer = browse(alice, "/timetable/cover/new/", form | fields)
        assert answer.status_code == 200
        assert sentence in words(answer)
        assert not TeacherAbsence.objects.exists()

    def test_an_absence_that_was_entered_already_is_named(self, browse, alice, chen, absence):
        form = {"teacher": "chen", "kind": "sick", "day": on_the_day(0).date().isoformat()}
        answer = browse(alice, "/timetable/cover/new/", form)
        assert "An absence of Chen at this time has already been entered." in words(answer)


class TestAssigning:
    def test_one_lesson_is_assigned_and_undone(self, browse, alice, chen, bob, dora, absence):
        first, second = lesson_at(chen, 10), lesson_at(chen, 11)
        form = {f"teacher_{first.pk}": "dora", f"seen_{first.pk}": "chen", f"teacher_{second.pk}": "bob"}
        answer = browse(alice, page_of(absence), form | {"assign": first.pk})
        assert answer.url == page_of(absence)
        page = browse(alice, answer.url)
        assert "1 lesson is covered now." in words(page)
        assert [one.teacher for one in Lesson.objects.order_by("starts_at")] == [dora, chen]
        cover = Cover.objects.get()
        assert browse(alice, f"/timetable/cover/lessons/{cover.pk}/undo/", {}).url == page_of(absence)
        assert Lesson.objects.get(pk=first.pk).teacher == chen

    def test_all_are_assigned_as_chosen(self, browse, alice, chen, bob, dora, absence):
        lessons = [lesson_at(chen, hour) for hour in (9, 10, 11)]
        form = {f"teacher_{one.pk}": "bob" for one in lessons[:2]} | {f"teacher_{lessons[2].pk}": ""}
        browse(alice, page_of(absence), form | {"all": "yes"})
        assert [one.teacher for one in Lesson.objects.order_by("starts_at")] == [bob, bob, chen]

    @pytest.mark.parametrize(
        ("choice", "sentence"),
        [
            ("", "Choose a teacher for at least one lesson."),
            ("nobody", "Choose a teacher of your school."),
            ("x" * 65, "Choose a teacher of your school."),
            ("dora", "Dora has “Flamingos” at this time"),
        ],
    )
    def test_what_is_wrong_is_said_and_no_lesson_changes(
        self, browse, alice, chen, dora, absence, choice, sentence
    ):
        lesson = lesson_at(chen, 10)
        lesson_at(dora, 10, topic="Flamingos")
        answer = browse(alice, page_of(absence), {f"teacher_{lesson.pk}": choice, "all": "yes"})
        assert sentence in words(browse(alice, answer.url))
        assert Lesson.objects.get(pk=lesson.pk).teacher == chen

    def test_somebody_who_was_faster_is_named(self, browse, alice, chen, bob, dora, absence):
        lesson = lesson_at(chen, 10)
        assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
        form = {f"teacher_{lesson.pk}": "dora", f"seen_{lesson.pk}": "chen", "assign": lesson.pk}
        answer = browse(alice, page_of(absence), form)
        assert "Someone else gave “Croquet 1” to Bob in the meantime" in words(browse(alice, answer.url))

    def test_a_lesson_that_runs_has_its_reason_instead_of_a_button(self, browse, alice, chen, bob, absence):
        lesson = lesson_at(chen, 10, status="ing")
        page = browse(alice, page_of(absence)).content.decode()
        assert "running: cannot be changed until it ends" in page
        assert f'name="teacher_{lesson.pk}"' not in page

    def test_an_absence_is_revoked_and_then_offers_nothing(self, browse, alice, chen, bob, absence):
        lesson = lesson_at(chen, 10)
        assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
        answer = browse(alice, f"{page_of(absence)}withdraw/", {})
        assert "1 lesson went back to its teacher." in words(browse(alice, answer.url))
        assert Lesson.objects.get(pk=lesson.pk).teacher == chen
        assert "<select" not in browse(alice, page_of(absence)).content.decode()


class TestOtherPages:
    def test_the_page_of_the_lesson_names_both(self, browse, alice, chen, bob, absence):
        lesson = lesson_at(chen, 10)
        assert "Cover:" not in words(browse(alice, f"/lessons/{lesson.pk}/"))
        assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
        for reader in (alice, bob):
            assert "Cover: Bob for Chen" in words(browse(reader, f"/lessons/{lesson.pk}/"))

    def test_teachers_see_the_lessons_that_they_cover(self, browse, alice, chen, bob, dora, absence):
        lesson = lesson_at(chen, 10, topic="Flamingos")
        assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
        page = words(browse(bob, "/timetable/cover/mine/"))
        assert "Flamingos" in page
        assert "You cover 1 lesson" in page
        assert "You cover no lessons" in words(browse(dora, "/timetable/cover/mine/"))

    def test_pages_need_twelve_queries_however_many_lessons_and_teachers(
        self, client, alice, bob, school, chen, absence, django_assert_max_num_queries
    ):
        for hour in (8, 9, 10, 11):
            lesson_at(chen, hour)
            create_planned_lesson(create_person(school, f"t{hour}", Role.TEACHER))
        for reader, path in (
            (alice, page_of(absence)),
            (alice, "/timetable/cover/"),
            (alice, "/timetable/cover/new/"),
            (bob, "/timetable/cover/mine/"),
        ):
            client.force_login(reader)
            with django_assert_max_num_queries(12):
                assert client.get(path).status_code == 200


class TestWhoMay:
    def test_only_administrators_and_only_in_their_school(
        self, browse, alice, bob, sue, ann, charlie, chen, absence
    ):
        lesson = lesson_at(chen, 10)
        assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
        undo = f"/timetable/cover/lessons/{Cover.objects.get().pk}/undo/"
        for reader, status in ((bob, 403), (sue, 403), (ann, 403), (charlie, 404)):
            assert browse(reader, page_of(absence)).status_code == status, reader
            for path in (page_of(absence), f"{page_of(absence)}withdraw/", undo):
                assert browse(reader, path, {"all": "yes"}).status_code == status, (path, reader)
        for reader in (bob, sue, ann):
            assert browse(reader, "/timetable/cover/").status_code == 403
        assert "Chen" not in words(browse(charlie, "/timetable/cover/"))
        assert browse(sue, "/timetable/cover/mine/").status_code == 403
        assert Cover.objects.get().undone_at is None

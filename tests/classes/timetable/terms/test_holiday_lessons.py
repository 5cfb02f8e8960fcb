"""A holiday that is added later: its lessons are named, and moved, cancelled or kept, all or none."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from classes.lessons.services import cancel_lesson
from classes.models import Holiday, Lesson, Term
from classes.timetable.courses.changes import change_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.terms import views
from classes.timetable.terms.holiday_lessons import lessons_in_holiday
from classes.timetable.terms.holiday_moves import plan_moves_by_days, plan_moves_to_free_days
from console.audit.models import AuditEntry
from console.jobs.models import Job
from tests.classes.factories import create_planned_lesson
from tests.classes.timetable.terms.holiday_decisions import RULE, days, days_of_march, decide
from tests.support.undo_button import press_undo

pytestmark = pytest.mark.django_db

SPRING = {"name": "Spring", "starts_on": "2027-03-09", "ends_on": "2027-03-11"}


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


class TestFindingThem:
    def test_saving_a_holiday_leads_to_the_lessons_that_fall_into_it(self, browse, alice, course):
        answer = browse(alice, "/year/holiday/new/", SPRING)
        holiday = Holiday.objects.get()
        assert answer.url == f"/year/holiday/{holiday.pk}/lessons/"
        page = words(browse(alice, answer.url))
        assert "2 lessons fall into this holiday" in page
        assert page.count("Croquet") == 2
        assert f'href="{answer.url}"' in browse(alice, "/year/").content.decode()

    def test_a_holiday_without_lessons_leads_back_to_the_year(self, browse, alice, school):
        assert browse(alice, "/year/holiday/new/", SPRING).url == "/year/"
        page = words(browse(alice, f"/year/holiday/{Holiday.objects.get().pk}/lessons/"))
        assert "No upcoming lessons fall into this holiday" in page

    def test_a_holiday_of_a_term_concerns_its_courses_and_those_of_no_term(self, school, bob, alice, course):
        whole = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 6, 1)}
        term, other = (Term.objects.create(enterprise=school, name=name, **whole) for name in ("A", "B"))
        free = {"enterprise": school, "name": "Spring", "term": term}
        holiday = Holiday.objects.create(**free, starts_on=date(2027, 3, 9), ends_on=date(2027, 3, 9))
        assert lessons_in_holiday(holiday).count() == 1
        for planned, number in ((term, 1), (other, 0)):
            course.term = planned
            course.save(update_fields=["term"])
            assert lessons_in_holiday(holiday).count() == number, planned

    def test_cancelled_lessons_and_those_of_another_school_are_none_of_them(
        self, course, holiday, other_school
    ):
        course.lessons.update(cancelled_at=timezone.now())
        theirs = Holiday.objects.create(
            enterprise=other_school, name="x", starts_on=holiday.starts_on, ends_on=holiday.ends_on
        )
        course.lessons.filter(occurrence=date(2027, 3, 9)).update(cancelled_at=None)
        assert lessons_in_holiday(holiday).count() == 1
        assert lessons_in_holiday(theirs).count() == 0


class TestManyLessons:
    """A page has so many lessons at most, here ten; the others are on the next one."""

    @pytest.fixture
    def many(self, bob, holiday, monkeypatch):
        monkeypatch.setattr(views, "MAX_LESSONS", 10)
        first = timezone.make_aware(datetime(2027, 3, 9, 1))
        times = [first + timedelta(minutes=number) for number in range(12)]
        return Lesson.objects.bulk_create(
            Lesson(
                enterprise=bob.enterprise,
                teacher=bob,
                topic=f"Tea {number}",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=1),
            )
            for number, starts_at in enumerate(times)
        )

    def test_the_rest_is_counted_and_can_be_decided_on_too(self, browse, alice, holiday, many):
        path = f"/year/holiday/{holiday.pk}/lessons/"
        page = browse(alice, path)
        assert "12 lessons fall into this holiday" in words(page)
        assert "This page has 10 of them." in words(page)
        following = page.context["keyset"].next
        answer = browse(alice, path, {"chosen": [many[0].pk], "action": "keep", "reason": "Spring"})
        assert answer.url == f"{path}?after={following}"
        rest = browse(alice, answer.url)
        assert [one.topic for one in rest.context["lessons"]] == ["Tea 10", "Tea 11"]
        last = {"chosen": [many[-1].pk], "action": "keep", "reason": "Spring"}
        assert browse(alice, answer.url, last).url == "/year/"
        entries = AuditEntry.objects.filter(action="holiday.keep_lessons").order_by("pk")
        assert [one.after["lessons"] for one in entries] == [[many[0].pk], [many[-1].pk]]
        Lesson.objects.filter(pk__in=[one.pk for one in many[10:]]).delete()
        assert browse(alice, answer.url).url == path, "an empty page leads to the first"


class TestDeciding:
    def test_they_move_to_the_next_free_days_of_their_course(self, browse, alice, course, holiday):
        answer = decide(browse, alice, holiday, action="free_day")
        assert days(course.lessons) == [f"03-{day} 10:00" for day in ("02", "04", "16", "18", "23", "25")]
        assert answer.url == f"/lessons/many/{Job.objects.get().pk}/" or "/lessons/" in answer.url
        entry = AuditEntry.objects.get(action="lesson.change_many")
        assert (entry.reason, entry.after["holiday"], len(entry.after["lessons"])) == ("Spring", "Spring", 2)

    def test_a_moved_lesson_survives_a_later_change_of_the_series(self, browse, alice, course, holiday):
        decide(browse, alice, holiday, action="free_day")
        change_course(course=course, by=alice, rrule="FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270316")
        assert days(course.lessons) == [f"03-{day} 10:00" for day in ("02", "04", "16", "23", "25")]

    def test_they_move_by_a_number_of_days(self, browse, alice, course, holiday):
        decide(browse, alice, holiday, action="days", days="3")
        assert days(course.lessons)[2:4] == ["03-12 10:00", "03-14 10:00"]

    @pytest.mark.parametrize(
        ("name", "of_term", "days"), [("Fair", False, "7"), ("Fair", True, "7"), ("", True, "21")]
    )
    def test_none_moves_into_another_holiday_or_out_of_its_term(
        self, browse, alice, school, course, holiday, name, of_term, days
    ):
        whole = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 29)}
        course.term = term = Term.objects.create(enterprise=school, name="A", **whole)
        course.save(update_fields=["term"])
        fair = {"starts_on": date(2027, 3, 18), "ends_on": date(2027, 3, 18)}
        if name:
            Holiday.objects.create(enterprise=school, name=name, term=term if of_term else None, **fair)
        page = words(decide(browse, alice, holiday, action="days", days=days))
        where = "in the holiday “Fair”" if name else "outside the term of its course"
        assert f"“Croquet” would be {where}. Choose another number of days." in page
        assert len(days_of_march(course)) == 6

    def test_free_days_are_no_holidays_and_end_with_the_term(self, browse, alice, school, course, holiday):
        whole = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 4, 1)}
        course.term = Term.objects.create(enterprise=school, name="A", **whole)
        course.save(update_fields=["term"])
        fair = {"starts_on": date(2027, 3, 23), "ends_on": date(2027, 3, 23), "term": course.term}
        Holiday.objects.create(enterprise=school, name="Fair", **fair)
        decide(browse, alice, holiday, action="free_day")
        assert days_of_march(course)[-2:] == ["25", "30"]
        late = {"starts_on": date(2027, 3, 25), "ends_on": date(2027, 3, 30)}
        again = Holiday.objects.create(enterprise=school, name="Late", **late)
        assert "has no free day." in words(decide(browse, alice, again, action="free_day"))
        assert days_of_march(course)[-2:] == ["25", "30"]

    def test_many_lessons_and_courses_cost_no_more_queries_to_plan(
        self, school, alice, bob, ann, django_assert_num_queries
    ):
        days = {"starts_on": date(2027, 3, 9), "ends_on": date(2027, 3, 11)}
        holiday = Holiday(enterprise=school, name="Spring", **days)  # the courses are planned before it

        def plan(number):
            for _one in range(number):
                first = datetime(2027, 3, 2, 6 + Lesson.objects.count() // 6)
                weekly = {"starts_local": first, "duration_minutes": 45, "rrule": RULE}
                plan_course(title="Tea", teacher=bob, by=alice, **weekly)
                at = timezone.make_aware(first + timedelta(days=7))
                create_planned_lesson(ann, starts_at=at, ends_at=at + timedelta(minutes=45))

        for number in (1, 4):
            plan(number)
            lessons = list(lessons_in_holiday(holiday))
            with django_assert_num_queries(2):
                assert len(plan_moves_to_free_days(lessons)) == len(lessons)
            with django_assert_num_queries(1):
                assert len(plan_moves_by_days(holiday, lessons, 4)) == len(lessons)

    def test_a_lesson_without_a_course_keeps_its_weekday(self, browse, alice, bob, holiday):
        at = timezone.make_aware(datetime(2027, 3, 9, 14))
        lesson = create_planned_lesson(bob, starts_at=at, ends_at=at + timedelta(hours=1))
        decide(browse, alice, holiday, action="free_day")
        assert days(Lesson.objects.filter(pk=lesson.pk)) == ["03-16 14:00"]

    def test_they_are_cancelled_with_the_reason(self, browse, alice, course, holiday):
        decide(browse, alice, holiday, action="cancel", reason="Nobody is there.")
        cancelled = course.lessons.exclude(cancelled_at=None)
        assert {one.cancel_reason for one in cancelled} == {"Nobody is there."}
        assert cancelled.count() == 2
        assert AuditEntry.objects.get(action="lesson.cancel_many").reason == "Nobody is there."

    def test_the_cancellation_is_taken_back_by_the_button_of_its_message(
        self, browse, client, settings, alice, course, holiday
    ):
        settings.UNDO_S = 10
        answer = decide(browse, alice, holiday, action="cancel", reason="Nobody is there.")
        press_undo(client, answer.url)
        assert not course.lessons.exclude(cancelled_at=None).exists()

    def test_they_are_kept_and_that_is_on_record(self, browse, alice, course, holiday):
        assert decide(browse, alice, holiday, action="keep").url == "/year/"
        assert len(days(course.lessons)) == 6
        assert len(AuditEntry.objects.get(action="holiday.keep_lessons").after["lessons"]) == 2

    def test_only_the_chosen_ones_change(self, browse, alice, course, holiday):
        first = lessons_in_holiday(holiday)[0]
        decide(browse, alice, holiday, action="cancel", chosen=[first.pk])
        assert [one.pk for one in course.lessons.exclude(cancelled_at=None)] == [first.pk]

    def test_a_conflict_moves_none_until_a_reason_is_given(self, browse, alice, bob, course, holiday):
        at = timezone.make_aware(datetime(2027, 3, 25, 10))
        create_planned_lesson(bob, topic="Hats", starts_at=at, ends_at=at + timedelta(hours=1))
        page = words(decide(browse, alice, holiday, action="free_day", look="1"))
        assert "Hats" in page
        answer = decide(browse, alice, holiday, action="free_day")
        assert "Choose other times or people, or enter a reason" in words(answer)
        assert days(course.lessons)[2] == "03-09 10:00"
        decide(browse, alice, holiday, action="free_day", conflict_reason="Two halls")
        assert days(course.lessons)[-1] == "03-25 10:00"
        assert AuditEntry.objects.get(action="lesson.change_many").reason == "Spring. Two halls"

    def test_the_preview_names_old_and_new_times_and_changes_nothing(self, browse, alice, course, holiday):
        page = decide(browse, alice, holiday, action="free_day", look="1").content.decode()
        assert page.count("<del>") == page.count("<ins>") == 2
        assert days(course.lessons)[2] == "03-09 10:00"

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"action": "days"}, "Enter the number of days."),
            ({"action": "days", "days": "1"}, "would still be in the holiday. Choose more days."),
            ({"action": "days", "days": "-2000"}, "Enter a number that is not below -366."),
            ({"action": "cancel", "reason": ""}, "Fill in this field."),
            ({"action": "cancel", "chosen": []}, "Choose at least one lesson."),
            ({"action": "burn"}, "Choose what to do with these lessons."),
            ({"action": ""}, "Choose what to do with these lessons."),
            ({"action": "cancel", "chosen": [0]}, "At least one of the chosen lessons is not in this list."),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_changes(
        self, browse, alice, course, holiday, fields, sentence
    ):
        answer = decide(browse, alice, holiday, **fields)
        assert answer.status_code == 200
        assert sentence in words(answer)
        assert len(days(course.lessons)) == 6
        assert not Job.objects.exists()

    def test_one_that_was_cancelled_meanwhile_is_named_in_a_sentence(self, browse, alice, course, holiday):
        chosen = [one.pk for one in lessons_in_holiday(holiday)]
        cancel_lesson(lesson=lessons_in_holiday(holiday)[0], by=alice)
        page = words(decide(browse, alice, holiday, action="keep", chosen=chosen))
        assert "It was rescheduled, cancelled or has ended. Check the list and apply again." in page
        assert "is not offered here" not in page

    def test_a_lesson_that_somebody_moved_meanwhile_is_looked_at_again(self, browse, alice, course, holiday):
        path = f"/year/holiday/{holiday.pk}/lessons/"
        seen = browse(alice, path).context["form"].seen_json
        first = lessons_in_holiday(holiday)[0]
        later = first.starts_at + timedelta(hours=2)
        Lesson.objects.filter(pk=first.pk).update(starts_at=later, ends_at=later + timedelta(minutes=45))
        answer = decide(browse, alice, holiday, action="free_day", seen=seen)
        assert "in the meantime. Check it again, then decide." in words(answer)
        assert days(course.lessons)[2] == "03-09 12:00"


class TestWhoMay:
    def test_only_those_who_plan_and_only_in_their_school(self, browse, bob, sue, charlie, course, holiday):
        for reader, status in ((bob, 403), (sue, 403), (charlie, 404)):
            assert browse(reader, f"/year/holiday/{holiday.pk}/lessons/").status_code == status
            assert decide(browse, reader, holiday, action="cancel").status_code == status
        assert len(days(course.lessons)) == 6

    def test_a_lesson_outside_the_holiday_is_not_changed(self, browse, alice, course, holiday):
        other = course.lessons.get(occurrence=date(2027, 3, 2))
        answer = decide(browse, alice, holiday, action="cancel", chosen=[other.pk])
        assert answer.status_code == 200
        assert len(days(course.lessons)) == 6

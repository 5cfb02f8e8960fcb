"""A group changes: which lessons follow, what is asked first, and how the report tells of their sending."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, StudentGroup
from accounts.people.group_services import archive_group, restore_group, save_group
from classes.lessons.forms.lesson import LessonForm
from classes.lessons.services import cancel_lesson
from classes.models import Course, Member
from classes.timetable.courses.forms import CourseForm
from classes.timetable.group_changes import job as push
from console.audit.models import AuditEntry
from console.jobs import runner
from console.jobs.models import Job
from console.outbox import relay
from console.outbox.models import Operation
from tests.classes.factories import create_finished_lesson, create_planned_lesson, create_running_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def year7(school, kids):
    return StudentGroup.objects.get(name="Year 7")


@pytest.fixture
def late(school):
    return create_person(school, "late", Role.STUDENT)


@pytest.fixture
def lessons(bob, kids, year7):
    """Twelve lessons to come for which the group was chosen; the service knows them."""
    return [of_group(create_planned_lesson(bob, timedelta(days=day)), year7) for day in range(1, 13)]


def of_group(lesson, group):
    lesson.groups.add(group)
    students = group.students.all()
    Member.objects.bulk_create(Member(lesson=lesson, user=one, role="student", via=group) for one in students)
    return lesson


def typed(*people, **more):
    return {"name": "Year 7", "students": [one.user_id for one in people]} | more


def change(browse, alice, group, *people, **answers):
    """Change the students of a group by its page and go through with the question; the last answer."""
    address = f"/groups/{group.pk}/edit/"
    asked = browse(alice, address, typed(*people))
    context = asked.context
    sure = {
        "sure": "1",
        "was": context["was"],
        "shown": context["shown"],
        "lessons": context["shown"].split(),
    }
    return browse(alice, address, typed(*people, **sure) | answers)


def names(lesson):
    return sorted(lesson.members.values_list("user__user_id", flat=True))


def test_nothing_is_saved_before_the_twelve_lessons_were_shown(browse, alice, kids, late, year7, lessons):
    page = browse(alice, f"/groups/{year7.pk}/edit/", typed(*kids, late))
    assert "This changes 12 upcoming lessons" in page_text(page)
    assert all(lesson.topic in page_text(page) for lesson in lessons)
    assert year7.students.count() == 3
    assert not Operation.objects.exists()


def test_a_new_student_comes_into_every_lesson_to_come(browse, alice, kids, late, year7, lessons):
    answer = change(browse, alice, year7, *kids, late)
    job = Job.objects.get()
    assert answer.url == f"/groups/changes/{job.pk}/"
    assert all(names(lesson) == ["kid1", "kid2", "kid3", "late"] for lesson in lessons)
    assert set(Member.objects.filter(user=late).values_list("via", flat=True)) == {year7.pk}
    asked = Operation.objects.filter(kind="class.members").values_list("subject_id", flat=True)
    assert sorted(asked) == [lesson.pk for lesson in lessons]
    assert AuditEntry.objects.filter(action="lesson.change", actor=alice).count() == 12


def test_a_lesson_that_is_unticked_stays_as_it_is(browse, alice, kids, late, year7, lessons):
    first, *rest = lessons
    change(browse, alice, year7, kids[0], late, lessons=[lesson.pk for lesson in rest])
    assert names(first) == ["kid1", "kid2", "kid3"]
    assert all(names(lesson) == ["kid1", "late"] for lesson in rest)
    assert dict(first.members.values_list("user__user_id", "via__name"))["kid2"] is None
    page = browse(alice, push.job_url(Job.objects.get()))
    assert page.context["left"] == [first]


def test_who_is_in_charge_outlives_the_question(browse, alice, bob, kids, late, year7, lessons):
    page = browse(alice, f"/groups/{year7.pk}/edit/", typed(*kids, late, teacher=bob.pk))
    assert f'name="teacher" value="{bob.pk}"' in page_text(page)
    change(browse, alice, year7, *kids, late, teacher=bob.pk)
    assert StudentGroup.objects.get(pk=year7.pk).teacher == bob


def test_archiving_tells_of_the_lessons_to_come_and_leaves_them(browse, alice, kids, year7, lessons):
    assert browse(alice, f"/groups/{year7.pk}/archive/", {"x": "1"}).url == "/groups/"
    assert "12 upcoming lessons keep their current students." in page_text(browse(alice, "/groups/"))
    assert all(names(lesson) == ["kid1", "kid2", "kid3"] for lesson in lessons)
    assert not Operation.objects.exists()
    assert list(lessons[0].groups.all()) == [year7]


def test_an_archived_group_is_offered_to_no_lesson_but_those_that_have_it(
    browse, alice, bob, school, kids, year7, lessons
):
    archive_group(group=year7, by=alice)
    new = LessonForm(school=school)
    assert list(new.fields["groups"].queryset) == []
    old = LessonForm(school=school, lesson=lessons[0])
    assert list(old.fields["groups"].queryset) == [year7]
    with pytest.raises(ValidationError) as refused:
        create_lesson(bob, alice, groups=[year7])
    assert list(refused.value.error_dict) == ["groups"]
    restore_group(group=year7, by=alice)
    assert list(LessonForm(school=school).fields["groups"].queryset) == [year7]


def test_whoever_leaves_the_group_leaves_its_lessons_but_not_where_chosen_by_hand(
    browse, alice, kids, year7, lessons
):
    Member.objects.filter(lesson=lessons[0], user=kids[0]).update(via=None)
    change(browse, alice, year7, kids[1], kids[2])
    assert names(lessons[0]) == ["kid1", "kid2", "kid3"]
    assert all(names(lesson) == ["kid2", "kid3"] for lesson in lessons[1:])


def test_another_group_of_the_lesson_keeps_the_student(alice, school, kids, year7, lessons):
    choir = StudentGroup.objects.create(enterprise=school, name="Choir")
    choir.students.add(kids[0])
    lessons[0].groups.add(choir)
    save_group(group=year7, students=kids[1:], by=alice)
    assert lessons[0].members.get(user=kids[0]).via == choir
    assert names(lessons[1]) == ["kid2", "kid3"]


def test_lessons_that_run_are_locked_and_said_so(browse, alice, bob, kids, late, year7):
    now = of_group(create_running_lesson(bob), year7)
    page = browse(alice, f"/groups/{year7.pk}/edit/", typed(*kids, late))
    assert [touch.lesson for touch in page.context["locked"]] == [now]
    assert "Lessons that cannot change" in page_text(page)
    change(browse, alice, year7, *kids, late)
    assert names(now) == ["kid1", "kid2", "kid3"]
    assert not Operation.objects.exists()
    assert Job.objects.get().args["locked"] == [now.pk]


def test_lessons_that_are_over_or_cancelled_are_not_touched(browse, alice, bob, kids, late, year7):
    held = of_group(create_finished_lesson(bob), year7)
    cancelled = of_group(create_planned_lesson(bob), year7)
    cancel_lesson(lesson=cancelled, by=alice)
    answer = browse(alice, f"/groups/{year7.pk}/edit/", typed(*kids, late))
    assert answer.url == "/groups/"
    assert names(held) == names(cancelled) == ["kid1", "kid2", "kid3"]
    assert list(year7.students.order_by("pk")) == [*kids, late]


def test_a_group_that_somebody_else_changed_meanwhile_is_asked_about_again(
    browse, alice, kids, late, year7, lessons
):
    address = f"/groups/{year7.pk}/edit/"
    asked = browse(alice, address, typed(*kids, late)).context
    year7.students.remove(kids[0])
    sure = {"sure": "1", "was": asked["was"], "shown": asked["shown"], "lessons": asked["shown"].split()}
    again = browse(alice, address, typed(*kids, late, **sure))
    assert (
        "Someone else changed this group in the meantime. These are the changes now; please "
        "confirm them again."
    ) in page_text(again)
    assert late not in year7.students.all()


def test_one_may_go_back_to_the_students_with_nothing_lost(browse, alice, kids, late, year7, lessons):
    page = browse(alice, f"/groups/{year7.pk}/edit/", typed(*kids, late, sure="1", back="1"))
    assert page.templates[0].name == "accounts/people/group_form.html"
    assert [line.user_id for line in page.context["form"].candidates() if line.chosen][-1] == "late"
    assert year7.students.count() == 3


def test_the_question_costs_the_same_for_many_lessons(browse, alice, bob, kids, late, year7):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            browse(alice, f"/groups/{year7.pk}/edit/", typed(*kids, late))
        return len(asked)

    for _each in range(2):
        of_group(create_planned_lesson(bob), year7)
    cost()  # what is only asked once
    few = cost()
    for _each in range(20):
        of_group(create_planned_lesson(bob), year7)
    assert cost() == few


def test_charlie_finds_neither_the_group_nor_the_report(browse, alice, charlie, kids, late, year7, lessons):
    save_group(group=year7, students=[*kids, late], by=alice)
    job = Job.objects.get()
    assert browse(charlie, f"/groups/{year7.pk}/edit/").status_code == 404
    assert browse(charlie, f"/groups/{year7.pk}/edit/", typed(late, sure="1")).status_code == 404
    assert browse(charlie, push.job_url(job)).status_code == 404
    assert browse(alice, push.job_url(job)).status_code == 200


def test_the_report_follows_a_replaced_change_to_the_newer_one(browse, alice, kids, late, year7, lessons):
    save_group(group=year7, students=[*kids, late], by=alice)
    first = Job.objects.get()
    save_group(group=year7, students=kids, by=alice)
    lines = browse(alice, push.job_url(first)).context["lines"]
    assert {line.operation.state for line in lines} == {"ready"}


@pytest.mark.django_db(transaction=True)
def test_the_service_gets_the_student_and_the_report_says_so(
    browse, alice, bob, school, connected, iclass, kids, year7
):
    iclass.call("user/register", {"list": [{"user_id": one.user_id, "role": "student"} for one in kids]})
    lesson = create_lesson(bob, alice, students=kids[:2], groups=[year7])
    year7.students.set(kids[:2])
    relay.drain()
    lesson.refresh_from_db()
    save_group(group=year7, students=kids, by=alice)
    job = Job.objects.get()
    runner.run_due_jobs(1)
    assert "waiting" in page_text(browse(alice, push.job_url(job)))
    relay.drain()
    Job.objects.update(due_at=job.created_at)
    runner.run_due_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == ("done", 1, 0)
    assert {one["user_id"] for one in told_members(iclass, lesson)} >= {one.user_id for one in kids}


def told_members(iclass, lesson):
    return iclass.call("class/info", {"class_id": lesson.class_id})["members"]


def test_a_series_keeps_its_archived_group_and_no_other_is_offered_one(alice, bob, school, year7):
    starts = datetime(2027, 3, 2, 19)
    course = Course.objects.create(
        enterprise=school, title="Croquet", teacher=bob, starts_local=starts, duration_minutes=45
    )
    course.groups.add(year7)
    archive_group(group=year7, by=alice)
    assert list(CourseForm(school=school, course=course).fields["groups"].queryset) == [year7]
    assert list(CourseForm(school=school).fields["groups"].queryset) == []

"""Many lessons changed together: chosen in the list, looked at before, done as one act with an outcome."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, StudentGroup
from classes.conflicts.guard import BookingConflictError
from classes.models import Course, Lesson, Member
from classes.notifications.lessons import send_lesson_notifications
from classes.timetable.bulk.cancel_job import cancel_chosen_lessons
from classes.timetable.bulk.services import BulkEdit, edit_lessons, preview_edit
from console.audit.models import AuditEntry
from console.jobs.models import Job
from console.jobs.runner import run_due_jobs
from console.notifications.models import Notification
from console.outbox import relay
from console.outbox.models import Operation
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
)
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, tomorrow_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fresh(lessons):
    return list(Lesson.objects.filter(pk__in=[one.pk for one in lessons]).order_by("starts_at"))


def members(lesson):
    return dict(lesson.members.values_list("user__user_id", "role"))


def test_the_list_offers_to_change_those_chosen_to_who_may(browse, alice, bob, sue, lessons):
    page = browse(alice, "/lessons/").content.decode()
    assert page.count('form="many" name="chosen"') == 3
    assert 'formaction="/lessons/many/"' in page
    for reader in (bob, sue):
        assert 'form="many"' not in browse(reader, "/lessons/").content.decode()
        assert browse(reader, "/lessons/many/", {"chosen": [lessons[0].pk]}).status_code == 403


def test_what_would_happen_is_shown_and_then_done_as_one_act(browse, alice, bob, carol, lessons, kids):
    locked = create_running_lesson(bob)
    chosen = [*(one.pk for one in lessons), locked.pk]
    form = browse(alice, "/lessons/many/", {"chosen": chosen}).content.decode()
    assert "Edit 4 lessons" in form
    assert "1 of them is running, ended or cancelled" in form
    typed = {"chosen": chosen, "teacher": "carol", "minutes": "30", "add": ["kid3"], "remove": ["kid1"]}
    looked = browse(alice, "/lessons/many/", typed | {"look": "1"}).content.decode()
    assert "3 lessons will change." in looked
    assert "1 cannot be changed." in looked
    assert "running: cannot be changed until it ends" in looked
    assert "+ Kid3" in looked
    assert "− Kid1" in looked
    assert "<del>Bob</del> <ins>Carol</ins>" in looked
    assert fresh(lessons)[0].teacher == bob
    answer = browse(alice, "/lessons/many/", typed | {"sure": "1"})
    job = Job.objects.get(kind="lessons.push")
    assert answer.url == f"/lessons/changes/{job.pk}/"
    for old, new in zip(lessons, fresh(lessons), strict=True):
        assert new.teacher == carol
        assert new.starts_at - old.starts_at == new.ends_at - old.ends_at == timedelta(minutes=30)
        assert members(new) == {"kid2": "student", "kid3": "student"}
    assert Operation.objects.filter(kind="class.modify").count() == 3
    assert Operation.objects.filter(kind="class.members").count() == 3
    entry = AuditEntry.objects.get(action="lesson.change_many")
    assert entry.after["lessons"] == [one.pk for one in lessons]
    assert (entry.after["teacher"], entry.after["minutes"]) == ("carol", 30)
    outcome = browse(alice, answer.url).content.decode()
    assert "Not changed: locked" in outcome
    assert all(one.topic in outcome for one in (*lessons, locked))


def test_each_lesson_shows_how_it_fared_at_iclass(browse, alice, bob, connected, iclass):
    lessons = [create_lesson(bob, alice, starts_at=tomorrow_at(hour)) for hour in (8, 10)]
    relay.drain()
    iclass.call("class/delete", {"class_id": int(fresh(lessons)[1].remote_id)})
    job = edit_lessons(
        school=connected, lessons=fresh(lessons), edit=BulkEdit(fields={"bitrate": 900}), by=alice
    )
    relay.drain()
    run_due_jobs()
    page = browse(alice, f"/lessons/changes/{job.pk}/").content.decode()
    rows = re.findall(r"<tr>.*?</tr>", page, re.S)[1:]
    assert ["in sync" in row for row in rows] == [True, False]
    job.refresh_from_db()
    assert (job.done, job.failed, job.state) == (1, 1, "done")


def test_a_conflict_is_named_and_needs_a_reason(browse, alice, bob, carol, lessons):
    create_planned_lesson(carol, DAY, topic="Hats")
    typed = {"chosen": [one.pk for one in lessons], "teacher": "carol"}
    looked = browse(alice, "/lessons/many/", typed | {"look": "1"}).content.decode()
    assert "Conflict on 1 day" in looked
    assert "Hats" in looked
    refused = browse(alice, "/lessons/many/", typed | {"sure": "1"}).content.decode()
    assert "Choose other times or people, or enter a reason to allow the conflicts." in refused
    assert {one.teacher for one in fresh(lessons)} == {bob}
    answer = browse(alice, "/lessons/many/", typed | {"sure": "1", "conflict_reason": "She asked for it."})
    assert answer.status_code == 302
    assert [one.conflict_allowed for one in fresh(lessons)] == [True, False, False]
    assert {one.teacher for one in fresh(lessons)} == {carol}


def test_lessons_that_swap_places_are_not_in_each_others_way(alice, school, bob):
    """Moved by a day, each comes where the next one was."""
    lessons = [
        create_planned_lesson(bob, place * DAY, conflict_allowed=False, conflict_reason="")
        for place in (1, 2)
    ]
    found = preview_edit(school, fresh(lessons), BulkEdit(days=1))
    assert (len(found.planned), found.conflicts) == (2, [])
    edit_lessons(school=school, lessons=fresh(lessons), edit=BulkEdit(days=1), by=alice)


def test_a_lesson_keeps_its_hour_through_daylight_saving(alice, school, bob):
    school.zone = "Europe/Berlin"
    school.save(update_fields=["zone"])
    at = timezone.datetime(2027, 3, 27, 19, tzinfo=school.tz)
    lesson = create_planned_lesson(bob, starts_at=at, ends_at=at + timedelta(minutes=45))
    lesson.enterprise = school
    edit_lessons(school=school, lessons=[lesson], edit=BulkEdit(days=7), by=alice)
    moved = fresh([lesson])[0].starts_at.astimezone(school.tz)
    assert (moved.day, moved.hour) == (3, 19)


def test_what_stays_as_it_is_gets_no_operation(alice, school, lessons):
    Lesson.objects.filter(pk=lessons[0].pk).update(bitrate=900)
    job = edit_lessons(
        school=school, lessons=fresh(lessons), edit=BulkEdit(fields={"bitrate": 900}), by=alice
    )
    assert job.args["same"] == [lessons[0].pk]
    assert Operation.objects.count() == 2


def test_one_that_began_meanwhile_stops_the_whole_act(alice, school, lessons):
    stale = fresh(lessons)
    Lesson.objects.filter(pk=lessons[1].pk).update(status="ing")
    with pytest.raises(Exception, match="开始"):
        edit_lessons(school=school, lessons=stale, edit=BulkEdit(fields={"bitrate": 900}), by=alice)
    assert {one.bitrate for one in fresh(lessons)} == {850}


def test_a_reason_is_asked_for_by_the_service_as_well(alice, school, lessons, carol):
    create_planned_lesson(carol, DAY)
    with pytest.raises(BookingConflictError):
        edit_lessons(
            school=school, lessons=fresh(lessons), edit=BulkEdit(fields={"teacher": carol}), by=alice
        )


def test_a_new_teacher_who_was_a_member_is_one_no_more(alice, school, lessons, ann):
    for one in lessons:
        add_members(one, ann)
    edit_lessons(school=school, lessons=fresh(lessons), edit=BulkEdit(fields={"teacher": ann}), by=alice)
    assert not Member.objects.filter(user=ann).exists()


def test_groups_stay_when_people_change(alice, school, lessons, kids):
    group = StudentGroup.objects.get()
    lessons[0].groups.add(group)
    Member.objects.filter(lesson=lessons[0]).update(via=group)
    edit_lessons(school=school, lessons=fresh(lessons), edit=BulkEdit(add=[kids[2]]), by=alice)
    assert list(lessons[0].groups.all()) == [group]
    assert set(lessons[0].members.values_list("user__user_id", "via")) == {
        ("kid1", group.pk),
        ("kid2", group.pk),
        ("kid3", None),
    }


def test_all_that_the_filter_fits_can_be_chosen(browse, alice, bob, carol):
    mine = [create_planned_lesson(bob, (place + 1) * DAY) for place in range(3)]
    create_planned_lesson(carol, DAY)
    form = browse(alice, "/lessons/many/?teacher=bob", {"all": "yes"}).content.decode()
    assert "Edit 3 lessons" in form
    assert all(f'name="chosen" value="{one.pk}"' in form for one in mine)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "There is nothing to change."),
        ({"days": "-30"}, "would already be over"),
        ({"bitrate": "1"}, "Enter a number that is not below 100."),
        ({"teacher": "charlie"}, "This choice is not offered here."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(browse, alice, charlie, lessons, typed, said):
    sent = {"chosen": [one.pk for one in lessons], "topic": "Hats", **typed}
    if not typed:
        sent.pop("topic")
    page = browse(alice, "/lessons/many/", sent | {"look": "1"}).content.decode()
    assert said in page
    if typed:
        assert 'value="Hats"' in page


def test_lessons_of_another_school_are_not_there(browse, alice, charlie, other_school):
    theirs = create_planned_lesson(create_person(other_school, "dora", Role.TEACHER))
    answer = browse(alice, "/lessons/many/", {"chosen": [theirs.pk]})
    assert answer.url == "/lessons/"


def test_nothing_chosen_leads_back_to_the_list(browse, alice, bob):
    past = create_finished_lesson(bob)
    assert browse(alice, "/lessons/many/").url == "/lessons/"
    assert browse(alice, "/lessons/many/", {"chosen": ["x"]}).url == "/lessons/"
    page = browse(alice, "/lessons/many/", {"chosen": [past.pk], "topic": "x", "look": "1"}).content.decode()
    assert "ended: can no longer be changed" in page


def test_the_page_is_in_chinese(browse, alice, lessons):
    sent = {"chosen": [one.pk for one in lessons], "bitrate": "900", "look": "1"}
    page = browse(alice, "/lessons/many/", sent, language="zh-hans").content.decode()
    assert "修改 3 节课" in page
    assert "将有 3 节课发生变化" in page


def group_of(school, name, *students):
    group = StudentGroup.objects.create(enterprise=school, name=name)
    for one in students:
        group.entries.create(student=one)
    return group


def ways(lesson):
    return dict(lesson.members.values_list("user__user_id", "via__name"))


def test_a_group_joins_many_lessons_and_leaves_them_with_those_who_came_by_it(alice, school, lessons, kids):
    """Kid1 and Kid2 were added by hand; the lessons follow the group from then on."""
    chess = group_of(school, "Chess", *kids[1:])
    job = edit_lessons(school=school, lessons=fresh(lessons)[:2], edit=BulkEdit(join=[chess]), by=alice)
    assert len(job.args["lessons"]) == 2
    assert [ways(one) for one in fresh(lessons)] == [
        *[{"kid1": None, "kid2": None, "kid3": "Chess"}] * 2,
        {"kid1": None, "kid2": None},
    ]
    assert [one.groups.count() for one in fresh(lessons)] == [1, 1, 0]
    again = preview_edit(school, fresh(lessons), BulkEdit(join=[chess]))
    assert (len(again.planned), len(again.same)) == (1, 2)
    edit_lessons(school=school, lessons=fresh(lessons), edit=BulkEdit(leave=[chess.pk]), by=alice)
    assert [ways(one) for one in fresh(lessons)] == [{"kid1": None, "kid2": None}] * 3
    assert not Lesson.groups.through.objects.exists()
    assert AuditEntry.objects.latest("pk").after["groups_removed"] == ["Chess"]


def test_who_comes_by_another_group_too_stays_when_one_leaves(alice, school, lessons, kids):
    chess, tea = group_of(school, "Chess", kids[2]), group_of(school, "Tea", kids[2])
    edit_lessons(school=school, lessons=fresh(lessons), edit=BulkEdit(join=[chess, tea]), by=alice)
    edit_lessons(school=school, lessons=fresh(lessons), edit=BulkEdit(leave=[chess.pk]), by=alice)
    assert [ways(one)["kid3"] for one in fresh(lessons)] == ["Tea"] * 3


def test_the_students_of_a_group_that_would_be_planned_twice_are_told_before(
    browse, alice, carol, school, lessons, kids
):
    chess = group_of(school, "Chess", kids[2])
    other = create_planned_lesson(carol, 1 * DAY, topic="Tea", conflict_allowed=False)
    add_members(other, kids[2])
    chosen = {"chosen": [one.pk for one in lessons]}
    assert 'name="join" value' in browse(alice, "/lessons/many/", chosen).content.decode()
    typed = chosen | {"join": [chess.pk]}
    looked = browse(alice, "/lessons/many/", typed | {"look": "1"}).content.decode()
    assert "3 people are added to or removed from lessons." in looked
    assert "+ the group Chess" in looked
    assert "1 conflict." in looked
    assert f'href="/lessons/{other.pk}/"' in looked
    assert browse(alice, "/lessons/many/", typed | {"sure": "1"}).status_code == 200
    assert browse(alice, "/lessons/many/", typed | {"sure": "1", "conflict_reason": "Two rooms."}).url


def test_all_coming_lessons_of_a_course_are_changed_from_its_page(browse, alice, bob, charlie, lessons):
    course = Course.objects.create(
        enterprise=bob.enterprise,
        title="Croquet",
        teacher=bob,
        starts_local=timezone.now().replace(tzinfo=None),
        duration_minutes=45,
    )
    before = create_planned_lesson(bob, -2 * DAY, course=course)
    Lesson.objects.filter(pk__in=[one.pk for one in lessons[:2]]).update(course=course)
    path = f"/courses/{course.pk}/lessons/"
    assert f'action="{path}"' in browse(alice, f"/courses/{course.pk}/").content.decode()
    form = browse(alice, path, {"all": "yes"}).content.decode()
    assert "Edit 2 lessons" in form
    assert f'value="{before.pk}"' not in form
    assert browse(alice, path).url == f"/courses/{course.pk}/"
    assert browse(bob, path, {"all": "yes"}).status_code == 403
    assert browse(charlie, path, {"all": "yes"}).status_code == 404


def test_what_the_timetable_shows_is_changed_from_there(browse, alice, bob, carol, lessons):
    create_planned_lesson(carol, 2 * DAY, topic="Tea")
    days = f"start={timezone.localdate()}&end={timezone.localdate() + 30 * DAY}"
    path = f"/timetable/change/?view=month&teacher=bob&{days}"
    assert 'action="/timetable/change/"' in browse(alice, "/timetable/").content.decode()
    assert 'action="/timetable/change/"' not in browse(bob, "/timetable/").content.decode()
    assert "Edit 3 lessons" in browse(alice, path, {"all": "yes"}).content.decode()
    assert browse(alice, path).url == "/timetable/?view=month&teacher=bob"
    assert "Edit 4 lessons" in browse(alice, f"/timetable/change/?{days}", {"all": "yes"}).content.decode()
    assert browse(alice, "/timetable/change/?start=soon", {"all": "yes"}).status_code == 302


def test_many_are_cancelled_as_one_act_with_one_notice_a_person(browse, alice, bob, sue, lessons, kids):
    send_lesson_notifications()
    Notification.objects.all().delete()
    locked = create_running_lesson(bob)
    chosen = {"chosen": [*(one.pk for one in lessons), locked.pk]}
    path = "/lessons/many/cancel/"
    assert f'formaction="{path}"' in browse(alice, "/lessons/").content.decode()
    assert f'formaction="{path}"' in browse(alice, "/lessons/many/", chosen).content.decode()
    asked = browse(alice, path, chosen).content.decode()
    assert "Cancel 3 lessons?" in asked
    assert "1 cannot be cancelled:" in asked
    assert not Lesson.objects.exclude(cancelled_at=None).exists()
    typed = chosen | {"sure": "1", "reason": "Bob is ill", "tell": "on", "notice": "Read on."}
    answer = browse(alice, path, typed)
    job = Job.objects.get(kind="lessons.push")
    assert answer.url == f"/lessons/changes/{job.pk}/"
    assert (len(job.args["lessons"]), job.args["locked"]) == (3, [locked.pk])
    assert {one.cancel_reason for one in fresh(lessons)} == {"Bob is ill"}
    entry = AuditEntry.objects.get(action="lesson.cancel_many")
    assert (len(entry.after["lessons"]), entry.reason) == (3, "Bob is ill")
    send_lesson_notifications()
    told = sorted(Notification.objects.values_list("person__user_id", "kind"))
    assert told == [(one, "lesson.called_off_many_saying") for one in ("bob", "kid1", "kid2")]
    page = browse(alice, answer.url).content.decode()
    assert "Bulk-cancelled lessons" in page
    assert "Not cancelled: running, ended or already cancelled" in page
    assert browse(sue, path, typed).status_code == 403


def test_how_each_cancelled_lesson_fared_at_the_service_is_followed(connected, alice, bob, iclass):
    made = [create_lesson(bob, alice, starts_at=tomorrow_at(hour)) for hour in (8, 9)]
    relay.drain()
    job = cancel_chosen_lessons(school=connected, lessons=fresh(made), by=alice)
    relay.drain()
    run_due_jobs()
    job.refresh_from_db()
    assert (job.done, job.failed, job.is_open) == (2, 0, False)


def test_of_more_lessons_than_one_act_takes_the_first_are_taken_and_that_is_said(browse, alice, bob):
    at = tomorrow_at(8)
    times = {"starts_at": at, "ends_at": at + timedelta(minutes=45), "conflict_allowed": True}
    times["conflict_reason"] = "Many at once, on purpose."
    Lesson.objects.bulk_create(
        Lesson(enterprise=bob.enterprise, teacher=bob, topic="Tea", **times) for _number in range(1001)
    )
    form = browse(alice, "/lessons/many/", {"all": "yes"}).content.decode()
    assert "Edit 1000 lessons" in form
    assert "More than 1000 lessons match. Only the first ones are included." in form

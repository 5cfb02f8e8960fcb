"""Scheduling a lesson and changing it: what is typed is kept, and what is wrong is said at its field."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, StudentGroup, User
from classes.models import Lesson
from console.outbox.models import Operation
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    create_students,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture
def typed(bob):
    """A form that is right in every field, for tomorrow."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return {
        "topic": "Croquet",
        "teacher": "bob",
        "day": tomorrow.isoformat(),
        "start": "19:00",
        "end": "19:45",
        "class_type": "1vN",
        "record_types": ["local"],
        "bitrate": "850",
        "confirmed": "on",
    }


def ticked(answer, name):
    """The values of the boxes of a field that are ticked."""
    boxes = re.findall(r"<input [^>]*>", answer.content.decode())
    chosen = [box for box in boxes if f'name="{name}"' in box and " checked" in box]
    return sorted(re.search(r'value="([^"]*)"', box)[1] for box in chosen)


def errors(answer, field):
    """What is said at a field."""
    assert answer.status_code == 200
    page = answer.content.decode()
    found = re.search(rf'<div class="field-error" id="id_{field}_error">(.*?)</div>', page, re.S)
    return re.sub(r"<[^>]+>", " ", found[1]).strip() if found else ""


def nothing_happened():
    return not Lesson.objects.exists() and not Operation.objects.exists()


def test_a_lesson_is_scheduled_with_its_group_its_people_and_one_operation(browse, alice, typed, school):
    kids = create_students(school, 3, "Year 7")
    late = create_person(school, "late.comer", Role.STUDENT)
    create_person(school, "ann", Role.ASSISTANT)
    group = StudentGroup.objects.get()
    more = {"groups": [group.pk], "students": ["kid1"], "ids": "late.comer,\nkid2", "staff": ["ann"]}
    answer = browse(alice, "/lessons/new/", typed | more)
    lesson = Lesson.objects.get()
    assert answer.url == f"/lessons/{lesson.pk}/"
    members = dict(lesson.members.values_list("user__user_id", "role"))
    expected = {one.user_id: "student" for one in (*kids, late)} | {"ann": "assistant"}
    assert members == expected
    assert timezone.localtime(lesson.starts_at).hour == 19
    assert Operation.objects.get().kind == "class.create"


def test_the_times_are_those_of_the_schools_clock(browse, alice, typed, school):
    school.zone = "Europe/Berlin"
    school.save(update_fields=["zone"])
    browse(alice, "/lessons/new/", typed)
    assert Lesson.objects.get().starts_at.astimezone(school.tz).hour == 19
    assert "Europe/Berlin" in browse(alice, "/lessons/new/").content.decode()


def test_the_form_proposes_the_next_full_hour_for_45_minutes(browse, alice):
    page = browse(alice, "/lessons/new/").content.decode()
    start = re.search(r'name="start" value="(\d\d):00"', page)
    end = re.search(r'name="end" value="(\d\d):45"', page)
    assert start is not None
    assert end is not None
    assert int(start[1]) == (timezone.localtime().hour + 1) % 24 == int(end[1])


WRONG: list[tuple[dict[str, object], str, str, str]] = [
    ({"end": "18:30"}, "end", "The end must be after the start.", "结束时间必须晚于开始时间。"),
    ({"day": "2020-01-06"}, "end", "The end is in the past.", "结束时间已过，"),
    ({"teacher": "charlie"}, "teacher", "Choose a teacher of your school.", "请选择本校的教师。"),
    ({"teacher": "kid1"}, "teacher", "Choose a teacher of your school.", "请选择本校的教师。"),
    ({"topic": "x" * 300}, "topic", "has 300 characters. Shorten it to at most 100", "最多 100 个字"),
    ({"topic": " "}, "topic", "Enter a topic.", "请填写主题。"),
    (
        {"students": ["nobody"]},
        "students",
        "no suitable person in your school with the user ID “nobody”",
        "没有用户 ID 为“nobody”",
    ),
    (
        {"students": ["charles"]},
        "students",
        "no suitable person in your school with the user ID “charles”",
        "没有用户 ID 为“charles”",
    ),
    (
        {"ids": "kid1 nobody charles"},
        "ids",
        "these user IDs: charles, nobody",
        "用户 ID 为 charles, nobody",
    ),
    ({"start": "soon"}, "start", "Enter the time as 19:30.", "时间请写成 19:30 的形式。"),
]


@BOTH
def test_what_is_wrong_is_said_at_its_field(browse, alice, charlie, other_school, kids, typed, language):
    create_person(other_school, "charles", Role.STUDENT)
    for wrong, field, english, chinese in WRONG:
        answer = browse(alice, "/lessons/new/", typed | wrong, language=language)
        assert re.search(english if language == "en" else chinese, errors(answer, field)), wrong
    assert nothing_happened()


def test_nothing_that_was_typed_is_lost(browse, alice, kids, typed):
    wrong = {
        "end": "18:30",
        "topic": "Croquet & <mallets>",
        "students": ["kid2"],
        "ids": "kid3",
        "bitrate": "900",
    }
    page = browse(alice, "/lessons/new/", typed | wrong | {"groups": [StudentGroup.objects.get().pk]})
    text = page.content.decode()
    for kept in (
        'value="Croquet &amp; &lt;mallets&gt;"',
        'value="kid2" checked',
        ">\nkid3</textarea>",
        'value="900"',
        'name="end" value="18:30"',
        '<option value="bob" selected>',
    ):
        assert kept in text, kept
    assert re.search(r'name="groups" value="\d+" checked', text)


def test_a_long_topic_is_not_cut_by_the_browser(browse, alice):
    assert (
        "maxlength"
        not in re.search(r'<input[^>]*name="topic"[^>]*>', text_of(browse(alice, "/lessons/new/")))[0]
    )


def test_a_lesson_past_midnight_names_its_last_day(browse, alice, typed):
    day_after = (timezone.localdate() + timedelta(days=2)).isoformat()
    browse(alice, "/lessons/new/", typed | {"start": "23:30", "end": "00:15", "end_day": day_after})
    lesson = Lesson.objects.get()
    assert lesson.ends_at - lesson.starts_at == timedelta(minutes=45)


def test_what_only_the_service_function_checks_lands_at_its_field_too(browse, alice, typed):
    later = (timezone.localdate() + timedelta(days=4)).isoformat()
    answer = browse(alice, "/lessons/new/", typed | {"end_day": later})
    assert "at most 24 hours" in errors(answer, "end")
    assert nothing_happened()


def test_a_start_that_has_passed_is_allowed_and_said(client, browse, alice, typed):
    now = timezone.localtime()
    begins, ends = now - timedelta(minutes=2), now + timedelta(minutes=30)
    times = {
        "day": begins.date().isoformat(),
        "start": f"{begins:%H:%M}",
        "end": f"{ends:%H:%M}",
        "end_day": ends.date().isoformat(),
    }
    answer = browse(alice, "/lessons/new/", typed | times)
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "The planned start is in the past." in page


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ASSISTANT, Role.STUDENT, Role.SUPERVISOR])
def test_who_does_not_run_the_school_schedules_and_changes_nothing(browse, alice, school, bob, typed, role):
    reader = create_person(school, "reader", role)
    lesson = create_planned_lesson(bob)
    assert browse(reader, "/lessons/new/", typed).status_code == 403
    assert browse(reader, f"/lessons/{lesson.pk}/edit/", typed).status_code == 403


def test_changing_a_lesson_shows_it_and_owes_what_differs(browse, alice, bob, kids, typed):
    lesson = create_planned_lesson(bob, timedelta(days=1))
    add_members(lesson, kids[0])
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/edit/"))
    assert f'value="{lesson.topic}"' in page
    assert 'value="kid1" checked' in page
    browse(alice, f"/lessons/{lesson.pk}/edit/", typed | {"students": ["kid1", "kid2"]})
    lesson.refresh_from_db()
    assert lesson.topic == "Croquet"
    assert set(lesson.members.values_list("user__user_id", flat=True)) == {"kid1", "kid2"}
    assert set(Operation.objects.values_list("kind", flat=True)) == {"class.modify", "class.members"}


def test_a_member_who_was_deactivated_stays_a_member(browse, alice, bob, kids, typed):
    lesson = create_planned_lesson(bob, timedelta(days=1))
    add_members(lesson, *kids[:2])
    User.objects.filter(pk=kids[0].pk).update(is_active=False)
    browse(alice, f"/lessons/{lesson.pk}/edit/", typed | {"students": ["kid1", "kid2"]})
    assert lesson.members.count() == 2
    assert 'value="kid1"' not in text_of(browse(alice, "/lessons/new/"))


@pytest.mark.parametrize("make", [create_running_lesson, create_finished_lesson])
def test_a_lesson_that_runs_or_is_over_is_locked_and_says_why(browse, client, alice, bob, typed, make):
    lesson = make(bob)
    assert browse(alice, f"/lessons/{lesson.pk}/edit/").url == f"/lessons/{lesson.pk}/"
    page = client.get(f"/lessons/{lesson.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "is running and cannot be changed" in page or "has ended and cannot be changed" in page
    answer = browse(alice, f"/lessons/{lesson.pk}/edit/", typed)
    assert "cannot be changed" in text_of(answer)
    lesson.refresh_from_db()
    assert lesson.topic != "Croquet"


def test_one_like_another_is_filled_in_for_the_same_day_of_the_week(browse, alice, bob, kids):
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, kids[0])
    page = text_of(browse(alice, f"/lessons/new/?like={lesson.pk}"))
    day = timezone.localtime(lesson.starts_at).date() + timedelta(weeks=1)
    assert f'name="day" value="{day.isoformat()}"' in page
    assert 'value="kid1" checked' in page


def test_a_lesson_of_another_school_is_no_pattern(browse, charlie, bob):
    lesson = create_finished_lesson(bob, topic="Secret croquet")
    assert "Secret croquet" not in text_of(browse(charlie, f"/lessons/new/?like={lesson.pk}"))


def test_five_hundred_students_cost_no_more_queries_than_five(queries, alice, bob, school):
    create_students(school, 5, "Year 7")
    few = queries(alice, "/lessons/new/")
    User.objects.bulk_create(
        User(enterprise=school, user_id=f"s{n}", login=f"s{n}@x", role=Role.STUDENT, nickname=f"S{n}")
        for n in range(500)
    )
    assert queries(alice, "/lessons/new/") == few


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_group_of_the_address_comes_with_its_students(browse, alice, charlie, school):
    create_students(school, 2, "Year 7")
    create_person(school, "late", Role.STUDENT)
    group = StudentGroup.objects.get()
    path = f"/lessons/new/?group={group.pk}"
    page = browse(alice, path)
    assert (ticked(page, "groups"), ticked(page, "students")) == ([str(group.pk)], ["kid1", "kid2"])
    assert ticked(browse(charlie, path), "students") == []
    group.archived_at = timezone.now()
    group.save(update_fields=["archived_at"])
    assert ticked(browse(alice, path), "students") == []

"""Assistant, password and capacity: kept here, and sent only where the service is said to know them."""

import re
import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.school.services import edit_school
from classes.lessons.extended_fields import EXTENDED_FIELDS
from classes.lessons.passwords import set_password
from classes.lessons.services import edit_lesson, push_lesson
from classes.models import Course, Lesson, LessonKey
from classes.timetable.bulk.services import BulkEdit, edit_lessons
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.models import Operation
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to, tomorrow_at
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

NOT_SENT = "Not sent: iclass does not support these fields yet."
PASSWORD = "off-with-their-heads"


@pytest.fixture
def helpers(connected, iclass):
    """Ann and Ben, assistants whom the service knows."""
    found = [create_person(connected, name, Role.ASSISTANT) for name in ("ann", "ben")]
    iclass.call("user/register", {"list": [{"user_id": one.user_id, "role": "assistant"} for one in found]})
    return found


@pytest.fixture
def knowing(connected):
    """The school's service knows the later fields."""
    return edit_school(school=connected, by=None, later_fields=True)


def bodies(iclass, endpoint, lesson):
    """What reached the endpoint about this lesson."""
    return [
        body
        for body in requests_to(iclass, endpoint)
        if body.get("class_topic") == lesson.topic or str(body.get("class_id")) == lesson.remote_id
    ]


def roles_there(iclass, lesson):
    told = iclass.call("class/info", {"class_id": lesson.class_id})
    return {one["user_id"]: one["role"] for one in told["members"]}


def let_in(iclass, lesson, password):
    """The error code that a guest meets who comes with this password."""
    told = iclass.call(
        "member/visitor/join",
        {"class_id": lesson.class_id, "nickname": secrets.token_hex(3), "password": password},
    )
    return told["error_code"]


def test_nothing_of_the_later_fields_leaves_while_the_switch_is_off(helpers, alice, bob, iclass):
    lesson = create_lesson(bob, alice, staff=helpers, capacity=30, password=PASSWORD)
    relay.drain()
    lesson.refresh_from_db()
    edit_lesson(lesson=lesson, by=alice, capacity=31, password="another", topic=lesson.topic + "!")
    push_lesson(lesson=lesson, by=alice)
    relay.drain()
    sent = [*bodies(iclass, "class/create", lesson), *bodies(iclass, "class/modify", lesson)]
    assert len(sent) >= 2
    assert not any(EXTENDED_FIELDS[name] in body for body in sent for name in EXTENDED_FIELDS)
    assert roles_there(iclass, lesson) == {"bob": "teacher", "ann": "assistant", "ben": "assistant"}
    lesson.refresh_from_db()
    assert (lesson.capacity, lesson.later_sent) == (31, None)
    assert LessonKey.objects.get().password.reveal() == "another"


def test_they_go_along_with_the_making_of_a_lesson_while_it_is_on(helpers, knowing, alice, bob, iclass):
    lesson = create_lesson(
        bob,
        alice,
        staff=helpers,
        capacity=30,
        password=PASSWORD,
        class_type="public",
        starts_at=timezone.now() + timedelta(minutes=30),
    )
    relay.drain()
    lesson.refresh_from_db()
    (body,) = bodies(iclass, "class/create", lesson)
    assert (body["assistant_id"], body["max_member_num"], body["password"]) == ("ann", 30, "***")
    assert roles_there(iclass, lesson) == {"bob": "teacher", "ann": "assistant", "ben": "assistant"}
    assert (let_in(iclass, lesson, "wrong"), let_in(iclass, lesson, PASSWORD)) == (10225, 0)
    assert lesson.later_sent == {"assistant": "ann", "password": 1, "capacity": 30}
    assert lesson.sync_state == "in_sync"
    assert Operation.objects.filter(kind="class.modify").count() == 0


def test_a_change_sends_what_the_service_did_not_take_yet_and_nothing_twice(
    helpers, knowing, alice, bob, iclass
):
    lesson = create_lesson(bob, alice, staff=helpers, capacity=30)
    relay.drain()
    lesson.refresh_from_db()
    edit_lesson(lesson=lesson, by=alice, capacity=12, password=PASSWORD, staff=helpers[1:])
    relay.drain()
    lesson.refresh_from_db()
    edit_lesson(lesson=lesson, by=alice, capacity=12, password=PASSWORD)
    edit_lesson(lesson=lesson, by=alice, capacity=None, password="")
    relay.drain()
    first, second = bodies(iclass, "class/modify", lesson)
    assert (first["assistant_id"], first["max_member_num"], first["password"]) == ("ben", 12, "***")
    assert second["max_member_num"] == 0
    assert "assistant_id" not in second
    assert roles_there(iclass, lesson) == {"bob": "teacher", "ben": "assistant"}
    lesson.refresh_from_db()
    assert lesson.later_sent == {"assistant": "ben", "password": 0, "capacity": 0}


def test_a_new_teacher_costs_no_assistant_their_place(helpers, knowing, alice, bob, iclass):
    """`/class/modify` replaces a list of which it knows the students only: the others are added again."""
    other = create_person(knowing, "carol", Role.TEACHER)
    iclass.call("user/register", {"list": [{"user_id": "carol", "role": "teacher"}]})
    lesson = create_lesson(bob, alice, staff=helpers)
    relay.drain()
    lesson.refresh_from_db()
    edit_lesson(lesson=lesson, by=alice, teacher=other)
    relay.drain()
    assert roles_there(iclass, lesson) == {"carol": "teacher", "ann": "assistant", "ben": "assistant"}


def test_turning_the_switch_on_sends_them_for_all_lessons_to_come(helpers, connected, alice, bob, iclass):
    with_capacity = create_lesson(bob, alice, capacity=30)
    with_password = create_lesson(bob, alice, password=PASSWORD)
    assisted = create_lesson(bob, alice, staff=helpers[:1])
    plain = create_lesson(bob, alice)
    relay.drain()
    edit_school(school=connected, by=alice, later_fields=True)
    relay.drain()
    told = {}
    for one in (with_capacity, with_password, assisted, plain):
        one.refresh_from_db()
        told[one.pk] = one.later_sent
    assert told == {
        with_capacity.pk: {"capacity": 30},
        with_password.pk: {"password": 1},
        assisted.pk: {"assistant": "ann"},
        plain.pk: None,
    }
    assert not bodies(iclass, "class/modify", plain)


def test_a_password_stands_sealed_and_the_trail_says_only_that_it_changed(alice, bob):
    lesson = create_planned_lesson(bob)
    assert set_password(lesson, PASSWORD) == {"password": "changed"}
    assert set_password(lesson, PASSWORD) == {}
    (stored,) = LessonKey.objects.values_list("password", flat=True)
    assert PASSWORD not in stored
    edit_lesson(lesson=lesson, by=alice, password="another")
    entry = AuditEntry.objects.get(action="lesson.change")
    assert entry.after == {"password": "changed"}


ROOM = {"class_type": "1vN", "record_types": ["local"], "bitrate": "850"}
TYPED = ROOM | {"teacher": "bob", "confirmed": "on"}


def typed(**more):
    at = tomorrow_at(8)
    return TYPED | {"topic": "Croquet", "day": at.date().isoformat(), "start": "19:00", "end": "19:45"} | more


def test_the_form_keeps_them_and_says_that_they_are_not_sent(browse, alice, bob, school):
    assert NOT_SENT in browse(alice, "/lessons/new/").content.decode()
    answer = browse(alice, "/lessons/new/", typed(capacity="30", password=PASSWORD))
    lesson = Lesson.objects.get()
    assert answer.url == f"/lessons/{lesson.pk}/"
    assert (lesson.capacity, lesson.key.password.reveal()) == (30, PASSWORD)
    page = browse(alice, answer.url).content.decode()
    assert page.count("not sent: iclass does not support this field yet") == 2
    assert PASSWORD not in page
    assert PASSWORD not in browse(alice, f"/lessons/{lesson.pk}/edit/").content.decode()
    browse(alice, f"/lessons/{lesson.pk}/edit/", typed(capacity="31"))
    lesson.refresh_from_db()
    assert (lesson.capacity, LessonKey.objects.get().password.reveal()) == (31, PASSWORD)
    browse(alice, f"/lessons/{lesson.pk}/edit/", typed(capacity="", no_password="on"))
    lesson.refresh_from_db()
    assert (lesson.capacity, LessonKey.objects.get().password) == (None, None)
    school.later_fields = True
    school.save(update_fields=["later_fields"])
    assert NOT_SENT not in browse(alice, "/lessons/new/").content.decode()


def test_the_form_says_it_in_chinese(browse, alice):
    assert (
        "未同步：iclass 尚不支持这些字段"
        in browse(alice, "/lessons/new/", language="zh-hans").content.decode()
    )


def test_more_students_than_fit_are_a_conflict_of_the_capacity(browse, alice, bob, kids):
    answer = browse(alice, "/lessons/new/", typed(capacity="2", students=["kid1", "kid2", "kid3"]))
    assert re.search("more students than the limit of 2", answer.content.decode())
    assert not Lesson.objects.exists()


def test_a_superadmin_sets_the_switch_on_the_page_of_the_school(browse, alice, school):
    boss = create_person(school, "boss", Role.SUPERADMIN)
    page = browse(boss, "/school/").content.decode()
    assert "not supported, kept in the console only" in page
    form = browse(boss, "/school/service/").content.decode()
    assert "Turn this on only once iclass confirms" in form
    browse(boss, "/school/service/", {"later_fields": "on"})
    school.refresh_from_db()
    assert school.later_fields
    assert "supported, sent to iclass" in browse(boss, "/school/").content.decode()
    assert AuditEntry.objects.get(action="school.change").after == {"later_fields": True}
    assert browse(alice, "/school/service/").status_code == 403


def test_rest_takes_the_capacity(alice, bob, rest_of):
    answer = rest_of(alice).post(
        "/api/v1/lessons/",
        {
            "topic": "Croquet",
            "teacher": "bob",
            "starts_at": tomorrow_at(8).isoformat(),
            "ends_at": tomorrow_at(9).isoformat(),
            "capacity": 30,
        },
        format="json",
    )
    assert answer.status_code == 201, answer.content
    lesson = Lesson.objects.get()
    assert lesson.capacity == 30


@pytest.fixture
def rest_of():
    return rest_client


def test_the_panel_shows_what_iclass_says_beside_ours(browse, alice, bob, connected, iclass):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    page = browse(alice, f"/lessons/{lesson.pk}/").content.decode()
    panel = page[page.index('id="at-iclass"') :]
    for told in (
        lesson.remote_id,
        f"{lesson.remote_id}_chat",
        "1280x720",
        ">20 <small",
        "does not support setting this",
    ):
        assert told in panel, told
    assert f'action="/lessons/{lesson.pk}/pull/"' in page
    assert "Unknown value, shown as received." not in panel
    Lesson.objects.update(observed=lesson.observed | {"resolution": "1024x768"})
    page = browse(alice, f"/lessons/{lesson.pk}/").content.decode()
    assert "1024x768" in page
    assert "Unknown value, shown as received." in page


def test_a_lesson_that_iclass_has_not_yet_says_so(browse, alice, bob, school):
    lesson = create_planned_lesson(bob, remote_id="", sync_state="local")
    add_members(lesson)
    assert "iclass does not have this lesson yet." in browse(alice, f"/lessons/{lesson.pk}/").content.decode()


def keys_of(lessons):
    """The password of each, in the order of their starts."""
    keys = {key.lesson_id: key.password for key in LessonKey.objects.filter(lesson__in=lessons.all())}
    return [key.reveal() if (key := keys.get(one.pk)) else None for one in lessons.order_by("starts_at")]


def series_typed(**more):
    last = tomorrow_at(8).date() + timedelta(weeks=2)
    return typed(until=last.isoformat(), **more)


def test_a_series_gives_each_lesson_the_password_and_changes_or_takes_it_away(browse, alice, bob):
    browse(alice, "/courses/new/", series_typed(password=PASSWORD))
    course = Course.objects.get()
    assert keys_of(course.lessons) == [PASSWORD] * 3
    second = course.lessons.order_by("starts_at")[1]
    edit = f"/courses/{course.pk}/edit/"
    page = browse(alice, edit).content.decode()
    assert "Leave empty to keep it." in page
    assert PASSWORD not in page
    browse(alice, f"{edit}?lesson={second.pk}", series_typed(scope="following", password="another"))
    assert keys_of(course.lessons) == [PASSWORD, "another", "another"]
    browse(alice, edit, series_typed(topic="Tea"))
    assert keys_of(course.lessons) == [PASSWORD, "another", "another"]
    browse(alice, f"{edit}?lesson={second.pk}", series_typed(topic="Tea", scope="this", no_password="on"))
    assert keys_of(course.lessons) == [PASSWORD, None, "another"]
    longer = series_typed(topic="Tea") | {"until": (tomorrow_at(8) + timedelta(weeks=3)).date().isoformat()}
    browse(alice, edit, longer)
    assert keys_of(course.lessons) == [PASSWORD, None, "another", "another"]
    assert PASSWORD not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_all_lessons_of_a_series_follow_how_its_rooms_are_set_up(browse, alice, bob):
    browse(alice, "/courses/new/", series_typed())
    course = Course.objects.get()
    more = {"bitrate": "1200", "record_types": ["remote"], "auto_open_mic": "on", "capacity": "9"}
    browse(alice, f"/courses/{course.pk}/edit/", series_typed() | more)
    names = ("bitrate", "record_types", "auto_open_mic", "capacity")
    assert list(course.lessons.values_list(*names)) == [(1200, ["remote"], True, 9)] * 3


def test_many_lessons_get_a_password_which_waits_sealed_between_looking_and_doing(browse, alice, bob):
    lessons = [create_planned_lesson(bob, timedelta(days=day)) for day in (1, 2)]
    set_password(lessons[0], PASSWORD)
    chosen = {"chosen": [one.pk for one in lessons]}
    looked = browse(alice, "/lessons/many/", chosen | {"look": "1", "password": PASSWORD}).content.decode()
    assert "1 lesson will change." in looked
    assert "1 does not need to change." in looked
    assert "Password: replaced" in looked
    assert PASSWORD not in looked
    (waits,) = re.findall(r'name="password_waits" value="([^"]+)"', looked)
    browse(alice, "/lessons/many/", chosen | {"sure": "1", "password_waits": waits})
    assert keys_of(Lesson.objects.all()) == [PASSWORD] * 2
    assert AuditEntry.objects.get(action="lesson.change_many").after["password"] == "changed"
    forged = browse(alice, "/lessons/many/", chosen | {"sure": "1", "password_waits": "x"}).content.decode()
    assert "The password was not kept. Enter it again." in forged
    browse(alice, "/lessons/many/", chosen | {"sure": "1", "no_password": "on"})
    assert keys_of(Lesson.objects.all()) == [None] * 2


def test_a_changed_password_of_many_reaches_the_service(connected, alice, bob, iclass, knowing):
    for hour in (8, 9):
        create_lesson(bob, alice, starts_at=tomorrow_at(hour))
    relay.drain()
    lessons = list(Lesson.objects.all())
    edit_lessons(school=knowing, lessons=lessons, edit=BulkEdit(password=PASSWORD), by=alice)
    relay.drain()
    assert [one.later_sent["password"] for one in Lesson.objects.all()] == [1, 1]
    assert [bodies(iclass, "class/modify", one)[-1]["password"] for one in lessons] == ["***"] * 2


def test_rest_takes_a_password_and_never_tells_it(alice, bob):
    lesson = {"topic": "Croquet", "teacher": "bob"}
    lesson |= {"starts_at": tomorrow_at(8).isoformat(), "ends_at": tomorrow_at(9).isoformat()}
    short = rest_client(alice).post("/api/v1/lessons/", lesson | {"password": "abc"}, format="json")
    assert short.json()["errors"].keys() == {"password"}
    made = rest_client(alice).post("/api/v1/lessons/", lesson | {"password": PASSWORD}, format="json")
    assert made.status_code == 201
    assert PASSWORD not in made.content.decode()
    path = f"/api/v1/lessons/{made.json()['id']}/"
    rest_client(alice).patch(path, {"topic": "Tea"}, format="json")
    assert keys_of(Lesson.objects.all()) == [PASSWORD]
    rest_client(alice).patch(path, {"password": ""}, format="json")
    assert keys_of(Lesson.objects.all()) == [None]


def test_who_lets_people_in_is_shown_the_password_on_record(browse, alice, bob, sue, charlie):
    lesson = create_planned_lesson(bob)
    path = f"/lessons/{lesson.pk}/password/"
    assert browse(bob, path).url == f"/lessons/{lesson.pk}/"
    set_password(lesson, PASSWORD)
    for reader in (alice, bob):
        assert f'href="{path}"' in browse(reader, f"/lessons/{lesson.pk}/").content.decode()
        assert PASSWORD not in browse(reader, path).content.decode()
        answer = browse(reader, path, post={})
        assert PASSWORD in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
    seen = AuditEntry.objects.filter(action="lesson.reveal_password", looks=True)
    assert [(one.actor, one.after["fields"]) for one in seen.order_by("pk")] == [
        (alice, ["password"]),
        (bob, ["password"]),
    ]
    page = browse(sue, f"/lessons/{lesson.pk}/").content.decode()
    assert path not in page
    assert browse(sue, path, post={}).status_code == 403
    assert browse(charlie, path, post={}).status_code == 404

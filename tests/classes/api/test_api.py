"""REST of lessons, courses, recordings, courseware and the exchange with the service."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Role, StudentGroup
from classes.models import Course, Lesson, Recording
from console.inbox.models import Callback
from console.outbox import relay
from console.outbox.models import Operation
from documents.models import Document
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to, tomorrow_at
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db

LESSON = [
    *(
        "id",
        "topic",
        "class_type",
        "teacher",
        "assistants",
        "members",
        "starts_at",
        "ends_at",
        "record_types",
    ),
    *("class_id", "teacher_url", "student_url", "status", "real_started_at", "real_ended_at", "sync"),
]


@pytest.fixture
def dina(school):
    """A student of Alice's school."""
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def cat(school):
    """An assistant of Alice's school."""
    return create_person(school, "cat", Role.ASSISTANT)


@pytest.fixture
def lesson(alice, bob, dina):
    lesson = create_lesson(bob, alice, students=[dina])
    Lesson.objects.update(teacher_url="https://room.example/7/0", student_url="https://room.example/7/1")
    return lesson


@pytest.fixture
def world(school, alice, bob, lesson):
    """One row of each resource that is only read, of Alice's school, by address."""
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2027, 3, 2),
        duration_minutes=45,
        rrule="FREQ=WEEKLY",
    )
    Lesson.objects.filter(pk=lesson.pk).update(course=course)
    track = Recording.objects.create(
        enterprise=school,
        lesson=lesson,
        class_id="7",
        video_id="v1",
        video_type=0,
        user_id="bob",
        url="https://video.example/secret.mp4",
        seconds=90,
        bytes=7,
    )
    callback = Callback.objects.create(enterprise=school, fingerprint="f", event="class_over", class_id="7")
    document = Document.objects.create(enterprise=school, owner=bob, name="Rules", ext="pdf", bytes=9)
    return {
        "courses": course,
        "recordings": track,
        "callbacks": callback,
        "documents": document,
        "operations": Operation.objects.get(),
    }


def plan(**more):
    start = tomorrow_at()
    return {
        "topic": "Croquet",
        "teacher": "bob",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(minutes=45)).isoformat(),
        **more,
    }


def test_a_lesson_has_the_pinned_fields(alice, lesson):
    one = rest_client(alice).get(f"/api/v1/lessons/{lesson.pk}/").json()
    assert list(one) == LESSON
    assert (one["teacher"], one["members"], one["assistants"]) == ("bob", ["dina"], [])
    assert (one["status"], one["class_id"], one["sync"]) == ("will", None, {"state": "sending", "reason": ""})
    assert (one["record_types"], one["class_type"]) == (["local"], "1vN")


def test_a_lesson_is_scheduled_with_its_people(alice, bob, dina, cat):
    answer = rest_client(alice).post("/api/v1/lessons/", plan(members=["dina"], assistants=["cat"]))
    assert answer.status_code == 201, answer.data
    told = answer.json()
    assert (told["members"], told["assistants"]) == (["dina"], ["cat"])
    assert told["sync"]["state"] == "sending"
    lesson = Lesson.objects.get(pk=told["id"])
    assert lesson.starts_at == tomorrow_at()
    assert lesson.enterprise == alice.enterprise


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_at": tomorrow_at(7).isoformat()}, "ends_at"),
        ({"ends_at": "tomorrow"}, "ends_at"),
        ({"topic": "x" * 300}, "topic"),
        ({"topic": ""}, "topic"),
        ({"teacher": "nobody"}, "teacher"),
        ({"teacher": "charlie"}, "teacher"),
        ({"teacher": "dina"}, "teacher"),
        ({"teacher": 7}, "teacher"),
        ({"members": ["dina", "nobody"]}, "members"),
        ({"members": ["charlie"]}, "members"),
        ({"members": ["bob"]}, "members"),
        ({"assistants": ["dina"]}, "assistants"),
        ({"class_type": "1v9"}, "class_type"),
        ({"record_types": ["tape"]}, "record_types"),
    ],
)
def test_what_does_not_hold_is_said_at_the_field_and_nothing_is_scheduled(
    alice, bob, charlie, dina, values, field
):
    answer = rest_client(alice).post("/api/v1/lessons/", plan(**values))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Lesson.objects.exists()
    assert not Operation.objects.exists()


def test_an_unknown_user_id_is_named_in_the_sentence(alice, bob, dina):
    answer = rest_client(alice).post(
        "/api/v1/lessons/",
        plan(members=["dina", "nobody", "none"]),
        headers={"Accept-Language": "en"},
    )
    assert answer.json()["errors"] == {
        "members": ["There is no one in your school with the user ID “nobody”, “none”."]
    }


def test_what_a_lesson_is_without_is_asked_for(alice):
    answer = rest_client(alice).post("/api/v1/lessons/", {})
    assert set(answer.json()["errors"]) == {"topic", "teacher", "starts_at", "ends_at"}


def test_a_change_names_only_what_changes(alice, lesson, cat):
    client, address = rest_client(alice), f"/api/v1/lessons/{lesson.pk}/"
    assert client.patch(address, {"topic": "Quadrille"}).json()["members"] == ["dina"]
    assert client.patch(address, {"members": [], "assistants": ["cat"]}).json()["assistants"] == ["cat"]
    assert client.get(address).json()["members"] == []
    early = (lesson.starts_at - timedelta(hours=1)).isoformat()
    assert client.patch(address, {"ends_at": early}).json()["errors"] == {
        "ends_at": [gettext("The end must be after the start.")]
    }
    assert client.patch(address, {"status": "end", "class_id": 5}).json()["status"] == "will"


def test_a_running_lesson_is_locked(alice, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(status="ing", remote_id="7")
    client, address = rest_client(alice), f"/api/v1/lessons/{lesson.pk}/"
    locked = client.patch(address, {"topic": "Quadrille"})
    assert locked.status_code == 400
    assert locked.json()["errors"] == {
        "non_field_errors": [gettext("The lesson is running and cannot be changed. End it first.")]
    }
    assert client.post(f"{address}cancel/").status_code == 400
    assert Lesson.objects.get().topic != "Quadrille"


def test_a_lesson_is_cancelled_with_a_reason_and_stays(alice, lesson):
    answer = rest_client(alice).post(f"/api/v1/lessons/{lesson.pk}/cancel/", {"reason": "The Queen is cross"})
    assert answer.status_code == 200
    kept = Lesson.objects.get()
    assert kept.cancelled_at
    assert kept.cancel_reason == "The Queen is cross"
    assert rest_client(alice).delete(f"/api/v1/lessons/{lesson.pk}/").status_code == 405


def test_lessons_of_another_school_do_not_exist(charlie, lesson):
    client, address = rest_client(charlie), f"/api/v1/lessons/{lesson.pk}/"
    assert all_rows(client, "lessons/") == []
    assert client.get(address).status_code == 404
    assert client.patch(address, {"topic": "Mine"}).status_code == 404
    for act in ("start", "stop", "cancel"):
        assert client.post(f"{address}{act}/").status_code == 404
    for path in ("attendance/", "attendance.xlsx", "attendance.csv"):
        assert client.get(f"{address}{path}").status_code == 404


def test_a_student_sees_the_own_lessons_without_the_teachers_link_and_changes_none(lesson, alice, bob, dina):
    create_lesson(bob, alice)
    client, address = rest_client(dina), f"/api/v1/lessons/{lesson.pk}/"
    [mine] = all_rows(client, "lessons/")
    assert (mine["id"], mine["teacher_url"]) == (lesson.pk, None)
    assert mine["student_url"] == "https://room.example/7/1"
    assert client.get(address).json()["teacher_url"] is None
    assert client.patch(address, {"topic": "Mine"}).status_code == 403
    assert client.post("/api/v1/lessons/", plan()).status_code == 403
    for act in ("start", "stop", "cancel"):
        assert client.post(f"{address}{act}/").status_code == 403


def test_a_teacher_starts_the_own_lesson_and_no_other(lesson, alice, bob, school):
    other = create_lesson(create_person(school, "dodo", Role.TEACHER), alice)
    client = rest_client(bob)
    started = client.post(f"/api/v1/lessons/{lesson.pk}/start/")
    assert started.status_code == 200
    assert started.json()["teacher_url"] == "https://room.example/7/0"
    assert client.post(f"/api/v1/lessons/{other.pk}/start/").status_code == 403
    assert client.get(f"/api/v1/lessons/{other.pk}/").status_code == 403
    assert client.post(f"/api/v1/lessons/{lesson.pk}/cancel/").status_code == 403


def test_lessons_are_found_by_status_time_and_teacher(alice, lesson, bob):
    client = rest_client(alice)
    later = (lesson.starts_at + timedelta(hours=1)).isoformat().replace("+", "%2B")
    for query, count in (
        ("status=will", 1),
        ("status=end", 0),
        (f"starts_at__gte={later}", 0),
        (f"starts_at__lt={later}", 1),
        ("teacher__user_id=bob", 1),
        ("teacher__user_id=alice", 0),
    ):
        assert len(all_rows(client, f"lessons/?{query}")) == count, query


def test_times_are_told_and_read_in_the_zone_of_the_school(alice, lesson, school):
    school.zone = "America/New_York"
    school.save(update_fields=["zone"])
    told = rest_client(alice).get(f"/api/v1/lessons/{lesson.pk}/").json()["starts_at"]
    assert told.endswith(("-05:00", "-04:00"))


def test_the_resources_that_are_read_have_the_pinned_fields(alice, world, lesson):
    client = rest_client(alice)
    told = {name: client.get(f"/api/v1/{name}/{row.pk}/").json() for name, row in world.items()}
    local = world["courses"].starts_local.isoformat()
    assert told["courses"] == {
        **{"id": world["courses"].pk, "title": "Croquet", "teacher": "bob", "class_type": "1vN"},
        **{"assistants": [], "members": [], "groups": [], "skip": [], "lessons": [lesson.pk]},
        **{"dtstart": local, "rrule": "FREQ=WEEKLY", "duration_minutes": 45},
    }
    assert told["recordings"] == {
        **{"id": world["recordings"].pk, "video_id": "v1", "video_type": 0, "user_id": "bob"},
        **{"seconds": 90, "bytes": 7, "lesson": lesson.pk},
    }
    assert told["documents"] == {
        **{"id": world["documents"].pk, "name": "Rules", "ext": "pdf", "bytes": 9, "md5": "", "owner": "bob"},
        **{"permission": "private", "doc_id": "", "sync": {"state": "local", "reason": ""}},
        "transcode": {
            **{"wanted": False, "status": "", "progress": None, "code": 0, "message": "", "url": ""},
        },
    }
    callback = told["callbacks"]
    assert (callback["event"], callback["class_id"], callback["state"]) == ("class_over", "7", "waiting")
    assert callback["deliveries"] == 1
    assert set(callback) == {
        *("id", "event", "class_id", "state", "received_at", "deliveries"),
        *("reason", "attempts", "handled_at"),
    }
    assert (told["operations"]["kind"], told["operations"]["state"]) == ("class.create", "ready")


def test_the_resources_that_are_read_are_written_by_nobody(alice, world):
    client = rest_client(alice)
    for name, row in world.items():
        assert len(all_rows(client, f"{name}/")) == 1
        if name in ("courses", "documents"):
            continue  # those are written by REST too
        assert client.post(f"/api/v1/{name}/", {}).status_code in (403, 405), name
        for method in (client.put, client.patch, client.delete):
            assert method(f"/api/v1/{name}/{row.pk}/", {}).status_code in (403, 405), name


def test_the_resources_that_are_read_stay_within_school_and_role(charlie, bob, dina, olga, world):
    sees = {
        charlie: (),
        bob: ("courses", "recordings", "documents"),
        dina: ("recordings",),
        olga: (),
    }
    for user, names in sees.items():
        client = rest_client(user)
        for name, row in world.items():
            listed = client.get(f"/api/v1/{name}/")
            seen = listed.json()["results"] if listed.status_code == 200 else []
            assert [one["id"] for one in seen] == ([row.pk] if name in names else []), (user, name)
            status = client.get(f"/api/v1/{name}/{row.pk}/").status_code
            assert status == 200 if name in names else status in (403, 404), (user, name)
    assert {
        rest_client(charlie).get(f"/api/v1/{name}/{row.pk}/").status_code for name, row in world.items()
    } == {404}


def test_a_course_is_seen_by_the_students_of_its_groups(alice, dina, world, school):
    group = StudentGroup.objects.create(enterprise=school, name="Class 1")
    group.students.set([dina])
    world["courses"].groups.set([group])
    [course] = all_rows(rest_client(dina), "courses/")
    assert course["groups"] == [group.pk]


def test_a_long_list_costs_no_more_queries_than_a_short_one(
    alice, bob, school, django_assert_max_num_queries
):
    client = rest_client(alice)
    grow(school, alice, bob, 3)
    short = {}
    for path in ("lessons", "courses", "recordings", "operations", "callbacks", "documents"):
        client.get(f"/api/v1/{path}/")
        with django_assert_max_num_queries(20) as asked:
            client.get(f"/api/v1/{path}/")
        short[path] = len(asked)
    grow(school, alice, bob, 30)
    for path, number in short.items():
        with django_assert_max_num_queries(number, info=path):
            assert len(client.get(f"/api/v1/{path}/").json()["results"]) >= 30, path


def grow(school, alice, bob, count):
    for number in range(count):
        card = create_person(school, f"card-{count}-{number}", Role.STUDENT)
        course = Course.objects.create(
            enterprise=school, title="C", teacher=bob, starts_local=datetime(2027, 3, 2), duration_minutes=45
        )
        course.members.set([card])
        lesson = create_lesson(bob, alice, students=[card], course=course)
        key = {"enterprise": school, "class_id": f"{count}-{number}"}
        Recording.objects.create(lesson=lesson, video_id="v", video_type=0, **key)
        Callback.objects.create(fingerprint=key["class_id"], event="class_over", **key)
        Document.objects.create(enterprise=school, owner=bob, name="Rules", ext="pdf")


@pytest.mark.django_db(transaction=True)
def test_a_lesson_from_rest_is_made_started_and_ended_at_the_service(iclass, connected, alice, bob):
    client = rest_client(alice)
    start = timezone.now() - timedelta(minutes=1)
    wanted = plan(
        topic="Begun by REST",
        starts_at=start.isoformat(),
        ends_at=(start + timedelta(minutes=45)).isoformat(),
    )
    address = f"/api/v1/lessons/{client.post('/api/v1/lessons/', wanted).json()['id']}/"
    relay.drain()
    made = client.get(address).json()
    assert made["sync"] == {"state": "in_sync", "reason": ""}
    assert made["teacher_url"].endswith(f"/{made['class_id']}/0")
    for act, status in (("start", "ing"), ("stop", "end")):
        assert client.post(f"{address}{act}/").status_code == 200
        relay.drain()
        assert client.get(address).json()["status"] == status
        reached = [one["class_id"] for one in requests_to(iclass, f"class/{act}")]
        assert reached.count(made["class_id"]) == 1
    ended = client.get(address).json()
    assert ended["real_started_at"]
    assert ended["real_ended_at"]

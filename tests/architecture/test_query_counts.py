"""What a page of a long list asks of the database: as much for many rows as for few, and little."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from bench import planting
from classes.models import Alarm, Course, Lesson, Recording
from console.audit.trail import record
from console.inbox.models import Callback
from console.notifications.models import Notification
from console.outbox.models import Operation
from documents.models import Document
from tests.console.mirror.remote_states import mark_different
from tests.security.sample_school import build_sample_school
from tests.support.page_client import client_for

#: Session, person with their school, what waits in the menu and beside the bell, views of the list, the
#: grades to filter by; three are left for its rows.
MOST = 8
MANY = 60
LISTS = (
    "/people/",
    "/groups/",
    "/lessons/",
    "/lessons/?q=History",
    "/courses/",
    "/courseware/",
    "/recordings/",
    "/alarms/",
    "/leave/",
    "/appeals/",
    "/sync/sent/",
    "/sync/received/",
    "/sync/differences/",
    "/audit/",
    "/notices/",
    "/reports/absences/",
    "/reports/absences/?least=1",
)


@pytest.fixture
def crowded(school: Enterprise, other_school: Enterprise, olga: User) -> User:
    """Alice, in a school with more of everything than a page holds."""
    world = build_sample_school(school, other_school, olga)
    alice, bob, dina = (world.people[who] for who in ("admin", "teacher", "student"))
    assert alice is not None
    planting.create_people(school, "t", Role.TEACHER, 2)
    planting.create_people(school, "s", Role.STUDENT, MANY * 2)
    planting.create_past_lessons(school, MANY)
    numbers = range(MANY)
    classes = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise=school, name=f"Year {n}") for n in numbers
    )
    for group in classes[:3]:
        group.students.set(User.objects.filter(enterprise=school, role=Role.STUDENT))
    lessons = list(Lesson.objects.filter(enterprise=school, status="end"))
    Recording.objects.bulk_create(
        Recording(
            enterprise=school,
            lesson=lesson,
            class_id=lesson.remote_id,
            video_id=f"v{lesson.pk}",
            video_type=0,
            url="https://x.example",
        )
        for lesson in lessons
    )
    Alarm.objects.bulk_create(Alarm(enterprise=school, lesson=one, kind="ghost") for one in lessons)
    Document.objects.bulk_create(
        Document(enterprise=school, owner=bob, name=f"Hats {n}", ext="pdf") for n in numbers
    )
    Course.objects.bulk_create(
        Course(
            enterprise=school,
            title=f"Croquet {n}",
            teacher=bob,
            starts_local=timezone.now().replace(tzinfo=None) + timedelta(days=n),
            duration_minutes=45,
        )
        for n in numbers
    )
    Operation.objects.bulk_create(
        Operation(
            enterprise=school,
            kind="user.pull",
            subject_type="accounts.user",
            subject_id=dina.pk,
            subject_label="Dina",
            lane=f"lane {n}",
            created_by=alice,
        )
        for n in numbers
    )
    Callback.objects.bulk_create(
        Callback(enterprise=school, fingerprint=f"many {n}", event="class_event", body={}) for n in numbers
    )
    Notification.objects.bulk_create(
        Notification(enterprise=school, person=alice, kind="job.done", key=f"many {n}", shown=True)
        for n in numbers
    )
    for person in User.objects.filter(enterprise=school, user_id__startswith="s")[:MANY]:
        mark_different(person, nickname="Other")
    for n in numbers:
        record("person.change", dina, by=alice, after={"nickname": f"Dina {n}"})
    return alice


@pytest.fixture
def asks(crowded: User) -> Callable[[str], int]:
    """How many statements Alice's page takes, the second time she opens it."""
    client = client_for(crowded)

    def count(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    return count


def test_a_long_list_asks_little_on_its_first_page_and_on_the_next(
    crowded: User, asks: Callable[[str], int]
) -> None:
    needed = {path: asks(path) for path in LISTS}
    client = client_for(crowded)
    for path in LISTS:
        page = client.get(path).context.get("keyset")
        if page is not None and page.next:
            further = f"{path}{'&' if '?' in path else '?'}after={page.next}"
            needed[further] = asks(further)
    assert len(needed) > len(LISTS) + 5
    assert {path: number for path, number in needed.items() if number > MOST} == {}


def test_so_does_looking_for_somebody(asks: Callable[[str], int]) -> None:
    words = ["王小明1", "丽华", "s1", "4321", "year 1", "王 明", "nobody-of-this-name"]
    needed = {word: asks(f"/people/?q={word}") for word in words}
    assert {word: number for word, number in needed.items() if number > MOST} == {}


def test_and_so_does_the_last_page(crowded: User, asks: Callable[[str], int]) -> None:
    client, after = client_for(crowded), ""
    while following := client.get("/people/", {"after": after}).context["keyset"].next:
        after = following
    assert after
    assert asks(f"/people/?after={after}") <= MOST

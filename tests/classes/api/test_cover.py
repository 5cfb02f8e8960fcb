"""Absences of teachers and cover in REST: who is away, which lessons need cover, who gets them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.models import Cover, Lesson, TeacherAbsence
from tests.classes.factories import create_planned_lesson
from tests.support.cast import create_person
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db
ABSENCES, COVERS = "/api/v1/absences/", "/api/v1/covers/"
HOUR = timedelta(hours=1)


@pytest.fixture
def lesson(bob: User) -> Lesson:
    """A lesson of Bob's in five hours."""
    return create_planned_lesson(bob, 5 * HOUR)


def enter(user: User, **fields: Any) -> Any:
    now = timezone.now()
    times = {"begins_at": (now + HOUR).isoformat(), "ends_at": (now + 10 * HOUR).isoformat()}
    return rest_client(user).post(ABSENCES, {"teacher": "bob", **times, **fields}, format="json")


@pytest.fixture
def absence(alice: User, bob: User, lesson: Lesson) -> TeacherAbsence:
    return TeacherAbsence.objects.get(pk=enter(alice).json()["id"])


def assign(user: User, absence: TeacherAbsence, *rows: dict[str, Any]) -> Any:
    return rest_client(user).post(f"{ABSENCES}{absence.pk}/lessons/", {"lessons": rows}, format="json")


def test_an_absence_is_entered_and_its_lessons_are_listed_with_a_proposal(
    alice: User, bob: User, tom: User, lesson: Lesson
) -> None:
    made = enter(alice, reason="training", note="A fair")
    row = made.json()
    assert made.status_code == 201
    assert list(row) == [
        *("id", "teacher", "begins_at", "ends_at", "reason", "note", "by", "created_at", "withdrawn_at")
    ]
    assert (row["teacher"], row["reason"], row["by"]) == ("bob", "training", "alice")
    (planned,) = all_rows(rest_client(alice), f"absences/{row['id']}/lessons/")
    assert (planned["lesson"], planned["needs_cover"], planned["cover"]) == (lesson.pk, True, None)
    assert planned["proposal"] == "tom"
    assert [one["user_id"] for one in planned["free"]][0] == "tom"


def test_a_lesson_is_given_to_somebody_once_and_comes_back(
    alice: User, bob: User, tom: User, lesson: Lesson, absence: TeacherAbsence
) -> None:
    wanted = {"lesson": lesson.pk, "teacher": "tom", "instead_of": "bob"}
    made = assign(alice, absence, wanted)
    assert made.status_code == 201
    (cover,) = made.json()
    assert (cover["absent"], cover["covering"], cover["topic"]) == ("bob", "tom", lesson.topic)
    again = assign(alice, absence, {**wanted, "teacher": "alice"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert [one["id"] for one in all_rows(rest_client(tom), "covers/")] == [cover["id"]]
    assert all_rows(rest_client(bob), "covers/") == []
    (planned,) = all_rows(rest_client(alice), f"absences/{absence.pk}/lessons/")
    assert (planned["needs_cover"], planned["cover"]) == (False, cover["id"])
    assert rest_client(alice).delete(f"{COVERS}{cover['id']}/").status_code == 204
    lesson.refresh_from_db()
    assert lesson.teacher_id == bob.pk
    assert rest_client(alice).get(f"{COVERS}{cover['id']}/").status_code == 404


def test_an_absence_that_is_deleted_is_revoked(
    alice: User, bob: User, tom: User, lesson: Lesson, absence: TeacherAbsence
) -> None:
    assign(alice, absence, {"lesson": lesson.pk, "teacher": "tom"})
    client, address = rest_client(alice), f"{ABSENCES}{absence.pk}/"
    tag = client.get(address)["ETag"]
    assert client.delete(address, headers={"If-Match": '"other"'}).status_code == 412
    assert client.delete(address, headers={"If-Match": tag}).status_code == 204
    lesson.refresh_from_db()
    assert lesson.teacher_id == bob.pk
    assert client.get(address).json()["withdrawn_at"]
    assert all_rows(client, "absences/?withdrawn_at__isnull=true") == []
    assert assign(alice, absence, {"lesson": lesson.pk, "teacher": "tom"}).status_code == 409


def test_what_cannot_be_covered_is_a_sentence(
    alice: User, bob: User, tom: User, lesson: Lesson, absence: TeacherAbsence, school: Enterprise
) -> None:
    dina = create_person(school, "dina", Role.STUDENT)
    for wrong in (
        [],
        [{"lesson": lesson.pk, "teacher": "nobody"}],
        [{"lesson": lesson.pk, "teacher": dina.user_id}],
        [{"lesson": lesson.pk, "teacher": "bob"}],
        [{"lesson": lesson.pk + 1, "teacher": "tom"}],
        [{"lesson": lesson.pk, "teacher": "tom"}, {"lesson": lesson.pk, "teacher": "alice"}],
    ):
        assert assign(alice, absence, *wrong).status_code == 400, wrong
    assert not Cover.objects.exists()
    past = (timezone.now() - HOUR).isoformat()
    assert list(enter(alice, begins_at=past, ends_at=past).json()["errors"]) == ["ends_at"]
    assert list(enter(alice).json()["errors"]) == ["teacher"]  # it overlaps with the one that was entered


def test_nobody_but_administrators_of_the_school_reaches_absences(
    bob: User, tom: User, charlie: User, lesson: Lesson, absence: TeacherAbsence
) -> None:
    wanted = {"lesson": lesson.pk, "teacher": "tom"}
    assert rest_client(bob).get(ABSENCES).status_code == 403
    assert enter(bob).status_code == 403
    assert assign(bob, absence, wanted).status_code == 403
    assert all_rows(rest_client(charlie), "absences/") == []
    for method in ("get", "delete"):
        assert getattr(rest_client(charlie), method)(f"{ABSENCES}{absence.pk}/").status_code == 404
    assert assign(charlie, absence, wanted).status_code == 404
    assert list(enter(charlie).json()["errors"]) == ["teacher"]

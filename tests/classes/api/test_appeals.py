"""Appeals and matches of guests in REST: read by those concerned, decided by those who may correct marks."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Enterprise, Role, User
from classes.attendance.register import recompute_register
from classes.models import Appeal, Attendance, GuestCredit, Lesson
from console.policy.tokens import issue_token
from tests.classes.factories import add_members, create_finished_lesson, record_full_presence
from tests.support.cast import create_person
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob: User, dina: User) -> Lesson:
    """Bob's, over; Dina never came."""
    lesson = create_finished_lesson(bob)
    add_members(lesson, dina)
    record_full_presence(lesson, [bob])
    recompute_register(lesson)
    return lesson


@pytest.fixture
def appeal(lesson: Lesson, dina: User) -> Appeal:
    return Appeal.objects.create(lesson=lesson, person=dina, mark="absent", text="I sat at the back")


def test_an_appeal_is_read_by_those_concerned_and_answered_once(
    appeal: Appeal, school: Enterprise, alice: User, bob: User, dina: User, charlie: User
) -> None:
    ted = create_person(school, "ted", Role.TEACHER)
    seen = {
        one.user_id: len(all_rows(rest_client(one), "appeals/")) for one in (alice, bob, dina, ted, charlie)
    }
    assert seen == {"alice": 1, "bob": 1, "dina": 1, "ted": 0, "charlie": 0}
    path, body = f"/api/v1/appeals/{appeal.pk}/answer/", {"granted": True, "text": "True", "mark": "present"}
    refused = {one.user_id: rest_client(one).post(path, body).status_code for one in (dina, ted, charlie)}
    assert refused == {"dina": 403, "ted": 403, "charlie": 404}
    assert rest_client(bob).post(path, {"granted": True, "text": "True"}).status_code == 400
    answer = rest_client(bob).post(path, body)
    assert (answer.status_code, answer.json()["state"], answer.json()["answered_by"]) == (
        200,
        "granted",
        "bob",
    )
    assert Attendance.objects.get(user_id="dina").mark == "present"
    assert rest_client(bob).post(path, body).status_code == 409
    assert rest_client(dina).get(f"/api/v1/appeals/{appeal.pk}/").json()["answer"] == "True"
    assert all_rows(rest_client(alice), "appeals/?state=open") == []


def test_the_scopes_of_a_token_separate_reading_from_answering(appeal: Appeal, bob: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(bob, scopes=['appeals:read'])}")
    assert client.get("/api/v1/appeals/").status_code == 200
    body = {"granted": False, "text": "No"}
    assert client.post(f"/api/v1/appeals/{appeal.pk}/answer/", body).status_code == 403
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(bob, scopes=['attendance:write'])}")
    assert client.get("/api/v1/appeals/").status_code == 403
    assert client.post(f"/api/v1/appeals/{appeal.pk}/answer/", body).status_code == 200


def test_a_match_of_a_guest_is_listed_and_undone(
    lesson: Lesson, alice: User, bob: User, dina: User, charlie: User
) -> None:
    credit = GuestCredit.objects.create(lesson=lesson, guest_id="guest", person=dina, reason="Same", by=bob)
    assert [row["guest_id"] for row in all_rows(rest_client(bob), f"credits/?lesson={lesson.pk}")] == [
        "guest"
    ]
    assert all_rows(rest_client(charlie), "credits/") == []
    path = f"/api/v1/credits/{credit.pk}/undo/"
    assert [rest_client(one).post(path).status_code for one in (dina, charlie)] == [403, 404]
    assert rest_client(alice).post(path).json()["undone_at"]


def test_a_guest_is_matched_with_a_member_once(
    lesson: Lesson, alice: User, bob: User, dina: User, charlie: User
) -> None:
    guest = Attendance.objects.create(lesson=lesson, user_id="guest", role="student", expected=False)
    body = {"attendance": guest.pk, "user_id": "dina", "reason": "Borrowed a phone"}
    assert [rest_client(one).post("/api/v1/credits/", body).status_code for one in (dina, charlie)] == [
        403,
        404,
    ]
    stranger = rest_client(bob).post("/api/v1/credits/", {**body, "user_id": "charlie"})
    assert (stranger.status_code, list(stranger.json()["errors"])) == (400, ["user_id"])
    made = rest_client(bob).post("/api/v1/credits/", body)
    assert (made.status_code, made.json()["guest_id"], made.json()["by"]) == (201, "guest", "bob")
    # The stays are those of the member now, and the guest has no row any more.
    assert rest_client(alice).post("/api/v1/credits/", body).status_code == 404
    assert GuestCredit.objects.count() == 1


def test_the_reason_of_a_match_is_not_for_the_student(lesson: Lesson, bob: User, dina: User) -> None:
    GuestCredit.objects.create(lesson=lesson, guest_id="guest", person=dina, reason="Same voice", by=bob)
    shown = [all_rows(rest_client(one), "credits/")[0]["reason"] for one in (bob, dina)]
    assert shown == ["Same voice", None]


def test_a_student_appeals_against_their_own_final_mark_once(
    lesson: Lesson, dina: User, bob: User, charlie: User
) -> None:
    mark = Attendance.objects.get(lesson=lesson, user_id="dina")
    body = {"attendance": mark.pk, "text": "I sat at the back"}
    assert [rest_client(one).post("/api/v1/appeals/", body).status_code for one in (bob, charlie)] == [
        403
    ] * 2
    other = {**body, "attendance": Attendance.objects.get(lesson=lesson, user_id="bob").pk}
    assert rest_client(dina).post("/api/v1/appeals/", other).status_code == 404
    made = rest_client(dina).post("/api/v1/appeals/", body)
    assert (made.status_code, made.json()["state"], made.json()["mark"]) == (201, "open", "absent")
    assert rest_client(dina).post("/api/v1/appeals/", body).status_code == 400

"""Values from outside that once ended in a fault of ours: each gets a sentence, or nothing is found."""

import base64
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Enterprise, User
from console.inbox.models import Callback
from tests.classes.factories import create_planned_lesson
from tests.support.page_client import client_for, page_says
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

NUL_PATHS = ("/pictures/%00.png", "/logos/%00.png", "/calendar/%00.ics", "/notices/mails/%00/")
FAR_DAYS = ("9999-12-31", "0001-01-02", "2201-01-01", "1989-12-31")
REPORTS = ("/reports/school/", "/reports/absences/", "/reports/matrix/")
DATED_PAGES = ("/lessons/", *REPORTS, "/recordings/", "/audit/")
LONG_ID = "9" * 5000


def rest(user: User) -> APIClient:
    client = rest_client(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def after(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize("path", NUL_PATHS)
def test_a_null_character_in_an_address_is_no_page(path: str, alice: User) -> None:
    for client in (client_for(), client_for(alice)):
        answer = client.get(path)
        assert answer.status_code == 404
        assert page_says(answer, "Page not found")


def test_a_null_character_in_a_callback_address_is_unknown_and_keeps_the_connection(client: Client) -> None:
    answer = client.post("/callbacks/iclass/%00/", b"{}", content_type="application/json")
    assert answer.status_code == 404
    assert answer.json()["detail"]
    assert client.get("/sign-in/").status_code == 200  # the connection of the database is still there


def test_a_null_character_in_a_rest_address_names_nobody(alice: User) -> None:
    answer = rest(alice).get("/api/v1/users/%00/")
    assert answer.status_code == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["/lessons/", "/people/", "/reports/school/", "/timetable/", "/recordings/"])
@pytest.mark.parametrize("name", ["after", "teacher", "term", "q", "page", "like"])
def test_a_null_character_in_a_query_is_refused_in_a_sentence(path: str, name: str, alice: User) -> None:
    answer = client_for(alice).get(f"{path}?{name}=%00")
    assert answer.status_code == 400
    assert page_says(answer, "Bad request")


def test_a_null_character_in_a_query_of_rest_is_refused_in_a_sentence(alice: User) -> None:
    answer = rest(alice).get("/api/v1/lessons/?teacher__user_id=%00")
    assert answer.status_code == 400
    assert "null character" in answer.json()["detail"]


def test_a_null_character_inside_an_encoded_place_of_a_list_is_no_page(alice: User, bob: User) -> None:
    create_planned_lesson(bob)
    for values in (["2026-01-01T00:00:00+00:00\x00", 1], ["\x00", "\x00"], [1e999, 1], [[], {}]):
        assert client_for(alice).get("/lessons/", {"after": after(*values)}).status_code == 404
    deep = base64.urlsafe_b64encode(b"[" * 2000).decode()
    assert client_for(alice).get("/lessons/", {"after": deep}).status_code == 404


def test_a_null_character_in_a_form_or_a_cookie_is_refused_or_dropped(alice: User) -> None:
    answer = client_for(alice).post("/groups/new/", {"name": "Hatters", "teacher": "a\x00"})
    assert answer.status_code == 400
    assert page_says(answer, "Bad request")
    stranger = Client(headers={"cookie": 'sessionid="\\000abc"'})
    assert stranger.get("/sign-in/").status_code == 200


@pytest.mark.parametrize("path", DATED_PAGES)
@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("day", FAR_DAYS)
def test_a_day_far_from_today_is_refused_at_the_filter(path: str, name: str, day: str, alice: User) -> None:
    answer = client_for(alice).get(path, {name: day})
    assert answer.status_code == 200
    assert page_says(answer, "Choose a day between 1990 and 2200.")


@pytest.mark.parametrize("day", FAR_DAYS)
def test_a_day_far_from_today_is_refused_by_rest_in_a_sentence(day: str, alice: User, bob: User) -> None:
    client = rest(alice)
    create_planned_lesson(bob)
    for path in ("lessons/?starts_at__gte=", "lessons/?starts_at__lt=", "audit/?since=", "audit/?until="):
        answer = client.get(f"/api/v1/{path}{day}T00:00:00Z")
        assert answer.status_code == 400, path
        assert "1990" in str(answer.json())


@pytest.mark.parametrize("day", FAR_DAYS)
def test_the_timetable_of_days_far_from_today_is_refused(day: str, alice: User) -> None:
    answer = client_for(alice).get("/timetable/lessons/", {"start": day, "end": day})
    assert answer.status_code == 400
    for query in ({"day": day}, {"view": "month", "day": day}):
        assert client_for(alice).get("/timetable/", query).status_code == 200


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_course_that_begins_in_the_year_1_or_9999_is_refused(year: str, alice: User, bob: User) -> None:
    fields = {"title": "Croquet", "teacher": "bob", "duration_minutes": 45}
    fields |= {"rrule": "FREQ=WEEKLY;COUNT=3"}
    for moment in (f"{year}-01-01T00:00:00", f"{year}-12-31T23:59:59", f"{year}-12-31T23:59:59-12:00"):
        answer = rest(alice).post("/api/v1/courses/?dry_run=1", {**fields, "dtstart": moment})
        assert answer.status_code == 400, moment
        assert "dtstart" in answer.json()


def test_a_language_with_a_long_code_is_not_kept(bob: User) -> None:
    for code in ("x" * 5000, "en-" + "x" * 500, "zh-hans-x-" + "a" * 40, "en\x00"):
        answer = client_for(bob).post("/i18n/setlang/", {"language": code, "next": "/"})
        assert answer.status_code in (302, 400)
    bob.refresh_from_db()
    assert bob.language in ("", "zh-hans", "en")


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity", "1" * 400, "9" * 5000])
def test_a_number_that_no_id_can_be_is_refused_in_json(number: str, alice: User, bob: User) -> None:
    body = f'{{"title": "x", "teacher": "bob", "duration_minutes": 45, "groups": [{number}]}}'
    answer = rest(alice).post("/api/v1/courses/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()


def test_json_that_is_nested_too_deep_is_refused_in_a_sentence(alice: User) -> None:
    for depth in (40, 850, 100_000):
        body = '{"name": ' + "[" * depth + "]" * depth + "}"
        answer = rest(alice).post("/api/v1/groups/", body, content_type="application/json")
        assert answer.status_code == 400, depth
        assert "nested" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/lessons/{}/", "/people/{}/edit/", "/courseware/{}/", "/audit/{}/"])
@pytest.mark.parametrize("number", [LONG_ID, str(2**63), "0" * 300 + "1"])
def test_an_id_of_thousands_of_digits_is_no_page(path: str, number: str, alice: User) -> None:
    assert client_for(alice).get(path.format(number)).status_code == 404


@pytest.mark.parametrize("path", ["lessons", "courses", "groups", "recordings", "attendance", "documents"])
def test_an_id_of_thousands_of_digits_is_nothing_in_rest(path: str, alice: User) -> None:
    for number in (LONG_ID, str(2**63), "1e5", "%00"):
        assert rest(alice).get(f"/api/v1/{path}/{number}/").status_code == 404


@pytest.mark.parametrize("path", ["/calendar/new/"])
def test_an_id_of_thousands_of_digits_in_a_form_is_not_found(path: str, alice: User) -> None:
    assert client_for(alice).post(path, {"group": LONG_ID}).status_code == 404


def test_ids_of_thousands_of_digits_choose_nothing(alice: User, bob: User) -> None:
    client = client_for(alice)
    posts = (
        ("/sync/received/replay/", {"chosen": LONG_ID}),
        ("/sync/sent/many/park/", {"chosen": LONG_ID, "sure": "1"}),
        ("/lessons/many/", {"chosen": LONG_ID}),
    )
    for path, form in posts:
        assert client.post(path, form).status_code in (200, 302), path
    for path in ("/lessons/new/?like=", "/courses/new/?like=", "/year/?term=", "/people/?group="):
        assert client.get(path + LONG_ID).status_code in (200, 404), path
    assert rest(alice).post("/api/v1/operations/park/", {"ids": [LONG_ID]}).status_code in (200, 400)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_callback_of_deep_json_is_shown(opening: str, alice: User, school: Enterprise) -> None:
    closing = "]" if opening == "[" else "}"
    row = Callback.objects.create(enterprise=school, fingerprint="1", event="", body={})
    with connection.cursor() as cursor:  # as it was stored before bodies were bounded
        stored = opening * 850 + "1" + closing * 850
        cursor.execute("UPDATE inbox_callback SET body = %s::jsonb WHERE id = %s", [stored, row.pk])
    answer = client_for(alice).get(f"/sync/received/{row.pk}/")
    assert answer.status_code == 200
    assert "…" in answer.content.decode()

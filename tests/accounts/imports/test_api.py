"""The import as a program uses it: one file, one answer."""

import pytest

from accounts.models import PeopleImport, User
from console.jobs.models import Job
from tests.accounts.imports.conftest import HEAD, csv_file
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/users/import"
ROWS = [
    HEAD,
    ["li", "李雷", "学生", "13800000000", "li@example.com", "一班"],
    ["dina", "Dina", "", "", "", ""],
    ["x x", "X", "", "", "", ""],
]
BAD = {"row": 4, "column": "user_id", "value": "x x"}


def send(user, query="", rows=ROWS, **more):
    return rest_client(user).post(f"{ADDRESS}{query}", {"file": csv_file(rows), **more}, format="multipart")


def test_a_dry_run_answers_and_changes_nothing(alice, dina):
    answer = send(alice, "?dry_run=1").json()
    assert (answer["added"], answer["changed"], answer["unchanged"], answer["job"]) == (1, 0, 1, None)
    (refused,) = answer["refused"]
    assert {name: refused[name] for name in BAD} == BAD
    assert refused["reason"]
    assert not User.objects.filter(user_id="li").exists()
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize("slash", ["", "/"])
def test_without_it_the_same_is_applied_and_the_job_named(alice, dina, slash):
    answer = send(alice, slash).json()
    assert (answer["added"], answer["unchanged"], len(answer["refused"])) == (1, 1, 1)
    assert Job.objects.get(pk=answer["job"]).kind == "people.push"
    assert User.objects.get(user_id="li").phone_no == "13800000000"
    again = send(alice, slash).json()
    assert (again["added"], again["unchanged"], again["job"]) == (0, 2, None)


def test_options_are_taken_from_the_form(alice):
    answer = send(alice, rows=ROWS[:2], create_groups="false").json()
    assert [one["column"] for one in answer["refused"]] == ["groups"]


@pytest.mark.parametrize(
    "rows", [[["名字"], ["x"]], [["账号"]], [["", ""], ["", ""]]], ids=["no id", "no people", "empty"]
)
def test_a_file_that_says_nobody_is_told_at_the_file(alice, rows):
    answer = send(alice, rows=rows)
    assert answer.status_code == 400
    assert answer.json()["file"]


def test_a_missing_file_and_one_too_large_are_told(alice, settings):
    assert rest_client(alice).post(ADDRESS, {}, format="multipart").status_code == 400
    settings.IMPORT_MAX_BYTES = -(1 << 20)
    assert send(alice).status_code == 400


def test_only_those_whom_the_table_names_import_and_only_into_their_school(bob, charlie, alice, school):
    assert send(bob).status_code == 403
    assert send(charlie).json()["added"] == 2
    assert not User.objects.filter(enterprise=school, user_id="li").exists()

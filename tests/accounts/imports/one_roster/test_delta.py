"""Zips with changes only: what they do not name stays."""

import pytest

from accounts.models import StudentGroup, User
from tests.accounts.imports.one_roster.roster_files import school

pytestmark = pytest.mark.django_db

DELTA = {"mode": "delta"}


def test_only_what_changed_changes(applied, checked):
    applied(school())
    changes = {
        "users.csv": [
            {
                "sourcedId": "u-li",
                "status": "active",
                "enabledUser": "true",
                "username": "li.lei",
                "givenName": "磊",
                "familyName": "李",
            }
        ]
    }
    source = applied(changes, **DELTA)
    assert (source.counts["changed"], source.counts.get("left", 0)) == (1, 0)
    li = User.objects.get(user_id="li.lei")
    assert (li.nickname, li.student_groups.count()) == ("李磊", 2)
    assert checked(changes, **DELTA).counts["unchanged"] == 1


def test_enrollments_begin_and_end_for_people_whom_the_file_does_not_name(applied, checked):
    applied(school())
    changes = {
        "enrollments.csv": [
            {
                "sourcedId": "e-2",
                "status": "tobedeleted",
                "classSourcedId": "k-math",
                "userSourcedId": "u-li",
                "role": "student",
            },
            {
                "sourcedId": "e-9",
                "status": "active",
                "classSourcedId": "k-math",
                "userSourcedId": "u-han",
                "role": "student",
            },
        ]
    }
    source = applied(changes, **DELTA)
    assert source.counts["changed"] == 2
    maths = StudentGroup.objects.get(name="Maths 7")
    assert [one.nickname for one in maths.students.all()] == ["Meimei Han"]
    assert checked(changes, **DELTA).counts["changed"] == 0


def test_tobedeleted_deactivates_and_archives(applied):
    applied(school())
    changes = {
        "users.csv": [
            {
                "sourcedId": "u-han",
                "status": "tobedeleted",
                "enabledUser": "true",
                "username": "x",
                "givenName": "x",
                "familyName": "x",
            }
        ],
        "classes.csv": [
            {"sourcedId": "k-math", "status": "tobedeleted", "title": "Maths 7", "classType": "scheduled"}
        ],
    }
    applied(changes, **DELTA)
    assert not User.objects.get(nickname="Meimei Han").is_active
    assert StudentGroup.objects.get(name="Maths 7").is_archived


def test_a_reference_to_what_was_never_imported_is_refused(checked):
    changes = {
        "enrollments.csv": [
            {"sourcedId": "e-9", "classSourcedId": "k-math", "userSourcedId": "u-han", "role": "student"}
        ]
    }
    source = checked(changes, **DELTA)
    assert source.roster_rows.get().reason == "roster_reference"
    assert not source.lines.exists()

"""Undo of a OneRoster import."""

import pytest

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.models import SourcedId, StudentGroup, User
from classes.models import Term
from console.audit.models import AuditEntry
from console.imports import services
from tests.accounts.imports.one_roster.roster_files import record, school
from tests.support.ways_in import WAYS_IN, open_all_ways_in, ways_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def undo(alice):
    def take_back(source):
        services.undo_import(ROSTER_IMPORT, source=source, by=alice)
        source.refresh_from_db()
        return source

    return take_back


def test_what_a_first_import_added_is_gone(applied, undo, alice):
    source = undo(applied(school()))
    assert source.state == "undone"
    assert list(User.objects.filter(enterprise=alice.enterprise)) == [alice]
    assert not StudentGroup.objects.exists()
    assert not Term.objects.exists()
    assert not SourcedId.objects.exists()
    assert AuditEntry.objects.filter(action="roster.import_undone").count() == 1


def test_an_empty_class_goes_too(applied, undo):
    records = school()
    records["enrollments.csv"] = records["enrollments.csv"][2:]
    assert StudentGroup.objects.filter(pk__in=applied(records).made_groups, name="Maths 7").exists()
    records["classes.csv"][1]["title"] = "Maths 9"
    undo(applied(records))
    assert StudentGroup.objects.filter(name="Maths 7").exists()


def test_people_groups_and_terms_are_as_before(applied, undo, checked):
    applied(school())
    records = school()
    record(records, "users.csv", "u-li")["givenName"] = "磊"
    record(records, "classes.csv", "k-home")["title"] = "Class 8A"
    record(records, "academicSessions.csv", "s-1")["endDate"] = "2027-02-01"
    for name, column in (("users.csv", "sourcedId"), ("roles.csv", "userSourcedId")):
        records[name] = [one for one in records[name] if one[column] != "u-han"]
    records["classes.csv"] = records["classes.csv"][:1]
    records["enrollments.csv"] = [records["enrollments.csv"][0], records["enrollments.csv"][3]]
    undo(applied(records))
    li = User.objects.get(user_id="li.lei")
    assert li.nickname == "李雷"
    assert sorted(li.student_groups.values_list("name", flat=True)) == ["Class 7A", "Maths 7"]
    assert not StudentGroup.objects.filter(archived_at__isnull=False).exists()
    assert User.objects.get(nickname="Meimei Han").is_active
    assert str(Term.objects.get().ends_on) == "2027-01-20"
    again = checked(school())
    assert (again.counts["unchanged"], again.counts["groups"]) == (3, {"unchanged": 2})


def test_what_was_changed_afterwards_stays(applied, undo):
    source = applied(school())
    Term.objects.update(name="Herbst")
    User.objects.filter(user_id="li.lei").update(nickname="Lei")
    undo(source)
    assert Term.objects.get().name == "Herbst"
    assert User.objects.get(user_id="li.lei").nickname == "Lei"
    assert SourcedId.objects.filter(sourced_id="u-li").exists()


def test_a_wrong_address_of_a_roster_leaves_no_link(applied, undo, alice):
    applied(school())
    records = school()
    record(records, "users.csv", "u-teacher")["email"] = "mallory@example.com"
    tina = User.objects.get(user_id="tina")
    open_all_ways_in(tina, alice)
    wrong = applied(records)
    assert ways_in(tina) == WAYS_IN - {"link"}
    open_all_ways_in(tina, alice)
    undo(wrong)
    assert User.objects.get(user_id="tina").e_mail == "tina@example.com"
    assert ways_in(tina) == WAYS_IN - {"link"}

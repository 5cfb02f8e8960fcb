"""Lines of a roster that are refused: each with its sentence, and the others go on."""

import pytest

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.models import Role, RosterRow, StudentGroup, User
from console.imports import services
from tests.accounts.imports.one_roster.roster_files import record, school
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


def refused(source):
    """Reasons of refused people by user ID, and of other lines by file and number."""
    people = source.lines.filter(outcome="refused").values_list("user_id", "reason")
    lines = source.roster_rows.filter(outcome="refused").values_list("file", "line", "reason")
    return dict(people), {(file, line): reason for file, line, reason in lines}


def test_references_to_nothing_are_refused_at_their_line(checked):
    records = school()
    records["enrollments.csv"][0]["userSourcedId"] = "u-nobody"
    records["enrollments.csv"][1]["classSourcedId"] = "k-none"
    record(records, "classes.csv", "k-math")["courseSourcedId"] = "c-none"
    record(records, "users.csv", "u-han")["agentSourcedIds"] = "u-nobody"
    records["roles.csv"].append(
        {"sourcedId": "r-x", "userSourcedId": "u-nobody", "roleType": "primary", "role": "student"}
    )
    people, lines = refused(checked(records))
    assert people == {}
    assert lines == {
        ("enrollments.csv", 2): "roster_reference",
        ("enrollments.csv", 3): "roster_reference",
        ("classes.csv", 3): "roster_reference",
        ("users.csv", 4): "roster_reference",
        ("roles.csv", 6): "roster_reference",
    }


def test_every_refused_line_has_a_sentence_and_what_is_right_is_imported(applied):
    records = school()
    records["enrollments.csv"][1]["classSourcedId"] = "k-none"
    source = applied(records)
    line = source.roster_rows.get(outcome=RosterRow.Outcome.REFUSED)
    assert line.refusal_message == (
        "classes.csv does not contain this sourcedId. Export all files at the same time."
    )
    assert User.objects.get(user_id="li.lei").student_groups.get().name == "Class 7A"


def test_ids_twice_and_missing_titles_and_days_are_refused(checked):
    records = school()
    records["users.csv"].append(dict(records["users.csv"][0]))
    records["enrollments.csv"][1]["sourcedId"] = "e-1"
    record(records, "classes.csv", "k-math")["title"] = ""
    record(records, "academicSessions.csv", "s-1")["endDate"] = "next year"
    _people, lines = refused(checked(records))
    assert lines == {
        ("users.csv", 6): "roster_twice",
        ("enrollments.csv", 3): "roster_id_again",
        ("classes.csv", 3): "roster_title",
        ("academicSessions.csv", 2): "roster_day",
    }


def test_a_term_that_ends_before_it_begins_is_refused(checked):
    records = school()
    record(records, "academicSessions.csv", "s-1")["endDate"] = "2026-08-01"
    assert refused(checked(records))[1] == {("academicSessions.csv", 2): "roster_day_order"}


def test_people_without_a_known_role_are_refused(checked):
    records = school()
    records["roles.csv"] = [one for one in records["roles.csv"] if one["userSourcedId"] != "u-li"]
    record(records, "roles.csv", "r-u-teacher")["role"] = "wizard"
    people, _lines = refused(checked(records))
    assert people == {"tina": "roster_role", "li.lei": "roster_no_role"}


def test_nobody_becomes_an_administrator_unless_a_superadmin_allows_it(checked, alice, school_superadmin):
    records = school()
    record(records, "roles.csv", "r-u-teacher")["role"] = "principal"
    assert refused(checked(records))[0] == {"tina": "roster_admin"}
    chosen = {"administrators": True}
    source = checked(records, by=school_superadmin, options=chosen)
    assert source.lines.get(user_id="tina").after["role"] == Role.ADMIN


@pytest.fixture
def school_superadmin(alice):
    return create_person(alice.enterprise, "sue", Role.SUPERADMIN)


def test_staff_keep_their_role_and_no_student_becomes_staff(checked, applied, bob, dina):
    records = school()
    record(records, "users.csv", "u-teacher")["username"] = "bob"
    User.objects.filter(pk=bob.pk).update(role=Role.SUPERVISOR)
    record(records, "users.csv", "u-li")["username"] = "dina"
    record(records, "roles.csv", "r-u-li")["role"] = "teacher"
    source = checked(records)
    assert source.lines.get(user_id="bob").after["role"] == Role.SUPERVISOR
    assert refused(source)[0] == {"dina": "roster_other_role"}


def test_a_superadmin_is_neither_taken_over_nor_deactivated(checked, applied, school_superadmin, alice):
    records = school()
    record(records, "users.csv", "u-teacher")["username"] = "sue"
    assert refused(checked(records))[0] == {"sue": "superadmin"}
    applied(records, by=school_superadmin)
    without = school()
    without["users.csv"], without["roles.csv"] = without["users.csv"][1:], without["roles.csv"][1:]
    without["enrollments.csv"] = without["enrollments.csv"][:3]
    assert refused(checked(without))[0] == {"sue": "superadmin"}


def test_guardians_whom_nobody_can_reach_and_a_third_one_are_refused(checked):
    records = school()
    record(records, "users.csv", "u-mother")["phone"] = ""
    for name in ("a", "b", "c"):
        records["users.csv"].append(
            {
                "sourcedId": f"u-{name}",
                "enabledUser": "true",
                "givenName": name,
                "familyName": "Li",
                "email": f"{name}@example.com",
                "agentSourcedIds": "u-han",
            }
        )
        records["roles.csv"].append(
            {
                "sourcedId": f"r-{name}",
                "userSourcedId": f"u-{name}",
                "roleType": "primary",
                "role": "guardian",
            }
        )
    source = checked(records)
    assert refused(source)[1] == {
        ("users.csv", 5): "guardian_contact",
        ("users.csv", 4): "roster_guardians",
    }
    assert len(source.lines.get(user_id__startswith="han").after["guardians"]) == 2


def test_two_people_of_one_user_id_are_told_apart(applied, checked):
    records = school()
    record(records, "users.csv", "u-han")["username"] = "li.lei"
    source = applied(records)
    assert refused(source)[0] == {"li.lei": "twice"}
    assert refused(checked(records))[0] == {"li.lei": "roster_taken"}


def test_a_new_sourced_id_of_the_same_user_id_is_taken_over_where_the_old_one_is_gone(applied, checked):
    applied(school())
    records = school()
    for name in ("users.csv", "roles.csv", "enrollments.csv"):
        for one in records[name]:
            for column, value in one.items():
                if value == "u-li":
                    one[column] = "u-li-2"
    record(records, "demographics.csv", "u-li")["sourcedId"] = "u-li-2"
    source = applied(records)
    assert (source.counts["changed"], source.counts.get("left", 0), source.counts["refused"]) == (1, 0, 0)
    assert checked(records).counts["unchanged"] == 3


def test_an_archived_group_takes_no_class(checked, alice):
    group = StudentGroup.objects.create(enterprise=alice.enterprise, name="Maths 7")
    StudentGroup.objects.filter(pk=group.pk).update(archived_at="2026-01-01T00:00Z")
    source = checked(school())
    assert refused(source)[1] == {("classes.csv", 3): "archived"}
    assert source.lines.get(user_id="li.lei").after["groups"] == ["Class 7A"]


def test_an_import_is_checked_again_where_another_was_applied_meanwhile(checked, applied, alice):
    first = checked(school())
    applied(school())
    with pytest.raises(services.ImportOutdated):
        services.apply_import(ROSTER_IMPORT, source=first, by=alice)
    first.refresh_from_db()
    assert first.counts["unchanged"] == 3

"""A complete zip: who and what is added, that a second run changes nothing, and what leaves."""

import pytest

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.imports.services import find_import_conflicts
from accounts.models import Guardian, PeopleImportRow, Role, SourcedId, StudentGroup, User
from accounts.people.group_change_conflicts import GroupChangeRefused
from classes.models import Term
from console.audit.models import AuditEntry
from console.imports.services import apply_import
from console.outbox.models import Operation
from tests.accounts.imports.one_roster.roster_files import record, school
from tests.classes.factories import create_planned_lesson

pytestmark = pytest.mark.django_db

LONG = "han.meimei.with.a.v-"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_people_groups_terms_guardians_and_facts_come_in_one_go(applied, alice, version):
    source = applied(school(version), version=version)
    assert (source.counts["added"], source.counts["refused"], source.counts["lines"]) == (3, 0, 0)
    li = User.objects.get(user_id="li.lei")
    assert (li.nickname, li.role, li.gender, li.date_of_birth.reveal()) == (
        "李雷",
        Role.STUDENT,
        "male",
        "2013-05-06",
    )
    assert sorted(li.student_groups.values_list("name", flat=True)) == ["Class 7A", "Maths 7"]
    guardian = Guardian.objects.get(person=li)
    assert (guardian.name.reveal(), guardian.relation, guardian.phone_no.reveal()) == (
        "Mei Li",
        "mother",
        "13900000000",
    )
    assert not User.objects.filter(user_id="mother").exists()
    assert StudentGroup.objects.get(name="Class 7A").teacher == User.objects.get(user_id="tina")
    term = Term.objects.get()
    assert (term.name, str(term.starts_on), str(term.ends_on)) == ("Autumn 2026", "2026-09-01", "2027-01-20")
    assert AuditEntry.objects.filter(action="roster.import").count() == 1
    assert Operation.objects.filter(kind="user.register").count() == 3


def test_new_students_who_would_be_planned_twice_are_named_and_need_a_reason(checked, alice, bob):
    for name in ("Class 7A", "Maths 7"):
        group = StudentGroup.objects.create(enterprise=alice.enterprise, name=name)
        create_planned_lesson(bob, topic=name, conflict_allowed=True, conflict_reason="x").groups.add(group)
    source = checked(school())
    conflicts = find_import_conflicts(source)
    assert "李雷" in {one.name for one in conflicts}
    with pytest.raises(GroupChangeRefused) as refused:
        apply_import(ROSTER_IMPORT, source=source, by=alice)
    assert refused.value.objections == conflicts
    apply_import(ROSTER_IMPORT, source=source, by=alice, reason="agreed")
    assert User.objects.get(user_id="li.lei").student_groups.count() == 2


def test_an_id_that_is_too_long_is_shortened_by_a_rule_and_counted(applied):
    source = applied(school())
    han = User.objects.get(nickname="Meimei Han")
    assert han.user_id.startswith(LONG)
    assert len(han.user_id) == 32
    assert source.counts["mapped"] == 1


def test_sourced_ids_are_kept_beside_the_rows(applied, alice):
    applied(school())
    stored = SourcedId.objects.filter(enterprise=alice.enterprise)
    assert set(stored.values_list("kind", "sourced_id")) == {
        *(("user", one) for one in ("u-teacher", "u-li", "u-han")),
        *(("class", one) for one in ("k-home", "k-math")),
        ("session", "s-1"),
    }
    assert stored.get(sourced_id="u-li").target == User.objects.get(user_id="li.lei").pk


def test_a_second_run_of_the_same_file_changes_nothing(applied, checked):
    applied(school())
    operations, entries = Operation.objects.count(), AuditEntry.objects.count()
    again = checked(school())
    assert (again.counts["unchanged"], again.counts["added"], again.counts["changed"]) == (3, 0, 0)
    assert again.counts["groups"] == {"unchanged": 2}
    assert again.counts["terms"] == {"unchanged": 1}
    assert not again.lines.filter(outcome=PeopleImportRow.LEFT).exists()
    assert (Operation.objects.count(), AuditEntry.objects.count()) == (operations, entries)


def test_who_is_missing_is_deactivated_and_a_missing_class_is_archived(applied, alice):
    applied(school())
    smaller = school()
    smaller["users.csv"] = [one for one in smaller["users.csv"] if one["sourcedId"] != "u-han"]
    smaller["roles.csv"] = [one for one in smaller["roles.csv"] if one["userSourcedId"] != "u-han"]
    smaller["classes.csv"] = [one for one in smaller["classes.csv"] if one["sourcedId"] != "k-math"]
    smaller["enrollments.csv"] = smaller["enrollments.csv"][:1] + smaller["enrollments.csv"][3:]
    source = applied(smaller)
    assert source.counts["left"] == 1
    han = User.objects.get(nickname="Meimei Han")
    assert (han.is_active, han.erased_at) == (False, None)
    assert StudentGroup.objects.get(name="Maths 7").is_archived
    assert User.objects.get(user_id="li.lei").student_groups.count() == 2
    assert AuditEntry.objects.filter(action="person.deactivate").count() == 1


def test_who_comes_back_is_active_again(applied):
    applied(school())
    gone = school()
    record(gone, "users.csv", "u-han")["enabledUser"] = "false"
    assert applied(gone).counts["left"] == 1
    assert not User.objects.get(nickname="Meimei Han").is_active
    assert applied(school()).counts["changed"] == 1
    assert User.objects.get(nickname="Meimei Han").is_active


def test_who_was_deactivated_by_hand_stays_so(applied, checked):
    applied(school())
    User.objects.filter(nickname="Meimei Han").update(is_active=False)
    source = checked(school())
    assert (source.counts["changed"], source.counts["unchanged"]) == (0, 3)


def test_a_person_without_sourced_id_is_found_by_user_id_once(applied, checked, dina):
    records = school()
    record(records, "users.csv", "u-li")["username"] = "dina"
    source = applied(records)
    assert source.counts["changed"] == 1
    dina.refresh_from_db()
    assert dina.nickname == "李雷"
    record(records, "users.csv", "u-li")["username"] = "another"
    assert checked(records).counts["unchanged"] == 3


def test_a_new_title_renames_the_group_and_a_name_given_by_hand_stays(applied, checked):
    applied(school())
    StudentGroup.objects.filter(name="Maths 7").update(name="Mathe 7")
    assert checked(school()).counts["groups"] == {"unchanged": 2}
    records = school()
    record(records, "classes.csv", "k-math")["title"] = "Maths 8"
    applied(records)
    assert set(StudentGroup.objects.values_list("name", flat=True)) == {"Class 7A", "Maths 8"}


def test_classes_of_one_title_get_their_codes(applied):
    records = school()
    record(records, "classes.csv", "k-home")["title"] = "Maths 7"
    applied(records)
    names = set(StudentGroup.objects.values_list("name", flat=True))
    assert names == {"Maths 7 (M7)", "Maths 7 (k-home)"}


def test_a_group_that_only_the_console_has_is_left_alone(applied, checked, alice):
    applied(school())
    li = User.objects.get(user_id="li.lei")
    chess = StudentGroup.objects.create(enterprise=alice.enterprise, name="Chess")
    chess.students.add(li)
    assert checked(school()).counts["unchanged"] == 3
    records = school()
    records["enrollments.csv"] = records["enrollments.csv"][1:]
    applied(records)
    assert sorted(li.student_groups.values_list("name", flat=True)) == ["Chess", "Maths 7"]

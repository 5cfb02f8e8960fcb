"""Taking an import back: only where nothing changed since, and saying where it could not."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.imports import retention
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import Consent, GroupMembership, PeopleImport, StudentGroup, User
from accounts.sign_in.verified_addresses import address_digest, is_verified
from console.audit.models import AuditEntry
from console.audit.personal_data import erase_personal_data
from console.imports import services
from console.imports.uploads import create_import
from console.outbox.models import Operation
from tests.accounts.imports.conftest import HEAD, csv_file, import_row
from tests.support.iclass_service import create_lesson
from tests.support.ways_in import WAYS_IN, open_all_ways_in, ways_in

pytestmark = pytest.mark.django_db

LI = ["li", "李雷", "学生", "13800000000", "li@example.com", "一班"]


def undo(source, alice):
    source = services.undo_import(
        PEOPLE_IMPORT, source=services.apply_import(PEOPLE_IMPORT, source=source, by=alice), by=alice
    )
    source.refresh_from_db()
    return source


def test_somebody_never_told_to_the_service_is_removed_and_so_is_the_group(compared, alice):
    source = undo(compared(LI), alice)
    assert source.state == "undone"
    assert source.counts["undone"] == {"removed": 1, "deactivated": 0, "restored": 0, "kept": 0}
    assert not User.objects.filter(user_id="li").exists()
    assert not StudentGroup.objects.exists()
    assert Operation.objects.get().state == "superseded"
    assert AuditEntry.objects.filter(action="person.import_undone").count() == 1


def test_somebody_whom_the_service_knows_is_deactivated(compared, alice):
    source = services.apply_import(PEOPLE_IMPORT, source=compared(LI), by=alice)
    User.objects.filter(user_id="li").update(remote_id="li")
    source = services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    li = User.objects.get(user_id="li")
    assert (li.is_active, list(li.student_groups.all())) == (False, [])
    assert import_row(source, 2).undone == "deactivated"


def test_somebody_whom_a_lesson_names_is_not_removed(compared, alice, bob):
    source = services.apply_import(PEOPLE_IMPORT, source=compared(LI), by=alice)
    create_lesson(bob, alice).members.create(user=User.objects.get(user_id="li"))
    source = services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert import_row(source, 2).undone == "deactivated"
    assert not User.objects.get(user_id="li").is_active


def test_changed_people_get_values_and_groups_back_and_the_service_is_told(compared, alice, dina, school):
    first = StudentGroup.objects.create(enterprise=school, name="一班")
    GroupMembership.objects.create(group=first, student=dina)
    row = ["dina", "D", "student", "12345", "d@x.example", "二班"]
    source = undo(compared(row, leave_groups=True), alice)
    before = (dina.nickname, dina.phone_no, dina.e_mail)
    dina.refresh_from_db()
    assert (dina.nickname, dina.phone_no, dina.e_mail) == before
    assert list(dina.student_groups.all()) == [first]
    assert source.counts["undone"]["restored"] == 1
    assert import_row(source, 2).operation.kind == "user.modify"


def test_a_link_to_a_wrong_address_ends_when_the_address_is_taken_back(compared, alice, dina):
    wrong = ["dina", "Dina", "学生", "13812345678", "mallory@example.com", ""]
    source = services.apply_import(PEOPLE_IMPORT, source=compared(wrong), by=alice)
    digest = address_digest("mallory@example.com")
    User.objects.filter(pk=dina.pk).update(verified_e_mail=digest)
    open_all_ways_in(dina, alice)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert ways_in(dina) == WAYS_IN - {"link"}
    User.objects.filter(pk=dina.pk).update(e_mail="mallory@example.com")
    assert not is_verified(User.objects.get(pk=dina.pk))


def test_a_role_that_is_taken_back_ends_all_access(compared, alice, dina):
    teacher = ["dina", "Dina", "老师", "13812345678", "dina@example.com", ""]
    source = services.apply_import(PEOPLE_IMPORT, source=compared(teacher), by=alice)
    open_all_ways_in(dina, alice)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert User.objects.get(pk=dina.pk).role == "student"
    assert ways_in(dina) == set()


def test_who_is_deactivated_keeps_no_way_in_even_without_a_password(compared, alice):
    source = services.apply_import(PEOPLE_IMPORT, source=compared(LI), by=alice)
    User.objects.filter(user_id="li").update(remote_id="li")
    li = User.objects.get(user_id="li")
    assert not li.has_usable_password()
    open_all_ways_in(li, alice)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert not User.objects.get(user_id="li").is_active
    assert ways_in(li) == set()


def test_who_was_changed_since_stays_and_is_named(compared, alice, dina):
    source = services.apply_import(
        PEOPLE_IMPORT, source=compared(LI, ["dina", "D", "", "", "", ""]), by=alice
    )
    User.objects.filter(user_id__in=["li", "dina"]).update(phone_no="999")
    source = services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert [row.undone for row in source.lines.all()] == ["kept", "kept"]
    li = User.objects.get(user_id="li")
    assert li.is_active
    registration = Operation.objects.get(kind="user.register", subject_id=li.pk)
    assert (registration.state, li.sync_state) == ("ready", "sending")
    assert User.objects.get(user_id="dina").nickname == "D"


def test_an_import_is_undone_once(compared, alice):
    source = undo(compared(LI), alice)
    with pytest.raises(ValidationError):
        services.undo_import(PEOPLE_IMPORT, source=source, by=alice)


def test_what_was_not_applied_is_not_undone(compared, alice):
    with pytest.raises(ValidationError):
        services.undo_import(PEOPLE_IMPORT, source=compared(LI), by=alice)


def test_rows_are_forgotten_after_a_while_and_with_them_the_undoing(compared, alice, settings):
    waiting, source = compared(LI), services.apply_import(PEOPLE_IMPORT, source=compared(LI), by=alice)
    assert retention.delete_old_imports() == 0
    settings.IMPORT_KEEP_DAYS = -1
    assert retention.delete_old_imports() == 1
    source.refresh_from_db()
    assert source.emptied_at is not None
    assert not source.lines.exists()
    assert waiting.lines.exists()
    with pytest.raises(ValidationError):
        services.undo_import(PEOPLE_IMPORT, source=source, by=alice)


def test_erasing_a_person_empties_their_rows(compared, alice, dina):
    source = services.apply_import(
        PEOPLE_IMPORT, source=compared(["dina", "Secret Name", "", "13811111111", "", ""]), by=alice
    )
    assert erase_personal_data(dina)["imports"] == 1
    row = import_row(source, 2)
    assert (row.cells, row.before, row.after, row.value) == ([], None, None, "")
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert import_row(source, 2).undone == "kept"


def test_an_administrator_who_recorded_consent_since_is_deactivated_and_not_removed(compared, alice, dina):
    source = services.apply_import(
        PEOPLE_IMPORT, source=compared(["li", "李雷", "管理员", "", "", ""]), by=alice
    )
    li = User.objects.get(user_id="li")
    Consent.objects.create(
        enterprise=dina.enterprise, person=dina, by=li, state="given", day=date(2026, 1, 2), how="paper"
    )
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert import_row(source, 2).undone == "deactivated"
    assert not User.objects.get(user_id="li").is_active
    assert Consent.objects.get().by == li


def test_erasing_a_person_deletes_the_files_of_the_school_that_are_not_compared_yet(
    compared, alice, charlie, dina
):
    """Their rows do not say whom they are about."""
    waiting = [
        create_import(PEOPLE_IMPORT, file=csv_file([HEAD, LI]), filename="people.csv", by=by)
        for by in (alice, charlie)
    ]
    checking = create_import(PEOPLE_IMPORT, file=csv_file([HEAD, LI]), filename="people.csv", by=alice)
    PeopleImport.objects.filter(pk=checking.pk).update(state="checking")
    kept = compared(["dina", "Secret Name", "", "", "", ""])
    assert erase_personal_data(dina)["imports"] == 3
    assert set(PeopleImport.objects.values_list("pk", flat=True)) == {kept.pk, waiting[1].pk}
    assert import_row(kept, 2).cells == []

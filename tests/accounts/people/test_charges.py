"""Teachers in charge of groups and their deputies: who holds on which day, and what the services refuse."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from accounts.models import Enterprise, Role, StudentGroup, TeacherInCharge, User
from accounts.people.charge_services import add_charge, edit_charge, end_charge, undo_end
from accounts.people.charges import (
    charges_now,
    groups_in_charge,
    school_day,
    students_in_charge,
    teachers_of,
)
from accounts.people.group_services import GROUP_ARCHIVED, archive_group, save_group
from console.audit.models import AuditEntry
from console.concurrency import EditConflict, RowDeleted
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text
from tests.support.undo_button import press_undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture
def hatters(school: Enterprise, dina: User) -> StudentGroup:
    group = StudentGroup.objects.create(enterprise=school, name="Hatters")
    group.students.add(dina)
    return group


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "holds"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY - DAY, None, True),
        (None, TODAY, True),
        (TODAY + DAY, None, False),
        (None, TODAY - DAY, False),
    ],
)
@pytest.mark.parametrize("kind", TeacherInCharge.Kind.values)
def test_it_holds_from_the_first_to_the_last_day(
    hatters: StudentGroup, bob: User, dina: User, kind: str, starts_on: date, ends_on: date, holds: bool
) -> None:
    charge = put_in_charge(hatters, bob, kind=kind, starts_on=starts_on, ends_on=ends_on)
    assert charge.holds_on(TODAY) is holds
    assert [one["group"] for one in groups_in_charge(bob)] == [hatters.pk] * holds
    assert [one["student"] for one in students_in_charge(bob)] == [dina.pk] * holds
    assert list(charges_now(bob)) == [charge] * holds
    assert teachers_of(bob.enterprise, [dina.pk]) == ({dina.pk: [bob]} if holds else {})


def test_the_day_is_that_of_the_school(hatters: StudentGroup, bob: User) -> None:
    put_in_charge(hatters, bob, starts_on=TODAY, ends_on=TODAY)
    for moment, holds in (("2026-11-23 15:59", 0), ("2026-11-23 16:00", 1), ("2026-11-24 16:00", 0)):
        with time_machine.travel(f"{moment}:00+00:00", tick=False):
            assert groups_in_charge(bob).count() == holds, moment


def test_archived_groups_and_people_who_are_no_staff_any_more_give_no_right(
    hatters: StudentGroup, bob: User, alice: User
) -> None:
    put_in_charge(hatters, bob)
    bob.role = Role.STUDENT
    assert groups_in_charge(bob).count() == charges_now(bob).count() == 0
    bob.role = Role.TEACHER
    archive_group(group=hatters, by=alice)
    assert groups_in_charge(bob).count() == charges_now(bob).count() == 0


def test_one_person_stands_once_a_day_in_a_group_and_several_people_may(
    hatters: StudentGroup, alice: User, bob: User, sue: User
) -> None:
    add_charge(group=hatters, teacher=bob, by=alice, ends_on=TODAY)
    add_charge(group=hatters, teacher=sue, by=alice, kind="deputy", starts_on=TODAY)
    add_charge(group=hatters, teacher=bob, by=alice, kind="deputy", starts_on=TODAY + DAY)
    with pytest.raises(ValidationError) as refused:
        add_charge(group=hatters, teacher=bob, by=alice, starts_on=TODAY, ends_on=TODAY)
    assert list(refused.value.error_dict) == ["teacher"]
    with pytest.raises(IntegrityError), transaction.atomic():
        put_in_charge(hatters, bob, starts_on=TODAY, ends_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        put_in_charge(hatters, alice, starts_on=TODAY, ends_on=TODAY - DAY)


def test_days_that_end_too_early_archived_groups_and_strangers_are_refused(
    hatters: StudentGroup, alice: User, bob: User, dina: User, charlie: User
) -> None:
    for teacher in (dina, charlie):
        with pytest.raises(ValidationError, match=gettext("Choose an active staff member of your school.")):
            add_charge(group=hatters, teacher=teacher, by=alice)
    with pytest.raises(ValidationError, match=gettext("The last day must not be before the first day.")):
        add_charge(group=hatters, teacher=bob, by=alice, starts_on=TODAY, ends_on=TODAY - DAY)
    charge = add_charge(group=hatters, teacher=bob, by=alice)
    archive_group(group=hatters, by=alice)
    with pytest.raises(ValidationError, match=str(GROUP_ARCHIVED)):
        add_charge(group=hatters, teacher=alice, by=alice)
    with pytest.raises(ValidationError, match=str(GROUP_ARCHIVED)):
        end_charge(charge=charge, by=alice)


def test_an_ended_charge_gives_no_right_any_more_and_one_of_today_never_was(
    hatters: StudentGroup, alice: User, bob: User, sue: User
) -> None:
    for teacher, starts_on in ((bob, TODAY - DAY), (sue, TODAY)):
        charge = add_charge(group=hatters, teacher=teacher, by=alice, starts_on=starts_on)
        end_charge(charge=charge, by=alice)
        assert groups_in_charge(teacher).count() == 0
    assert list(hatters.charges.values_list("teacher", "ends_on")) == [(bob.pk, TODAY - DAY)]
    acts = AuditEntry.objects.filter(object_type="accounts.studentgroup").values_list("action", flat=True)
    assert list(acts.order_by("pk")) == ["group.charge_add", "group.charge_end"] * 2


@pytest.mark.parametrize(("starts_on", "ends_on"), [(None, None), (TODAY - DAY, TODAY + DAY), (TODAY, None)])
def test_an_end_is_taken_back_with_the_days_as_they_were(
    hatters: StudentGroup, alice: User, bob: User, settings: Any, starts_on: date | None, ends_on: date | None
) -> None:
    settings.UNDO_S = 10
    charge = put_in_charge(hatters, bob, starts_on=starts_on, ends_on=ends_on)
    before = TeacherInCharge.objects.values().get()
    client = client_for(alice)
    client.post(f"/groups/teachers/{charge.pk}/end/")
    assert groups_in_charge(bob).count() == 0
    press_undo(client, f"/groups/{hatters.pk}/teachers/")
    assert TeacherInCharge.objects.values().get() == before
    assert groups_in_charge(bob).count() == 1


def test_an_end_is_not_taken_back_after_another_change_or_without_the_right(
    hatters: StudentGroup, alice: User, bob: User, charlie: User
) -> None:
    charge = put_in_charge(hatters, bob, starts_on=TODAY - DAY)
    values = end_charge(charge=charge, by=alice)
    for stranger in (bob, charlie):
        with pytest.raises(ValidationError):
            undo_end(key=charge.pk, by=stranger, values=values)
    charge.refresh_from_db()
    edit_charge(charge=charge, by=alice, ends_on=TODAY + DAY)
    with pytest.raises(ValidationError):
        undo_end(key=charge.pk, by=alice, values=values)
    charge.refresh_from_db()
    assert charge.ends_on == TODAY + DAY
    of_today = put_in_charge(hatters, alice, starts_on=TODAY)
    values = end_charge(charge=of_today, by=alice)
    archive_group(group=hatters, by=alice)
    with pytest.raises(ValidationError, match=str(GROUP_ARCHIVED)):
        undo_end(key=of_today.pk, by=alice, values=values)
    assert not TeacherInCharge.objects.filter(teacher=alice).exists()


def test_a_concurrent_edit_of_the_same_day_is_refused_and_other_fields_merge(
    hatters: StudentGroup, alice: User, bob: User
) -> None:
    charge = add_charge(group=hatters, teacher=bob, by=alice)
    stale = TeacherInCharge.objects.get(pk=charge.pk)
    edit_charge(charge=charge, by=alice, ends_on=TODAY)
    with pytest.raises(EditConflict):
        edit_charge(charge=stale, by=alice, ends_on=TODAY + DAY)
    edit_charge(charge=stale, by=alice, kind="deputy")
    charge.refresh_from_db()
    assert (charge.kind, charge.ends_on) == ("deputy", TODAY)


def test_a_charge_of_a_group_that_somebody_deleted_is_refused_in_words(
    hatters: StudentGroup, alice: User, bob: User
) -> None:
    put_in_charge(hatters, bob)
    for act in (
        lambda one: edit_charge(charge=one, by=alice, ends_on=None),
        lambda one: end_charge(charge=one, by=alice),
    ):
        stale = TeacherInCharge.objects.get(teacher=bob)
        with transaction.atomic():
            StudentGroup.objects.filter(pk=hatters.pk).delete()
            with pytest.raises(RowDeleted):
                act(stale)
            transaction.set_rollback(True)


def test_another_teacher_on_the_form_of_the_group_takes_over_today_and_the_deputy_stays(
    hatters: StudentGroup, alice: User, bob: User, sue: User
) -> None:
    put_in_charge(hatters, bob)
    put_in_charge(hatters, sue, kind="deputy")
    save_group(group=hatters, students=None, by=alice, teacher=alice)
    assert list(hatters.charges.values_list("teacher", "kind", "starts_on", "ends_on")) == [
        (bob.pk, "charge", None, TODAY - DAY),
        (alice.pk, "charge", TODAY, None),
        (sue.pk, "deputy", None, None),
    ]
    save_group(group=StudentGroup.objects.get(pk=hatters.pk), students=None, by=alice, teacher=sue)
    present = StudentGroup.objects.get(pk=hatters.pk).present_charges
    assert [(one.teacher, one.kind) for one in present] == [(sue, "charge")]


def test_an_administrator_adds_changes_and_ends_a_deputy_on_the_pages(
    hatters: StudentGroup, alice: User, bob: User
) -> None:
    client, pages = client_for(alice, "en"), f"/groups/{hatters.pk}/teachers/"
    assert "No teacher in charge yet" in page_text(client.get(pages))
    fields = {"teacher": bob.pk, "kind": "deputy", "starts_on": "2026-11-24", "ends_on": "2026-11-20"}
    answer = client.post(f"{pages}new/", fields)
    assert list(answer.context["form"].errors) == ["ends_on"]
    client.post(f"{pages}new/", fields | {"ends_on": "2026-11-30"})
    twice = client.post(f"{pages}new/", fields | {"ends_on": "2026-11-30"})
    assert list(twice.context["form"].errors) == ["teacher"]
    charge = hatters.charges.get()
    assert (charge.kind, charge.ends_on, charge.created_by) == ("deputy", date(2026, 11, 30), alice)
    client.post(f"/groups/teachers/{charge.pk}/edit/", fields | {"ends_on": "2026-12-01"})
    charge.refresh_from_db()
    assert charge.ends_on == date(2026, 12, 1)
    assert "until 2026-12-01" in page_text(client.get(f"/groups/{hatters.pk}/edit/"))
    client.post(f"/groups/teachers/{charge.pk}/end/")
    assert not hatters.charges.exists()
    assert school_day(hatters.enterprise) == TODAY


def test_other_schools_and_teachers_do_not_change_who_is_in_charge(
    hatters: StudentGroup, bob: User, charlie: User
) -> None:
    charge = put_in_charge(hatters, bob)
    pages = (
        *(f"/groups/{hatters.pk}/teachers/{page}" for page in ("", "new/")),
        f"/groups/teachers/{charge.pk}/edit/",
    )
    for page in pages:
        assert client_for(bob).get(page).status_code == 403
        assert client_for(charlie).get(page).status_code == 404
    end = f"/groups/teachers/{charge.pk}/end/"
    assert [client_for(one).post(end).status_code for one in (bob, charlie)] == [403, 404]

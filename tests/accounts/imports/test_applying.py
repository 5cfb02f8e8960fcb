"""Applying: all at once, on record once, told to the service, refused where the school changed meanwhile."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import GroupMembership, PeopleImport, Role, StudentGroup, User
from accounts.models.group import group_changed
from console.audit.models import AuditEntry
from console.imports import services
from console.imports.import_type import ImportOutdated
from console.jobs import runner
from console.notifications.models import Notification
from console.outbox import relay
from console.outbox.models import Operation
from console.policy.models import ApiToken
from console.policy.tokens import issue_token
from tests.accounts.imports.conftest import import_row, row_outcomes
from tests.faults.arming import InjectedFailure, arm_point
from tests.faults.goals import sabotage
from tests.support.cast import create_person
from tests.support.iclass_service import requests_to
from tests.support.ways_in import WAYS_IN, open_all_ways_in, ways_in

pytestmark = pytest.mark.django_db

LI = ["li", "李雷", "学生", "13800000000", "li@example.com", "一班"]


def test_people_and_groups_are_there_at_once_on_record_once_and_on_their_way(compared, alice, dina):
    source = compared(LI, ["dina", "Dina D", "", "", "", "一班"], ["x x", "X", "", "", "", ""])
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    li = User.objects.get(enterprise=alice.enterprise, user_id="li")
    assert (li.login, li.nickname, li.phone_no, li.role) == (
        "li@1400000001",
        "李雷",
        "13800000000",
        "student",
    )
    assert not li.has_usable_password()
    assert (li.sync_state, li.is_active) == ("sending", True)
    dina.refresh_from_db()
    assert (dina.nickname, dina.phone_no) == ("Dina D", "13812345678")
    assert set(StudentGroup.objects.get(name="一班").students.all()) == {li, dina}
    entry = AuditEntry.objects.get(action="person.import")
    told = entry.after
    assert (entry.actor, told["sha256"], told["added"], told["changed"], told["refused"]) == (
        alice,
        source.digest,
        1,
        1,
        1,
    )
    assert AuditEntry.objects.count() == 1
    kinds = dict(Operation.objects.values_list("subject_id", "kind"))
    assert kinds == {li.pk: "user.register", dina.pk: "user.modify"}


def test_the_refused_rows_are_not_applied(compared, alice):
    source = compared(LI, ["li", "Other", "", "", "", ""])
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert User.objects.get(user_id="li").nickname == "李雷"


def test_lessons_learn_of_a_group_in_the_same_transaction(compared, alice, dina):
    heard = []

    def hear(sender, group, added, removed, by, **more):
        heard.append((group.name, added, removed, by))

    group_changed.connect(hear)
    try:
        services.apply_import(PEOPLE_IMPORT, source=compared(["dina", "Dina", "", "", "", "一班"]), by=alice)
    finally:
        group_changed.disconnect(hear)
    assert heard == [("一班", {dina.pk}, set(), alice)]


def _renamed(school, dina):
    User.objects.filter(pk=dina.pk).update(nickname="Duchess")


def _came(school, dina):
    create_person(school, "li", Role.STUDENT)


def _grouped(school, dina):
    group = StudentGroup.objects.create(enterprise=school, name="二班")
    GroupMembership.objects.create(group=group, student=dina)


def _group_made(school, dina):
    StudentGroup.objects.create(enterprise=school, name="一班")


def _erased(school, dina):
    User.objects.filter(pk=dina.pk).update(erased_at=timezone.now())


@pytest.mark.parametrize("change", [_renamed, _came, _grouped, _group_made, _erased])
def test_nothing_is_applied_where_the_school_changed_since_and_a_new_preview_is_there(
    compared, alice, school, dina, change
):
    source = compared(LI, ["dina", "Dina D", "", "", "", ""])
    change(school, dina)
    with pytest.raises(ImportOutdated):
        services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    source.refresh_from_db()
    assert source.state == "checked"
    assert not Operation.objects.exists()
    assert not AuditEntry.objects.filter(action="person.import").exists()
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert User.objects.filter(user_id="li").count() == 1


def test_without_the_defence_a_change_made_meanwhile_is_written_over(compared, alice, school, dina):
    def check():
        User.objects.filter(pk=dina.pk).update(nickname="Dina")
        source = compared(["dina", "Dina D", "", "", "", ""])
        _renamed(school, dina)
        with contextlib.suppress(ImportOutdated):
            services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
        dina.refresh_from_db()
        assert dina.nickname == "Duchess", "a name that was given meanwhile is gone"

    check()
    sabotage("imports.unchanged", check)


def test_it_stands_or_falls_as_one(compared, alice):
    source = compared(LI)
    with arm_point("imports.applied", "raise"), pytest.raises(InjectedFailure):
        services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert not User.objects.filter(user_id="li").exists()
    assert not StudentGroup.objects.exists()
    assert PeopleImport.objects.get().state == "checked"


def test_an_import_is_applied_once(compared, alice):
    source = compared(LI)
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    with pytest.raises(ValidationError):
        services.apply_import(PEOPLE_IMPORT, source=source, by=alice)


def test_the_same_file_again_changes_nothing(compared, alice):
    services.apply_import(PEOPLE_IMPORT, source=compared(LI), by=alice)
    assert compared(LI).counts == {"added": 0, "changed": 0, "unchanged": 1, "refused": 0, "twins": 0}


def test_whoever_gets_another_role_is_signed_out_and_loses_their_tokens(compared, alice, bob, client):
    client.force_login(bob)
    issue_token(bob)
    source = services.apply_import(
        PEOPLE_IMPORT, source=compared(["bob", "Bob", "助教", "", "", ""]), by=alice
    )
    assert client.get("/account/").status_code == 302
    assert not ApiToken.objects.filter(user=bob).exists()
    issue_token(bob)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert not ApiToken.objects.filter(user=bob).exists()


def test_a_large_file_is_compared_and_applied_as_long_work(compared, alice, settings):
    settings.IMPORT_INLINE_ROWS = 1
    source = compared(LI, ["han", "韩", "", "", "", ""])
    assert services.start_check(PEOPLE_IMPORT, source, by=alice).kind == "people.check"
    assert runner.run_due_jobs() > 1
    source.refresh_from_db()
    assert (source.state, source.counts["added"]) == ("checked", 2)
    services.start_apply(PEOPLE_IMPORT, source, by=alice)
    assert PeopleImport.objects.get().state == "applying"
    runner.run_due_jobs()
    source.refresh_from_db()
    assert (source.state, User.objects.filter(user_id__in=["li", "han"]).count()) == ("applied", 2)


def test_a_large_file_whose_school_changed_is_not_applied_either(compared, alice, settings, school):
    settings.IMPORT_INLINE_ROWS = 0
    source = compared(LI)
    _came(school, None)
    services.start_apply(PEOPLE_IMPORT, source, by=alice)
    runner.run_due_jobs()
    source.refresh_from_db()
    assert (source.state, source.job.result) == ("checked", {"changed_since": True})
    assert row_outcomes(source) == [(2, "changed", "")]


def test_the_service_hears_of_everybody_and_the_importer_is_told(compared, alice, connected, iclass):
    source = compared(
        ["imp.li", "李雷", "学生", "13800000000", "li@example.com", ""], ["imp.han", "韩", "老师", "", "", ""]
    )
    source = services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    runner.run_due_jobs()
    source.job.refresh_from_db()
    assert (source.job.state, source.job.total, source.job.done) == ("waiting", 2, 0)
    relay.drain()
    source.job.due_at = timezone.now()
    source.job.save()
    runner.run_due_jobs()
    source.job.refresh_from_db()
    assert (source.job.state, source.job.done, source.job.failed) == ("done", 2, 0)
    assert source.job.result["states"] == {"done": 2, "refused": 0, "needs_you": 0, "waiting": 0}
    sent = {one["user_id"] for body in requests_to(iclass, "user/register") for one in body["list"]}
    assert {"imp.li", "imp.han"} <= sent
    assert Notification.objects.get(person=alice).kind == "import.pushed"
    assert import_row(source, 2).person.remote_id == "imp.li"


@pytest.mark.parametrize(
    ("role", "address", "left"),
    [
        ("学生", "dina@elsewhere.example", WAYS_IN - {"link"}),
        ("老师", "dina@example.com", set()),
        ("老师", "dina@elsewhere.example", set()),
        ("学生", "dina@example.com", WAYS_IN),
    ],
)
def test_another_address_ends_the_link_and_another_role_all_access(
    compared, alice, dina, role, address, left
):
    open_all_ways_in(dina, alice)
    source = compared(["dina", "Dina D", role, "13812345678", address, ""])
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert ways_in(dina) == left

"""A change past the services leaves an entry; one through them leaves no second."""

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Enterprise, StudentGroup, User
from accounts.people.services import deactivate_person, edit_person
from console.audit import chain as chains
from console.audit.change_triggers import watched_models
from console.audit.models import AuditEntry
from console.audit.verification import verify_chain
from console.mirror.registry import mirrored_models

pytestmark = pytest.mark.django_db(transaction=True)

#: Models that people edit. A registration that is lost would leave its table without triggers unnoticed.
EDITED = {
    *("accounts.enterprise", "accounts.user", "accounts.studentgroup", "documents.document"),
    *("accounts.grade", "accounts.teacherincharge"),
    *("classes.course", "classes.lesson", "classes.subject", "classes.term", "classes.holiday"),
    *("classes.teacherabsence", "classes.cover", "webhooks.webhookendpoint"),
}


def caught() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="row.changed").order_by("id"))


@pytest.fixture
def crew(alice: User, bob: User) -> tuple[User, User]:
    return alice, bob


def since(number: int) -> list[AuditEntry]:
    return caught()[number:]


def test_sql_by_hand_is_on_the_trail_without_the_values(crew: tuple[User, User]) -> None:
    _, bob = crew
    before = len(caught())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET role = 'superadmin', phone_no = '13800000000' WHERE id = %s", [bob.pk]
        )
    (entry,) = since(before)
    assert (entry.object_type, entry.object_id, entry.enterprise) == (
        "accounts.user",
        str(bob.pk),
        bob.enterprise,
    )
    assert entry.after == {"how": "update", "columns": ["phone_no", "role"]}
    assert entry.actor_label.startswith("database: ")
    chains.link_waiting_entries()
    assert verify_chain(bob.enterprise_id).holds


def test_every_model_that_people_edit_is_watched() -> None:
    assert set(watched_models()) == EDITED
    assert {mirrored.label for mirrored in mirrored_models()} <= EDITED


def test_every_watched_table_has_the_triggers_of_its_columns() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, substr(tgname, 11), encode(tgargs, 'escape') FROM pg_trigger"
            " JOIN pg_class c ON c.oid = tgrelid WHERE tgname LIKE 'audit_net_%'"
        )
        installed = {(table, event): arguments.split("\\000")[:-1] for table, event, arguments in cursor}
    expected = {}
    for label, watched in watched_models().items():
        meta = apps.get_model(label)._meta
        columns = ",".join(meta.get_field(name).column for name in watched.columns)
        events = ("change", "delete", *(["insert"] if watched.recorded_inserts else []))
        expected |= {(meta.db_table, event): [label, columns] for event in events}
    assert installed == expected


def test_a_queryset_and_a_deletion_are_caught_too(crew: tuple[User, User], school: Enterprise) -> None:
    group = StudentGroup.objects.create(enterprise=school, name="Hatters")
    before = len(caught())
    StudentGroup.objects.filter(pk=group.pk).update(name="Hares")
    StudentGroup.objects.filter(pk=group.pk).delete()
    assert [entry.after["how"] for entry in since(before)] == ["update", "delete"]


def test_a_service_leaves_its_own_entry_alone(crew: tuple[User, User]) -> None:
    alice, bob = crew
    before = len(caught())
    edit_person(person=bob, by=alice, nickname="Rob")
    deactivate_person(person=bob, by=alice, reason="left")
    assert since(before) == []
    assert AuditEntry.objects.filter(action="person.change").count() == 1


def test_what_only_the_mirror_writes_is_no_change(crew: tuple[User, User]) -> None:
    _, bob = crew
    before = len(caught())
    User.objects.filter(pk=bob.pk).update(observed={"nickname": "x"}, language="en")
    assert since(before) == []


def test_somebody_who_may_sign_in_made_by_hand_is_caught(school: Enterprise) -> None:
    before = len(caught())
    User.objects.create(enterprise=school, user_id="intruder", role="superadmin", password="pbkdf2$x")
    quiet = User(enterprise=school, user_id="pulled", role="student")
    quiet.set_unusable_password()
    quiet.save(force_insert=True)
    assert [entry.after["how"] for entry in since(before)] == ["insert"]

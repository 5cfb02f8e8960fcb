"""What stands beneath a page that forgot its school: the role of the web and row-level security."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, StudentGroup, User
from console.audit.models import AuditEntry
from console.audit.trail import record
from console.policy import database_scope
from console.policy.row_security.database_role import install_row_security, missing_setup_sql
from tests.faults.mutants import mutated
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.urls("tests.console.policy.scope_urls")
SHOWN = ["/unscoped/", "/raw/", "/reconnecting/"]


def of(person: User | None, **more: object) -> Client:
    client = Client(**more)
    if person is not None:
        client.force_login(person)
    return client


def body(response: object) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode().strip()


def ask(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("page", ["/unscoped/", "/raw/", "/streamed/"])
def test_a_page_that_forgot_its_school_shows_the_own_one_alone(
    page: str, alice: User, bob: User, charlie: User
) -> None:
    assert body(of(alice).get(page)) == "alice bob"
    assert body(of(charlie).get(page)) == "charlie"


def test_the_same_page_shows_every_school_where_the_defence_is_down(alice: User, charlie: User) -> None:
    with mutated("policy.rows"):
        assert body(of(alice).get("/unscoped/")) == "alice charlie"


def test_the_same_page_shows_every_school_where_row_level_security_is_off(alice: User, charlie: User) -> None:
    ask("set constraints all immediate")  # else rows of this transaction are in the way
    ask("alter table accounts_user disable row level security")
    assert body(of(alice).get("/raw/")) == "alice charlie"


def test_a_program_with_a_token_stands_in_the_school_of_its_person(
    alice: User, bob: User, charlie: User
) -> None:
    assert rest_client(alice).get("/token/").json() == ["alice", "bob"]
    in_a_browser_of_alice = rest_client(charlie)
    in_a_browser_of_alice.force_login(alice)
    assert in_a_browser_of_alice.get("/token/").json() == ["charlie"]


def test_the_role_of_a_request_is_neither_owner_nor_superuser(alice: User) -> None:
    role = body(of(alice).get("/who/"))
    assert role == settings.DATABASE_WEB_ROLE != ask("select session_user")[0][0]
    assert ask("select rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname = %s", role) == [
        (False, False, False)
    ]
    assert ask("select relname from pg_class where pg_get_userbyid(relowner) = %s", role) == []


def test_strangers_commands_and_what_comes_after_a_request_act_as_the_owner(alice: User) -> None:
    owner = ask("select current_user")
    assert body(of(None).get("/who/")) == owner[0][0] != settings.DATABASE_WEB_ROLE
    of(alice).get("/unscoped/")
    assert ask("select current_user") == owner
    assert ask("select current_setting('console.school', true)") == [("",)]
    assert database_scope.current_scope() is None


def test_a_page_that_fails_leaves_the_scope_too(alice: User, charlie: User) -> None:
    owner = ask("select current_user")
    with pytest.raises(RuntimeError, match="^alice$"):
        of(alice).get("/failing/")
    assert ask("select current_user") == owner
    assert of(alice, raise_request_exception=False).get("/failing/").status_code == 500
    assert User.objects.count() == 2


def test_a_streamed_body_has_left_the_scope_when_it_ends(alice: User, charlie: User) -> None:
    response = of(alice).get("/streamed/")
    assert User.objects.count() == 2
    assert body(response) == "alice"
    assert User.objects.count() == 2
    half_read = database_scope.scoped_stream(iter("ab"), database_scope.database_scope_of(alice))
    next(half_read)
    assert User.objects.count() == 1
    half_read.close()
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_opened_in_a_scope_stands_in_it(alice: User, bob: User, charlie: User) -> None:
    assert body(of(alice).get("/reconnecting/")) == "alice bob"
    assert User.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_scope_survives_a_transaction_that_is_rolled_back(alice: User, charlie: User) -> None:
    with database_scope.use_scope_of(alice):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=alice.pk).update(user_id="", login=charlie.login)
        assert [one.pk for one in User.objects.all()] == [alice.pk]
    assert User.objects.count() == 2


def test_a_row_of_another_school_is_neither_made_nor_moved_there(alice: User, charlie: User) -> None:
    StudentGroup.objects.create(enterprise=alice.enterprise, name="Hatters")
    for page in ("adding", "moving"):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            of(alice).get(f"/{page}/{charlie.enterprise_id}/")
    assert body(of(alice).get(f"/adding/{alice.enterprise_id}/")) == "added"
    assert {one.enterprise_id for one in StudentGroup.objects.all()} == {alice.enterprise_id}


def test_who_stands_in_no_school_is_told_so_by_the_database(alice: User) -> None:
    ask("select set_config('role', %s, true)", settings.DATABASE_WEB_ROLE)
    for table in ("accounts_user", "classes_lesson", "classes_member", "audit_auditentry"):
        with pytest.raises(ProgrammingError, match="No school is set"), transaction.atomic():
            ask(f"select count(*) from {table}")  # noqa: S608


def test_an_operator_outside_sees_the_schools_and_nothing_in_them(olga: User, alice: User) -> None:
    with database_scope.use_scope_of(olga):
        assert Enterprise.objects.count() == 1
        assert list(User.objects.all()) == [olga]
        assert StudentGroup.objects.count() == 0


def test_the_trail_is_read_and_written_in_a_request_and_never_changed(alice: User) -> None:
    entry = record("school.change", alice.enterprise, by=alice)
    with database_scope.use_scope_of(alice):
        assert AuditEntry.objects.get() == entry
        for change in ("update audit_auditentry set reason = 'x'", "delete from audit_auditentry"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                ask(change)


def test_operators_are_named_only_where_they_acted(olga: User, alice: User, charlie: User) -> None:
    record("school.change", alice.enterprise, by=olga)
    with database_scope.use_scope_of(alice):
        assert AuditEntry.objects.get().actor == olga
    with database_scope.use_scope_of(charlie):
        assert not User.objects.filter(pk=olga.pk).exists()


def test_a_foreign_scope_inside_a_scope_returns_to_the_first(alice: User, charlie: User) -> None:
    with database_scope.use_scope_of(alice):
        with database_scope.as_owner():
            assert User.objects.count() == 2
        assert list(User.objects.all()) == [alice]


def test_the_next_migrate_leaves_rules_that_stand_alone_and_mends_one_that_was_taken_away(
    alice: User, charlie: User
) -> None:
    with CaptureQueriesContext(connection) as asked:
        install_row_security()
    assert not [
        one["sql"] for one in asked if not one["sql"].startswith(("SELECT", "\nSELECT", "SAVE", "REL"))
    ]
    ask("set constraints all immediate")
    ask("drop policy console_rule on accounts_user")
    install_row_security()
    with database_scope.use_scope_of(alice):
        assert list(User.objects.all()) == [alice]


def test_nothing_is_asked_of_the_databases_administrator_where_all_stands(db: None) -> None:
    assert missing_setup_sql() == ""
    call_command("check", "--database", "default")

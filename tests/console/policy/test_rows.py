"""Every table is somebody's: of a school, of none, or shut to requests."""

from django.apps import apps
from django.db import connection

from console.policy.rows.whose import BESIDES, LESS, SHARED, rule_of

#: Tables with which a request has nothing to do.
SHUT = {"auth.Group", "auth.Permission", "auth.Group_permissions", "audit.Waiting"}
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def test_every_table_is_of_a_school_shared_or_shut() -> None:
    assert {label for label, model in MODELS.items() if rule_of(model) is None} == SHUT


def test_the_exceptions_name_tables_that_there_are() -> None:
    assert {*SHARED, *BESIDES, *LESS} <= set(MODELS)


def test_a_table_that_all_schools_share_holds_no_row_of_one() -> None:
    for label in SHARED:
        keys = [field for field in MODELS[label]._meta.concrete_fields if field.is_relation]
        assert keys == [], label


def test_row_level_security_stands_on_every_table_as_the_rules_say(db: None, settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relrowsecurity, has_table_privilege(%s, c.oid, 'truncate')"
            " from pg_class c join pg_policy on polrelid = c.oid and polname = 'console_rule'",
            [settings.DATABASE_WEB_ROLE],
        )
        laid = {name: (on, may_empty) for name, on, may_empty in cursor.fetchall()}
    assert laid == {model._meta.db_table: (True, False) for model in MODELS.values()}

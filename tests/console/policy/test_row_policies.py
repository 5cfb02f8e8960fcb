"""Every table is somebody's: of a school, of none, or shut to requests."""

from django.apps import apps
from django.db import connection

from console.policy.row_security.row_policies import ALL_RIGHTS, registered_tables, row_policy_for

#: Tables with which a request has nothing to do.
SHUT = {
    "auth.Group",
    "auth.Permission",
    "auth.Group_permissions",
    "audit.UnlinkedEntry",
    "notices.MailServer",
}
#: Tables on which requests have fewer rights. A registration that is lost would give them all.
RESTRICTED = {
    *("accounts.Enterprise", "accounts.User", "accounts.Consent"),
    *("audit.AuditEntry", "audit.ChainLink", "audit.PersonKey", "audit.PersonalDataAccess"),
    *(
        "classes.Correction",
        "classes.Observation",
        "classes.Register",
        "classes.EngagementSample",
        "classes.MembershipNotice",
    ),
    *("classes.AbsenceStreak", "classes.MarkCount", "classes.WarningFollowUp", "classes.GradeRevision"),
    *(
        "contenttypes.ContentType",
        "outbox.Attempt",
        "outbox.TaskHeartbeat",
        "socialaccount.SocialApp",
        "inbox.QueueSample",
        "webhooks.WebhookAttempt",
    ),
    "policy.RowChange",
}
#: Tables of which a request also reaches rows outside of its school. A lost registration would hide them.
WITH_MORE_ROWS = {
    *("accounts.Enterprise", "accounts.User", "accounts.Visit"),
    *("audit.AuditEntry", "outbox.Gate", "outbox.Operation"),
    *("policy.IdempotentRequest", "policy.RowChange"),
}
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def test_every_table_is_of_a_school_shared_or_shut() -> None:
    assert {label for label, model in MODELS.items() if row_policy_for(model) is None} == SHUT


def test_the_exceptions_name_tables_that_there_are() -> None:
    assert set(registered_tables()) <= set(MODELS)


def test_requests_have_all_rights_only_where_they_should() -> None:
    assert {label for label, rule in registered_tables().items() if rule.rights != ALL_RIGHTS} == RESTRICTED


def test_more_rows_than_those_of_a_school_are_reached_only_where_they_should() -> None:
    rules = registered_tables().items()
    assert {label for label, rule in rules if rule.extra_rows or rule.extra_readable} == WITH_MORE_ROWS


def test_a_table_that_all_schools_share_holds_no_row_of_one() -> None:
    for label in (label for label, rule in registered_tables().items() if rule.is_shared):
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

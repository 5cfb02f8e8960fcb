"""What somebody might slip into a form: a value for every field of a model that nobody is meant to write.

WRITABLE is the declaration, apart from forms and serializers: what a person may set by some form, admin page
or REST address. Everything else of a row is set by services and the mirror alone.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Model

from console.policy.switches import SWITCH_COLUMNS
from console.vault.fields import SealedField

_LESSON = {"topic", "teacher", "assistants", "members", "groups", "starts_at", "ends_at", "class_type"}
WRITABLE: dict[str, set[str]] = {
    "accounts.User": {
        *(
            "user_id",
            "role",
            "nickname",
            "gender",
            "avatar",
            "phone_no",
            "e_mail",
            "password",
            "student_groups",
        ),
    },
    "accounts.StudentGroup": {"name", "students", "teacher", "note", "archived_at"},
    "accounts.Grade": {"name"},
    "accounts.Enterprise": {
        *("name", "contact_user", "phone_no", "e_mail", "call_back_url", "zone", "tic_key", "sdkappid"),
        "sign_in_name",
        *("appid", "project_id", "secret_id", "secret_key"),
        *("late_after_s", "early_leave_s", "present_share", "leave_minutes", "leave_request_days"),
        *("session_idle_minutes", "session_hours"),
        *SWITCH_COLUMNS,
        *("keep_trail_days", "keep_evidence_days", "keep_callbacks_days", "keep_operations_days"),
    },
    "accounts.Guardian": {
        *("name", "relation", "phone_no", "e_mail", "language"),
        *("told_attendance", "told_leave", "told_school"),
    },
    "classes.Lesson": {*_LESSON, "record_types", "capacity"},
    "classes.Course": {
        "title",
        "teacher",
        "assistants",
        "members",
        "groups",
        "class_type",
        "duration_minutes",
        "subject",
    },
    "classes.Subject": {"name", "colour", "teachers"},
    "classes.AttendanceCode": {"letters", "name", "tone", "counts_as", "is_active"},
    "documents.Document": {"name", "file", "owner", "permission", "transcode"},
    "classes.Term": {"name", "starts_on", "ends_on"},
    "policy.ApiToken": {"name", "scopes", "expires_at"},
}
WHEN = datetime(1999, 1, 1, tzinfo=UTC)


def protected_fields(model: type[Model]) -> dict[str, Any]:
    """The fields of a model that are not declared writable, by name."""
    declared = WRITABLE.get(model._meta.label, set())
    every = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {field.name: field for field in every if field.name not in declared}


def forbidden_value(field: Any, others: dict[type[Model], Any]) -> Any:
    """A value that nobody else would set, of the field's kind; `others` are rows of another school."""
    if field.is_relation:
        row = others.get(field.related_model)
        key = getattr(row, "pk", 1)
        return [key] if field.many_to_many else key
    if isinstance(field, SealedField):
        return "PoisonPoisonPoisonPoisonPoison12"
    if field.choices:
        default = field.get_default()
        return next((value for value, _label in field.flatchoices if value != default), "")
    return _plain(field)


def _plain(field: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return not field.get_default()
    if isinstance(field, models.UUIDField):
        return "0badf00d-0bad-4bad-8bad-0badf00d0bad"
    if isinstance(field, models.IntegerField):
        return 77 if field.primary_key else 7071
    if isinstance(field, models.FloatField | models.DecimalField):
        return 0.7071
    if isinstance(field, models.DateTimeField):
        return WHEN.isoformat()
    if isinstance(field, models.DateField):
        return WHEN.date().isoformat()
    if isinstance(field, models.JSONField):
        return {"poison": 1}
    if isinstance(field, models.DurationField):
        return timedelta(seconds=7071).total_seconds()
    return f"poison{field.name}"[: field.max_length or 40]


def holds_value(field: Any, value: Any, wanted: Any) -> bool:
    """Whether a stored value is the poison."""
    if field.many_to_many:
        return bool(set(wanted) & set(value))
    if isinstance(field, SealedField):
        return value is not None and value.reveal() == wanted
    if isinstance(value, datetime):
        return value == WHEN
    return str(value) == str(wanted)

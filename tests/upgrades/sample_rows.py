"""A row in every table: what a page needs is made by the world of the security tests, the rest here."""

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, models, transaction

from accounts.models import Enterprise, User
from tests.security.sample_school import build_sample_school
from tests.support.cast import TIC_KEY

AT = datetime(2026, 11, 25, 8, tzinfo=UTC)
#: By the class of a field, what stands in it; the first that fits.
PLAIN: tuple[tuple[type[models.Field], Any], ...] = (
    (ArrayField, list),
    (models.BooleanField, False),
    (models.DateTimeField, AT),
    (models.DateField, date(2026, 11, 25)),
    (models.TimeField, time(8)),
    (models.IntegerField, 1),
    (models.FloatField, 1.0),
    (models.UUIDField, uuid.UUID(int=1)),
    (models.JSONField, dict),
    (models.BinaryField, b"x"),
    (models.GenericIPAddressField, "127.0.0.1"),
    (models.CharField, "x"),
    (models.TextField, "x"),
)


#: What cannot be guessed: values by the model's name.
KNOWN: dict[str, dict[str, Any]] = {
    "classes.Attachment": {"course": None},
    "accounts.Visit": {"ends_at": datetime(2100, 1, 1, tzinfo=UTC)},
}


def tables() -> list[type[models.Model]]:
    """Every model with a table of its own, those between two models, too."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def fill_tables() -> list[str]:
    """Two schools and a row of everything; the tables that stay empty, with the reason."""
    school = Enterprise.objects.create(name="Wonderland", sdkappid=1400000001, tic_key=TIC_KEY)
    other = Enterprise.objects.create(name="Looking-Glass", sdkappid=1400000002, tic_key=TIC_KEY[::-1])
    build_sample_school(school, other, User.objects.create_operator("olga", "queen-of-hearts"))
    # A row may need one of a table that comes later, so those that fail are tried again while others succeed.
    empty = [model for model in tables() if not model._base_manager.exists()]
    while True:
        failed = {model: why for model in empty if (why := _add(model))}
        if len(failed) == len(empty):
            return [f"{model._meta.db_table}: {why}" for model, why in failed.items()]
        empty = list(failed)


def _add(model: type[models.Model]) -> str:
    """Make one row; why that failed, or nothing."""
    try:
        with transaction.atomic():
            guessed = {field.name: _value(field) for field in _open(model)}
            model._base_manager.create(**guessed | KNOWN.get(model._meta.label, {}))
    except (DatabaseError, LookupError, TypeError, ValueError) as error:
        return str(error).splitlines()[0]
    return ""


def _open(model: type[models.Model]) -> list[models.Field]:
    """The fields that want a value and have none."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.has_default()
        and not isinstance(field, models.AutoField)
        and (not field.null or field.is_relation)
        and not (field.blank and field.empty_strings_allowed)
    ]


def _value(field: models.Field) -> Any:
    if field.is_relation:
        there = field.related_model._base_manager.order_by("pk").first()
        if there is None and not field.null:
            raise LookupError(f"{field.name} has nothing to point at")
        return there
    if field.choices:
        return next(value for value, _label in field.flatchoices if value != "")
    for kind, value in PLAIN:
        if isinstance(field, kind):
            return value() if callable(value) else value
    return "x"

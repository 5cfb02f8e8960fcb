"""Labels of admin-only fields, and Chinese translations that Django lacks.

Django derives a field's label from its name, in English only. Models label the fields that pages show; labels
of the others are set here, so that a label needs no migration.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

FIELD_LABELS = {
    "appeal": _("appeal"),
    "args": _("arguments"),
    "attempts": _("attempts"),
    "body": _("content"),
    "by": _("by"),
    "class_id": _("ID at iclass"),
    "copy_sha256": _("SHA-256 of the copy"),
    "created_at": _("created at"),
    "created_by": _("requested by"),
    "cursor": _("progress"),
    "digest": _("checksum"),
    "due_at": _("scheduled for"),
    "enterprise": _("school"),
    "evidence": _("evidence"),
    "fence": _("turn number"),
    "http_status": _("HTTP status"),
    "lane": _("queue"),
    "lease_owner": _("held by"),
    "lease_until": _("held until"),
    "lesson": _("lesson"),
    "md5": _("MD5"),
    "operation": _("operation"),
    "raw": _("raw content"),
    "refilled_at": _("refilled at"),
    "result": _("result"),
    "tokens": _("calls left"),
    "trial_of": _("state before the last trial"),
    "trial_until": _("on trial until"),
    "undone_at": _("revoked"),
    "undone_by": _("undone by"),
    "url": _("link at iclass"),
    "version": _("version"),
    "waits_for": _("waiting for"),
}

#: Messages of Django and Django REST framework without a Chinese translation; our catalogue has it.
MISSING_TRANSLATIONS = (
    _("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    _("A valid biginteger is required."),
    _("Add link"),
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _("Change or view list link"),
    _("Error:"),
    _("Forgotten your login credentials?"),
    _("In case you’ve forgotten, you are:"),
    _("Integer value too large to convert to float"),
    _("Model name"),
    _("Search"),
    _("The number of days must be between {min_days} and {max_days}."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)

#: Messages of Django whose Chinese translation has spaces, or reads like one word for word; ours replaces it.
REPLACED_TRANSLATIONS = (
    _(" By %(filter_title)s "),
    _("Add %(name)s"),
    _("Add %s"),
    _("Change %s"),
    _("Delete selected %(model)s"),
    _("Delete selected %(verbose_name_plural)s"),
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("View %s"),
)


def set_field_labels() -> None:
    """Set labels for our fields whose label Django derived from the name; migrations do not see them."""
    for config in apps.get_app_configs():
        if config.name in settings.LOCAL_APPS:
            for model in config.get_models():
                _set_model_field_labels(model)


def _set_model_field_labels(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.Field) and _has_generated_label(field) and field.name in FIELD_LABELS:
            field.verbose_name = FIELD_LABELS[field.name]


def _has_generated_label(field: Any) -> bool:
    return field._verbose_name is None

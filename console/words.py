"""Words that Django makes up or lacks: of columns that only its admin shows, and of its own pages in Chinese.

Django makes a column's heading of its name, in English alone. Models name what people see on pages; for the
rest the words stand here, so that a heading is no migration.
"""

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

OURS = ("accounts", "classes", "documents", "audit", "inbox", "jobs", "mirror", "notices", "outbox", "policy")

WORDS = {
    "appeal": _("appeal"),
    "args": _("arguments"),
    "attempts": _("attempts"),
    "body": _("content"),
    "by": _("by"),
    "class_id": _("number at iclass"),
    "copy_sha256": _("SHA-256 of the copy"),
    "created_at": _("made"),
    "created_by": _("asked for by"),
    "cursor": _("how far it came"),
    "digest": _("digest"),
    "due_at": _("due"),
    "enterprise": _("school"),
    "evidence": _("evidence"),
    "fence": _("number of the turn"),
    "hook_attempts": _("tries to tell the webhook"),
    "hook_due_at": _("webhook told next"),
    "http_status": _("HTTP status"),
    "lane": _("lane"),
    "lease_owner": _("held by"),
    "lease_until": _("held until"),
    "lesson": _("lesson"),
    "md5": _("MD5"),
    "operation": _("operation"),
    "raw": _("as it came"),
    "refilled_at": _("refilled"),
    "result": _("result"),
    "tokens": _("calls left"),
    "trial_until": _("on trial until"),
    "undone_at": _("taken back"),
    "undone_by": _("taken back by"),
    "url": _("address at iclass"),
    "version": _("version"),
    "waits_for": _("waits for"),
}

#: What Django and Django REST framework say and have no Chinese for; our catalogue has it.
LACKED = (
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


def name_columns() -> None:
    """Give the words to every field of ours whose heading Django made up; what a migration sees stays."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.get_fields():
                if isinstance(field, models.Field) and _made_up(field) and field.name in WORDS:
                    field.verbose_name = WORDS[field.name]


def _made_up(field: models.Field) -> bool:  # type: ignore[type-arg]
    return field._verbose_name is None  # type: ignore[attr-defined]

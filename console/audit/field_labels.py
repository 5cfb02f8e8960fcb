"""Labels of the fields in audit entries, and formatting of their values."""

import re
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.policy.token_scopes import scope_label

#: Label of the model of people, as entries have it.
PERSON_MODEL = settings.AUTH_USER_MODEL.lower()
#: Labels by name in the entry. Model fields use their verbose name instead.
FIELD_LABELS: dict[str, str | Promise] = {
    "absent": pgettext_lazy("fact", "absent teacher"),
    "added": pgettext_lazy("fact", "added"),
    "address": _("IP address"),
    "archived": pgettext_lazy("fact", "archived groups"),
    "terms": pgettext_lazy("fact", "added and changed terms"),
    "appeal": pgettext_lazy("fact", "appeal no."),
    "assistants": _("assistants"),
    "attached": _("Courseware"),
    "attachment": _("Attachment"),
    "begins_at": pgettext_lazy("fact", "start"),
    "by": pgettext_lazy("fact", "method"),
    "bytes": _("bytes"),
    "changed": pgettext_lazy("fact", "changed"),
    "chosen": pgettext_lazy("fact", "filters"),
    "complete": pgettext_lazy("fact", "complete"),
    "conflicts_allowed": pgettext_lazy("fact", "allowed conflicts"),
    "count": pgettext_lazy("fact", "number"),
    "covering": pgettext_lazy("fact", "covering teacher"),
    "days": pgettext_lazy("fact", "days"),
    "deactivated": pgettext_lazy("fact", "deactivated"),
    "digest": pgettext_lazy("fact", "digest"),
    "document": pgettext_lazy("fact", "courseware no."),
    "ends_at": pgettext_lazy("fact", "end"),
    "entry": pgettext_lazy("fact", "entry no."),
    "everything": _("a copy of everything"),
    "fields": pgettext_lazy("fact", "fields"),
    "ends_on": _("last day"),
    "file": _("file"),
    "format": pgettext_lazy("fact", "format"),
    "granted": pgettext_lazy("fact", "granted"),
    "group": pgettext_lazy("fact", "group"),
    "groups": pgettext_lazy("fact", "created groups"),
    "guest": pgettext_lazy("fact", "guest"),
    "grades": pgettext_lazy("fact", "groups with another grade"),
    "in_charge": pgettext_lazy("fact", "groups with a new teacher in charge"),
    "kept": pgettext_lazy("fact", "kept because they changed later"),
    "kind": pgettext_lazy("fact", "kind"),
    "left": pgettext_lazy("fact", "remaining"),
    "make_up": pgettext_lazy("fact", "make-up lesson no."),
    "lessons": _("lessons"),
    "locked": pgettext_lazy("fact", "locked"),
    "mark": pgettext_lazy("fact", "mark"),
    "marks": pgettext_lazy("fact", "marks"),
    "members": _("members"),
    "members_added": pgettext_lazy("fact", "added members"),
    "members_removed": pgettext_lazy("fact", "removed members"),
    "name": pgettext_lazy("fact", "name"),
    "order": pgettext_lazy("fact", "order"),
    "outcome": pgettext_lazy("fact", "outcome"),
    "password": _("password"),
    "people": pgettext_lazy("fact", "people"),
    "person": pgettext_lazy("fact", "person"),
    "reason": _("reason"),
    "warning_rules": _("warning rules"),
    "refused": pgettext_lazy("fact", "rejected"),
    "removed": pgettext_lazy("fact", "removed"),
    "report_schedules": _("reports by e-mail"),
    "report": pgettext_lazy("fact", "report"),
    "restored": pgettext_lazy("fact", "restored"),
    "revision": pgettext_lazy("fact", "revision"),
    "rows": _("rows"),
    "rules": pgettext_lazy("fact", "rules"),
    "samples_on": pgettext_lazy("fact", "engagement samples"),
    "requested_by": pgettext_lazy("fact", "requested by"),
    "scopes": pgettext_lazy("fact", "scopes"),
    "sdkappid": "SDKAppID",
    "sent_as": _("sent as"),
    "sessions": pgettext_lazy("fact", "sessions"),
    "sha256": "SHA-256",
    "since": pgettext_lazy("fact", "since"),
    "size": pgettext_lazy("fact", "size"),
    "starts_on": _("first day"),
    "state": _("state"),
    "students": _("students"),
    "taken_back": pgettext_lazy("fact", "taken back"),
    "table": pgettext_lazy("fact", "table"),
    "teacher": _("teacher"),
    "tic_key_previous": pgettext_lazy("fact", "previous API key"),
    "tracks": pgettext_lazy("fact", "tracks"),
    "unchanged": pgettext_lazy("fact", "unchanged"),
    "until": pgettext_lazy("fact", "until"),
    "user_id": _("user ID"),
    "user_ids": pgettext_lazy("fact", "user IDs"),
    "what": pgettext_lazy("fact", "content"),
    "year": pgettext_lazy("fact", "year"),
    "succeeded": pgettext_lazy("fact", "succeeded"),
    "apps": pgettext_lazy("fact", "apps"),
    # Personal data that was shown (record_data_access).
    "phone_no": _("phone"),
    "e_mail": _("e-mail"),
    "user_token": _("entry token"),
    "user_sig": _("chat signature"),
    "card": _("entry card"),
    "date_of_birth": _("date of birth"),
    "guardian": _("guardian"),
    "guardian_account": pgettext_lazy("fact", "account no."),
    "guardians": pgettext_lazy("fact", "guardians"),
    "relation": pgettext_lazy("fact", "relation"),
    "age_group": _("age group"),
    "consent": _("consent"),
}
#: Labels of the ways to hand over a password link.
DELIVERIES: dict[str, str | Promise] = {"card": _("printed card"), "email": _("e-mail")}

#: Labels of the ways to sign in.
SIGN_IN_METHODS: dict[str, str | Promise] = {
    "password": pgettext_lazy("fact", "password"),
    "link": pgettext_lazy("fact", "password link"),
    "sso": pgettext_lazy("fact", "single sign-on"),
    "code": pgettext_lazy("fact", "second factor"),
    "recovery": pgettext_lazy("fact", "recovery code"),
    "passkey": pgettext_lazy("fact", "passkey"),
}
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def field_label(object_type: str, name: str) -> str:
    """Return the label of a field: its verbose name, or that of FIELD_LABELS, or the name itself."""
    field = _model_field(object_type, name)
    if field is not None and name not in ("groups", "students"):
        return str(getattr(field, "verbose_name", name))
    return str(FIELD_LABELS.get(name, name))


def format_value(object_type: str, name: str, value: Any) -> Any:
    """Return a value with labels for choices, fields and scopes, and times in the active time zone."""
    if name == "fields" and isinstance(value, list):
        return [field_label(object_type or PERSON_MODEL, field) for field in value]
    if name == "scopes" and isinstance(value, list):
        return [scope_label(scope) for scope in value]
    if not isinstance(value, str):
        return value
    if _TIMESTAMP.fullmatch(value):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M:%S}"
    if name == "by":
        return str(SIGN_IN_METHODS.get(value, value))
    if name == "sent_as":
        return str(DELIVERIES.get(value, value))
    choices = getattr(_model_field(object_type, name), "flatchoices", None) or ()
    return str(dict(choices).get(value, value))


def _model_field(object_type: str, name: str) -> Any:
    try:
        return apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist, ValueError):
        return None

"""Words for what an entry names besides columns of its thing, and for values that are words of a machine."""

import re
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.policy.tokenscopes import in_words

PERSON = "accounts.user"
#: By the name that stands in the entry; a column of the thing has the words of its form instead.
FACTS: dict[str, str | Promise] = {
    "added": pgettext_lazy("fact", "added"),
    "address": _("address"),
    "appeal": pgettext_lazy("fact", "appeal no."),
    "assistants": _("assistants"),
    "attached": _("Courseware"),
    "begins_at": pgettext_lazy("fact", "begins"),
    "by": pgettext_lazy("fact", "way"),
    "bytes": _("bytes"),
    "changed": pgettext_lazy("fact", "changed"),
    "chosen": pgettext_lazy("fact", "narrowed to"),
    "conflicts_allowed": pgettext_lazy("fact", "conflicts allowed"),
    "days": pgettext_lazy("fact", "days"),
    "deactivated": pgettext_lazy("fact", "deactivated"),
    "digest": pgettext_lazy("fact", "digest"),
    "document": pgettext_lazy("fact", "courseware no."),
    "ends_at": pgettext_lazy("fact", "ends"),
    "entry": pgettext_lazy("fact", "entry no."),
    "fields": pgettext_lazy("fact", "fields"),
    "file": _("file"),
    "format": pgettext_lazy("fact", "format"),
    "granted": pgettext_lazy("fact", "granted"),
    "group": pgettext_lazy("fact", "group"),
    "groups": pgettext_lazy("fact", "groups made"),
    "guest": pgettext_lazy("fact", "guest"),
    "in_charge": pgettext_lazy("fact", "groups with another person in charge"),
    "kept": pgettext_lazy("fact", "changed since, kept"),
    "kind": pgettext_lazy("fact", "kind"),
    "left": pgettext_lazy("fact", "left"),
    "lessons": _("lessons"),
    "locked": pgettext_lazy("fact", "locked"),
    "mark": pgettext_lazy("fact", "mark"),
    "marks": pgettext_lazy("fact", "marks"),
    "members": _("members"),
    "members_added": pgettext_lazy("fact", "members added"),
    "members_removed": pgettext_lazy("fact", "members removed"),
    "name": pgettext_lazy("fact", "name"),
    "order": pgettext_lazy("fact", "order"),
    "outcome": pgettext_lazy("fact", "outcome"),
    "password": _("password"),
    "people": pgettext_lazy("fact", "people"),
    "person": pgettext_lazy("fact", "person"),
    "reason": _("reason"),
    "refused": pgettext_lazy("fact", "refused"),
    "removed": pgettext_lazy("fact", "removed"),
    "report": pgettext_lazy("fact", "report"),
    "restored": pgettext_lazy("fact", "restored"),
    "revision": pgettext_lazy("fact", "revision"),
    "rows": _("rows"),
    "rules": pgettext_lazy("fact", "rules"),
    "samples_on": pgettext_lazy("fact", "engagement samples"),
    "scopes": pgettext_lazy("fact", "scopes"),
    "sdkappid": "SDKAppID",
    "sessions": pgettext_lazy("fact", "sessions"),
    "sha256": "SHA-256",
    "size": pgettext_lazy("fact", "size"),
    "state": _("state"),
    "students": _("students"),
    "teacher": _("teacher"),
    "tic_key_previous": pgettext_lazy("fact", "previous API key"),
    "tracks": pgettext_lazy("fact", "tracks"),
    "unchanged": pgettext_lazy("fact", "unchanged"),
    "until": pgettext_lazy("fact", "until"),
    "user_id": _("user id"),
    "user_ids": pgettext_lazy("fact", "user ids"),
    "what": pgettext_lazy("fact", "what"),
    "year": pgettext_lazy("fact", "year"),
    # What people see of others (record_seen).
    "phone_no": _("phone"),
    "e_mail": _("e-mail"),
    "user_token": _("entry token"),
    "user_sig": _("signature for the chat"),
    "card": _("entry card"),
}
#: How somebody signed in.
WAYS: dict[str, str | Promise] = {
    "password": pgettext_lazy("fact", "password"),
    "sso": pgettext_lazy("fact", "single sign-on"),
    "code": pgettext_lazy("fact", "second factor"),
    "recovery": pgettext_lazy("fact", "recovery code"),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def heading(object_type: str, name: str) -> str:
    """What an entry names, as the form of its thing has it, else of FACTS; else as it is written."""
    field = _field(object_type, name)
    if field is not None and name not in ("groups", "students"):
        return str(getattr(field, "verbose_name", name))
    return str(FACTS.get(name, name))


def worded(object_type: str, name: str, value: Any) -> Any:
    """A value with the words of its choice, of the fields that it names, or of the clock of the school."""
    if name == "fields" and isinstance(value, list):
        return [heading(object_type or PERSON, one) for one in value]
    if name == "scopes" and isinstance(value, list):
        return [in_words(one) for one in value]
    if not isinstance(value, str):
        return value
    if _MOMENT.fullmatch(value):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M:%S}"
    if name == "by":
        return str(WAYS.get(value, value))
    choices = getattr(_field(object_type, name), "flatchoices", None) or ()
    return str(dict(choices).get(value, value))


def _field(object_type: str, name: str) -> Any:
    try:
        return apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist, ValueError):
        return None

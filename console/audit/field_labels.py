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

from console.audit.value_labels import fact_label
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
    "digest": pgettext_lazy("fact", "checksum"),
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
    "sdkappid": _("School's number (SDKAppID)"),
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
    "answer": pgettext_lazy("fact", "answer"),
    "attach": pgettext_lazy("fact", "attached to e-mails"),
    "callback_token": pgettext_lazy("fact", "callback address"),
    "cancelled": pgettext_lazy("fact", "cancelled"),
    "claim": pgettext_lazy("fact", "field of the account"),
    "colour": _("colour"),
    "columns": pgettext_lazy("fact", "fields"),
    "counts_as": _("counts as"),
    "courses": _("courses"),
    "day": _("day"),
    "differences": pgettext_lazy("fact", "differences"),
    "event": _("event"),
    "every": _("how often"),
    "filename": _("file"),
    "from": pgettext_lazy("fact", "from this lesson on"),
    "grade": _("grade"),
    "groups_added": pgettext_lazy("fact", "added groups"),
    "groups_removed": pgettext_lazy("fact", "removed groups"),
    "guardians_added": pgettext_lazy("fact", "added guardians"),
    "guardians_changed": pgettext_lazy("fact", "changed guardians"),
    "heads": pgettext_lazy("fact", "heads of grade"),
    "holiday": _("holiday"),
    "host": pgettext_lazy("fact", "server"),
    "how": pgettext_lazy("fact", "how"),
    "is_on": pgettext_lazy("fact", "turned on"),
    "is_shared": pgettext_lazy("fact", "shared"),
    "leavers": pgettext_lazy("fact", "leaving students"),
    "length": pgettext_lazy("fact", "new length (minutes)"),
    "letters": _("code"),
    "like": pgettext_lazy("fact", "taken from"),
    "links": pgettext_lazy("fact", "unlinked accounts"),
    "list_name": _("list"),
    "minutes": pgettext_lazy("fact", "moved by (minutes)"),
    "moved": pgettext_lazy("fact", "moved"),
    "ours": pgettext_lazy("fact", "in the console"),
    "owner": _("owner"),
    "position": _("position"),
    "promoted": pgettext_lazy("fact", "promoted groups"),
    "provider": _("identity provider"),
    "recipients": _("recipients"),
    "role": _("role"),
    "scope": pgettext_lazy("fact", "applies to"),
    "starts_at": pgettext_lazy("fact", "start"),
    "teachers": _("teachers"),
    "term": _("term"),
    "theirs": pgettext_lazy("fact", "at iclass"),
    "told_attendance": pgettext_lazy("fact", "told of attendance"),
    "tone": _("colour"),
    "url": _("address"),
    "uses": pgettext_lazy("fact", "marks with this code"),
    "value": pgettext_lazy("fact", "value"),
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
#: Labels of what was erased with a person (`console.audit.personal_data.register_scrubber`).
ERASED_LABELS: dict[str, str | Promise] = {
    "callbacks": _("Incoming events"),
    "calls": pgettext_lazy("fact", "calls"),
    "consents": pgettext_lazy("fact", "consents"),
    "differences": pgettext_lazy("fact", "differences"),
    "erasure_requests": pgettext_lazy("fact", "erasure requests"),
    "evidence": pgettext_lazy("fact", "evidence of attendance"),
    "exports": pgettext_lazy("fact", "exports"),
    "follow_ups": pgettext_lazy("fact", "follow-ups"),
    "guardians": pgettext_lazy("fact", "guardians"),
    "imports": pgettext_lazy("fact", "imports"),
    "judgements": pgettext_lazy("fact", "reasons of marks"),
    "keys": pgettext_lazy("fact", "keys of personal data"),
    "leave_files": pgettext_lazy("fact", "files of leave"),
    "notes": pgettext_lazy("fact", "notes"),
    "notices": pgettext_lazy("fact", "notifications"),
    "operations": pgettext_lazy("fact", "operations"),
    "pictures": pgettext_lazy("fact", "pictures"),
    "register": pgettext_lazy("fact", "rows of registers"),
    "roster": pgettext_lazy("fact", "OneRoster rows"),
    "samples": pgettext_lazy("fact", "engagement samples"),
    "saved_views": pgettext_lazy("fact", "saved views"),
    "scheduled_exports": pgettext_lazy("fact", "scheduled exports"),
    "sign_in": pgettext_lazy("fact", "ways to sign in"),
    "subjects": pgettext_lazy("fact", "subjects"),
    "tables_log": pgettext_lazy("fact", "rows of the admin log"),
    "webhook_answers": pgettext_lazy("fact", "answers to webhooks"),
    "waiting_marks": pgettext_lazy("fact", "marks on Today"),
}
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
#: Lists of names of fields.
_FIELD_LISTS = ("columns", "fields")


def field_label(object_type: str, name: str) -> str:
    """Return the label of a field: its verbose name, or that of FIELD_LABELS, or the name itself."""
    label = getattr(model_field(object_type, name), "verbose_name", None)
    if label is None or name in ("groups", "students"):
        label = FIELD_LABELS.get(name) or ERASED_LABELS.get(name, name)
    return str(label)


def format_value(object_type: str, name: str, value: Any) -> Any:
    """Return a value with labels for choices, fields and scopes, and times in the active time zone."""
    if isinstance(value, list):
        return [_format_item(object_type, name, item) for item in value]
    return _format_item(object_type, name, value)


def model_field(object_type: str, name: str) -> Any:
    """Return the field of a model label, None if there is none; `name` may be that of its column."""
    try:
        return apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist, ValueError):
        return None


def _format_item(object_type: str, name: str, item: Any) -> Any:
    choices = getattr(model_field(object_type, name), "flatchoices", None)
    if choices and isinstance(item, str | int) and item in dict(choices):
        return str(dict(choices)[item])
    if not isinstance(item, str):
        return item
    if name in _FIELD_LISTS:
        return field_label(object_type or PERSON_MODEL, item)
    if name == "scopes":
        return scope_label(item)
    if name == "uses":  # a mark, or a mark and a reason
        return " · ".join(fact_label(name, part) for part in item.split("."))
    if _TIMESTAMP.fullmatch(item):
        return f"{timezone.localtime(datetime.fromisoformat(item)):%Y-%m-%d %H:%M:%S}"
    return fact_label(name, item)

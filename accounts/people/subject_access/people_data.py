"""What the console holds about people in the tables of accounts, for the subject-access export."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Avatar, PeopleImportRow, RosterRow, SourcedId
from accounts.people.guardian_notices.sections import notice_text
from accounts.sign_in.verified_addresses import is_verified
from console.audit.held_data import HeldFile, Subject, register_exclusion, register_holding
from console.policy import may

SOURCED_ID = _("ID in the student information system")


def _picture(row: Avatar) -> Iterable[HeldFile]:
    name, content = f"picture.{row.kind}", bytes(row.content)
    yield HeldFile(name, name, len(content), lambda: content)


def _import_rows(person: Any) -> Any:
    rows = PeopleImportRow.objects.filter(enterprise=person.enterprise_id)
    return rows.filter(person=person) | rows.filter(user_id=person.user_id)


def _sourced_ids(person: Any) -> Any:
    links = SourcedId.objects.filter(enterprise=person.enterprise_id, kind=SourcedId.Kind.USER)
    return links.filter(target=person.pk)


def _refused_lines(person: Any) -> Any:
    rows = RosterRow.objects.filter(enterprise=person.enterprise_id)
    return rows.filter(about__in=_sourced_ids(person).values("sourced_id"))


def _of_guardian(column: str) -> Callable[[Any, Subject], str | None]:
    """Return a sealed value about a guardian in clear, for readers who may list guardians."""

    def reveal(row: Any, subject: Subject) -> str | None:
        value = getattr(row, column)
        return value.reveal() if value and may(subject.reader, "list", "guardian") else None

    return reveal


def _values_at_iclass(row: Any, subject: Subject) -> Any:
    return row.observed


register_holding(
    "accounts.User",
    found_by=("pk",),
    without=("password", "is_superuser"),
    values={
        "observed": _values_at_iclass,
        "verified_e_mail": lambda row, _subject: is_verified(row),
        "date_of_birth": lambda row, _subject: row.date_of_birth.reveal() if row.date_of_birth else None,
    },
    labels={"last_login": _("last signed in")},
)
register_holding(
    "accounts.Consent",
    found_by=("person",),
    actors=("by",),
    values={"guardian": _of_guardian("guardian")},
)
register_holding(
    "accounts.GroupMembership", found_by=("student",), labels={"": _("Groups"), "group": _("group")}
)
register_holding(
    "accounts.TeacherInCharge",
    found_by=("teacher",),
    actors=("created_by",),
    labels={
        "": _("Groups and grades in charge"),
        "group": _("group"),
        "grade": _("grade"),
        "kind": pgettext_lazy("teacher in charge", "kind"),
    },
)
register_holding("accounts.StudentNote", found_by=("person",), actors=("by",), resource="note")
register_holding(
    "accounts.Avatar",
    found_by=("person",),
    without=("token",),
    labels={"": _("Picture"), "kind": _("format"), "made_at": pgettext_lazy("fact", "added")},
    files=_picture,
)
register_holding(
    "accounts.Guardian",
    found_by=("person",),
    without=("known_as",),
    values={name: _of_guardian(name) for name in ("name", "phone_no", "e_mail")},
    resource="guardian",
)
register_holding(
    "accounts.GuardianNotice",
    found_by=("guardian__person",),
    without=(
        *("guardian", "lessons", "corrected", "warnings", "withdrawn"),
        *("answer", "reason", "attempted_at", "delivery_due_at", "delivery_attempts"),
    ),
    values={"text": lambda row, _subject: [text._asdict() for text in notice_text(row)]},
    labels={"text": _("text")},
    related=("guardian__person", "enterprise"),
    resource="guardian",
)
register_holding(
    "accounts.PeopleImportGuardian",
    found_by=("guardian__person",),
    without=("row", "guardian"),
    values={"before": lambda row, _subject: json.loads(row.before.reveal()) if row.before else None},
    labels={"": _("Guardians before an import"), "before": _("before")},
    resource="guardian",
)
register_holding(
    "accounts.GuardianAccount",
    found_by=("guardians__person",),
    without=("password", "name_digest", "session_epoch"),
    values={name: _of_guardian(name) for name in ("sign_in_name", "e_mail")},
    resource="guardian",
)
register_holding(
    "accounts.GuardianSession",
    found_by=("account__guardians__person",),
    without=("account", "session_key"),
    resource="guardian",
)
register_holding(
    "accounts.GuardianInvitation",
    found_by=("guardian__person",),
    actors=("created_by",),
    without=("mail_due_at", "mail_attempts"),
    resource="guardian",
)
register_holding("accounts.PasswordLink", found_by=("person",), actors=("created_by",), without=("sent_to",))
register_holding("accounts.PasswordRequest", found_by=("person",), without=("login",))
register_holding(
    "accounts.IdentityLink", found_by=("person",), labels={"session_ids": pgettext_lazy("fact", "sessions")}
)
register_holding("accounts.KnownDevice", found_by=("person",), without=("digest",))
register_holding(
    "accounts.PeopleImportRow",
    found_by=("person",),
    rows=_import_rows,
    without=("source", "twin", "operation", "named"),
    resource="import",  # the cells of a line name guardians, too
    values={"before": lambda row, _subject: row.before, "after": lambda row, _subject: row.after},
    labels={
        "before": _("before"),
        "after": _("after"),
        "cells": _("cells of the file"),
        "claims": _("groups in charge"),
        "undone": _("undone"),
    },
)
register_holding(
    "accounts.SourcedId",
    found_by=("target",),
    rows=_sourced_ids,
    without=("kind", "title"),
    labels={"": SOURCED_ID, "sourced_id": SOURCED_ID},
)
register_holding(
    "accounts.RosterRow",
    found_by=("about",),
    rows=_refused_lines,
    without=("source", "kind", "target", "facts", "before", "after", "named"),
    resource="import",
    labels={
        "": _("Refused lines of OneRoster imports"),
        "sourced_id": SOURCED_ID,
        "reason": _("Reason"),
    },
)
# The role and the group are those that were filtered by. Reason and file may name others.
register_holding(
    "accounts.Export",
    found_by=("by",),
    without=("job", "person", "reason", "filename"),
    labels={
        "": _("Exports requested"),
        "groups": _("groups only"),
        "group": _("group"),
        "language": _("language"),
    },
)

register_holding(
    "accounts.ErasureRequest",
    found_by=("person",),
    actors=("requested_by", "answered_by"),
    resource="erasure",
)

register_exclusion("accounts.PeopleImport", _("Who imported what is in the audit trail."))
register_exclusion("accounts.PeopleExportChunk", _("Files that were made for others and expire."))
register_exclusion("accounts.StudentGroup", _("A group is not a person; who belongs to it is listed."))
register_exclusion("accounts.Enterprise", _("Data of the school, not of a person."))
register_exclusion("accounts.RosterConnection", _("Settings of the school, not data of a person."))
register_exclusion(
    "accounts.RosterPage",
    _("What a OneRoster service says is kept for minutes, before it is known of whom; then it is an import."),
)
register_exclusion("accounts.IdentityProvider", _("Settings of the school, not data of a person."))
register_exclusion(
    "accounts.SamlSignIn",
    _("Sign-ins under way: what a provider asserted is kept for two minutes, before it is known of whom."),
)
register_exclusion("accounts.GuardianNoticeSettings", _("Settings of the school, not data of a person."))
register_exclusion("accounts.GuardianPasswordRequest", _("Checksums under a key, deleted within minutes."))
register_exclusion("accounts.Visit", _("Operators belong to no school; their visits are in the audit trail."))
register_exclusion("accounts.SignInThrottle", _("Counters under a key from which no person can be told."))

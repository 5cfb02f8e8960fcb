"""What waits: forgotten passwords and requests to erase a person; and the groups in the reader's charge."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import ErasureRequest, PasswordRequest, TeacherInCharge
from accounts.people.charges import charges_now
from accounts.people.erasure_requests import requests_to_answer
from accounts.sign_in import forgotten_passwords
from console.policy import may
from console.ui.waiting import Listing, WaitingRow, register_waiting


def _erasures_to_answer(reader: Any) -> list[QuerySet[ErasureRequest]]:
    return [requests_to_answer(reader)]


def _own_groups(reader: Any) -> list[QuerySet[TeacherInCharge]]:
    """Return the groups and grades; a head has the page also while the grade has no group.

    Every page asks for it, so it reads the charges alone and not the groups that follow from them.
    """
    return [charges_now(reader)] if may(reader, "list", "own_group") else []


def _password_row(request: PasswordRequest) -> WaitingRow:
    person: Any = request.person  # a request that administrators see has one
    return WaitingRow(str(person), person.get_absolute_url(), person.user_id, request.asked_at)


def _erasure_row(request: ErasureRequest) -> WaitingRow:
    url = reverse("accounts:erasure", args=[request.pk])
    return WaitingRow(str(request.person), url, request.reason, request.requested_at)


register_waiting(
    "password_requests",
    lambda reader: [forgotten_passwords.requests_to_answer(reader)],
    ngettext_lazy("%(n)d forgotten password", "%(n)d forgotten passwords", "n"),
    Listing(
        place=60,
        icon="key",
        tone="warn",
        act=_("Create password links"),
        url=lambda: reverse("accounts:password_links"),
        row=_password_row,
        related=("person",),
        order=("asked_at", "id"),
    ),
)
register_waiting(
    "own_groups",
    _own_groups,
    ngettext_lazy("%(n)d group or grade in your charge", "%(n)d groups and grades in your charge", "n"),
)
register_waiting(
    "erasures",
    _erasures_to_answer,
    ngettext_lazy("%(n)d erasure to confirm", "%(n)d erasures to confirm", "n"),
    Listing(
        place=61,
        icon="eraser",
        tone="warn",
        act=_("Answer"),
        url=lambda: reverse("accounts:erasures"),
        row=_erasure_row,
        related=("person",),
        order=("requested_at", "id"),
    ),
)

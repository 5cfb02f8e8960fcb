"""Counts for the menu: requests to erase a person, forgotten passwords, groups in the reader's charge."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from accounts.models import ErasureRequest, TeacherInCharge
from accounts.people.charges import charges_now
from accounts.people.erasure_requests import requests_to_answer
from accounts.sign_in import forgotten_passwords
from console.policy import may
from console.ui.menu_counts import register_menu_count


def _erasures_to_answer(reader: Any) -> list[QuerySet[ErasureRequest]]:
    return [requests_to_answer(reader)]


def _own_groups(reader: Any) -> list[QuerySet[TeacherInCharge]]:
    """Return the groups and grades; a head has the page also while the grade has no group.

    Every page asks for it, so it reads the charges alone and not the groups that follow from them.
    """
    return [charges_now(reader)] if may(reader, "list", "own_group") else []


register_menu_count(
    "password_requests",
    lambda reader: [forgotten_passwords.requests_to_answer(reader)],
    ngettext_lazy("%(n)d forgotten password", "%(n)d forgotten passwords", "n"),
)
register_menu_count(
    "own_groups",
    _own_groups,
    ngettext_lazy("%(n)d group or grade in your charge", "%(n)d groups and grades in your charge", "n"),
)
register_menu_count(
    "erasures",
    _erasures_to_answer,
    ngettext_lazy("%(n)d erasure to confirm", "%(n)d erasures to confirm", "n"),
)

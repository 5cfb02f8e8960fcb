"""Checklist of what a school needs to create lessons at iclass."""

from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.school.connection_state import callback_state, held_reason, is_licence_over
from console.outbox.gates import KEY_HOLD_REASONS


class ReadinessItem(NamedTuple):
    """`tone` is ok, warn (restrictions) or bad (no lesson can be created); `next` is the next step."""

    tone: str
    message: str | Promise
    next: str | Promise = ""


def readiness_items(school: Enterprise) -> list[ReadinessItem]:
    """Return all items, in the order in which to fix them."""
    return [
        _check_api_key(school),
        _check_licence(school),
        _check_private_key(school),
        _check_admin_id(),
        _check_callbacks(school),
    ]


def blocking_items(school: Enterprise) -> list[ReadinessItem]:
    """Return the items that prevent the creation of lessons."""
    return [item for item in readiness_items(school) if item.tone == "bad"]


def missing_keys(school: Enterprise) -> list[ReadinessItem]:
    """Return the items for a missing private key or IM administrator ID."""
    return [item for item in (_check_private_key(school), _check_admin_id()) if item.tone == "bad"]


def _check_api_key(school: Enterprise) -> ReadinessItem:
    if held_reason(school) in KEY_HOLD_REASONS:
        return ReadinessItem(
            "bad", _("iclass rejects the API key."), _("Enter the key that iclass issued to you.")
        )
    if school.observed_at is None:
        return ReadinessItem(
            "warn", _("The school has not been checked at iclass yet."), _("Test the connection.")
        )
    return ReadinessItem("ok", _("iclass accepts the API key."))


def _check_licence(school: Enterprise) -> ReadinessItem:
    if is_licence_over(school):
        return ReadinessItem(
            "bad", _("The licence has expired."), _("Ask iclass to renew it, then pull from iclass.")
        )
    return ReadinessItem("ok", _("The licence is valid."))


def _check_private_key(school: Enterprise) -> ReadinessItem:
    if not school.private_key:
        return ReadinessItem(
            "bad",
            _("The private key is missing, so lessons cannot be created at iclass."),
            _("Pull the school's data from iclass. It includes the private key."),
        )
    return ReadinessItem("ok", _("The private key is set."))


def _check_admin_id() -> ReadinessItem:
    if not settings.ICLASS_ADMIN_ID:
        return ReadinessItem(
            "bad",
            _("The ID of the chat administrator is missing, so lessons cannot be created at iclass."),
            _("Ask your operator to set ICLASS_ADMIN_ID."),
        )
    return ReadinessItem("ok", _("The ID of the chat administrator is set."))


def _check_callbacks(school: Enterprise) -> ReadinessItem:
    if callback_state(school) in ("ours", "sending"):
        return ReadinessItem("ok", _("iclass sends events to the console."))
    return ReadinessItem(
        "warn", _("iclass does not send events to the console."), _("Use the console's address.")
    )

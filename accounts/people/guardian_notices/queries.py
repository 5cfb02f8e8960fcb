"""Notices of a guardian, and what became of their e-mails."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Guardian, GuardianNotice, User
from accounts.people.guardian_notices.sections import SectionText, notice_text
from console.notifications.channels.answers import REASONS, waiting_text
from console.notifications.channels.models import Delivery
from console.notifications.channels.queue import STOPPED

#: Why a notice did not leave, besides what other messages have in common.
NOTICE_REASONS: dict[str, str | Promise] = {
    "no_mail": gettext_lazy("no mail address"),
    "no_server": gettext_lazy("The console has no mail server."),
    "not_told": gettext_lazy("This guardian is not told about attendance."),
    "no_consent": gettext_lazy("There is no consent to it."),
    "inactive": gettext_lazy("The student is deactivated."),
}
NEWEST_FIRST = ("-day", "-id")


class ListedNotice(NamedTuple):
    """A notice as pages show it."""

    pk: int
    day: date
    sections: list[SectionText]


class NoticeState(NamedTuple):
    """A notice with what became of its e-mail, in words. `again`: a person may try again."""

    notice: GuardianNotice
    text: str
    again: bool

    @property
    def sections(self) -> list[SectionText]:
        """What the notice says, in the active language."""
        return notice_text(self.notice)


def notices_of(guardian: Guardian) -> QuerySet[GuardianNotice]:
    """Return what a guardian was told, the newest first.

    Also what did not leave by e-mail: the page of the guardian shows it all the same.
    """
    rows = GuardianNotice.objects.filter(guardian=guardian).order_by(*NEWEST_FIRST)
    return rows.select_related("enterprise", "guardian__person")


def listed_notices(notices: Iterable[GuardianNotice]) -> list[ListedNotice]:
    """Return notices as pages show them, in the active language."""
    return [ListedNotice(row.pk, row.day, notice_text(row)) for row in notices]


def notices_about(student: User) -> QuerySet[GuardianNotice]:
    """Return the notices to all guardians of a student, the newest first."""
    rows = GuardianNotice.objects.filter(guardian__person=student).order_by(*NEWEST_FIRST)
    return rows.select_related("guardian__person", "enterprise")


def states_by_guardian(notices: Iterable[GuardianNotice]) -> dict[int, list[NoticeState]]:
    """Return the states of notices by guardian."""
    found: dict[int, list[NoticeState]] = {}
    for state in with_states(notices):
        found.setdefault(state.notice.guardian_id, []).append(state)
    return found


def not_delivered(school: Any) -> QuerySet[GuardianNotice]:
    """Return the notices of a school that did not leave, the newest first."""
    rows = GuardianNotice.objects.filter(enterprise=school, delivery__in=STOPPED)
    return rows.select_related("guardian__person", "enterprise").order_by("-id")


def with_states(notices: Iterable[GuardianNotice]) -> list[NoticeState]:
    """Return notices with what became of them."""
    return [
        NoticeState(row, state_text(row), row.delivery in STOPPED and bool(row.guardian.e_mail))
        for row in notices
    ]


def state_text(notice: GuardianNotice) -> str:
    """Return what became of an e-mail, with the reason: "delivered", "refused: …", "no mail address"."""
    label = str(Delivery(notice.delivery).label)
    if notice.delivery == Delivery.DELIVERED:
        return label
    if notice.delivery == Delivery.WAITING and not notice.answer and not notice.reason:
        return waiting_text(notice.delivery_due_at)
    reason = str(NOTICE_REASONS.get(notice.reason) or REASONS.get(notice.reason, ""))
    if notice.reason == "no_mail":
        return reason
    detail = notice.answer or reason
    return _("%(state)s: %(detail)s") % {"state": label, "detail": detail} if detail else label

"""A mail server that accepts nothing."""

from collections.abc import Sequence
from smtplib import SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from classes.attendance.reports.schedules.delivery import send_due_reports
from classes.models import ReportSchedule


class EmailBackend(BaseEmailBackend):
    """Fails each time, as a server that is down."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        raise SMTPServerDisconnected("gone")


class SlowEmailBackend(BaseEmailBackend):
    """Hangs once and then fails; meanwhile its next date comes, and another worker sends the report."""

    hung = False

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        if SlowEmailBackend.hung:
            return len(email_messages)
        SlowEmailBackend.hung = True
        ReportSchedule.objects.update(due_at=timezone.now())
        send_due_reports()
        raise SMTPServerDisconnected("gone")

"""Send the reports that are due, each with the rights that its recipient has at that moment.

E-mail and file have numbers only: no names and no marks of single students leave the console by e-mail. The
e-mail links to the report with the names, which needs sign-in.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.forms import HiddenInput
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from classes.attendance.reports.files import report_workbook
from classes.attendance.reports.registry import SCHOOL
from classes.attendance.reports.schedules.filters import filter_form, other_filters, subject_of
from classes.attendance.reports.schedules.reports import MAILED
from classes.attendance.reports.schedules.services import last_days, next_due, stop_reason
from classes.attendance.reports.school import group_report
from classes.attendance.reports.sheet import ReportSheet, format_value
from classes.models import ReportSchedule
from console.audit.trail import record
from console.notifications.channels.mail_server import mail_is_set_up, send_email
from console.policy.database_scope import use_scope_of
from console.sheets.download import CONTENT_TYPES, safe_filename
from console.ui.date_words import in_words
from console.ui.template_tags import percent
from console.vault.keyring import VaultError

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 2
RETRY_DELAY = timedelta(minutes=10)
Reason, Result = ReportSchedule.Reason, ReportSchedule.Result


def send_due_reports() -> int:
    """Send the due reports; return how many were attempted."""
    done = 0
    while (schedule := _claim_schedule()) is not None:
        _send_report(schedule)
        done += 1
    return done


@transaction.atomic
def _claim_schedule() -> ReportSchedule | None:
    """Return a due schedule. Its next time is stored before, so that a killed process sends nothing twice.

    A report that only a newer version has is left to a worker of that version.
    """
    due = ReportSchedule.objects.filter(is_on=True, due_at__lte=timezone.now(), report__in=MAILED)
    locked = due.order_by("due_at", "pk").select_for_update(of=("self",), skip_locked=True)
    schedule = locked.select_related("enterprise", "person__enterprise", "group", "grade").first()
    if schedule is None:
        return None
    # A run that was killed leaves its attempt behind; only a planned retry counts on.
    schedule.attempts = schedule.attempts + 1 if schedule.result == Result.WAITING else 1
    schedule.result, schedule.reason = Result.SENDING, Reason.NONE
    schedule.due_at = next_due(schedule.every, timezone.now(), schedule.enterprise.tz)
    schedule.save(update_fields=["attempts", "result", "reason", "due_at"])
    return schedule


def _send_report(schedule: ReportSchedule) -> None:
    if reason := stop_reason(schedule):
        _stop(schedule, reason)
        return
    if not mail_is_set_up():
        _set_result(schedule, Result.FAILED, reason=Reason.NO_MAIL, attempts=0)
        return
    try:
        email = build_report_email(schedule)
        email.message()  # an address that no header can hold fails here
    except Exception:  # whatever it is: the next schedule must not wait for it
        log.exception("the report of schedule %s could not be made", schedule.pk)
        _retry(schedule, Reason.REPORT)
        return
    try:
        send_email(email)
    except (SMTPException, OSError, VaultError) as error:
        log.warning("the report of schedule %s was not sent: %s", schedule.pk, type(error).__name__)
        _retry(schedule, Reason.MAIL)
        return
    with transaction.atomic():
        _set_result(schedule, Result.SENT, sent_at=timezone.now(), attempts=0)
        record("report_schedule.send", schedule, by=None, after={"person": schedule.person.user_id})


def _retry(schedule: ReportSchedule, reason: ReportSchedule.Reason) -> None:
    """Plan another attempt, or show that there is none left until the next date."""
    if schedule.attempts < MAX_ATTEMPTS:
        _set_result(schedule, Result.WAITING, reason=reason, due_at=timezone.now() + RETRY_DELAY)
    else:
        _set_result(schedule, Result.FAILED, reason=reason, attempts=0)


@transaction.atomic
def _stop(schedule: ReportSchedule, reason: ReportSchedule.Reason) -> None:
    if _set_result(schedule, Result.STOPPED, reason=reason, is_on=False, attempts=0):
        record("report_schedule.stop", schedule, by=None, reason=str(reason.label))


def _set_result(schedule: ReportSchedule, result: ReportSchedule.Result, **fields: Any) -> bool:
    """Store the result of a sending, unless another worker or a person has ended it since."""
    sending = ReportSchedule.objects.filter(pk=schedule.pk, result=Result.SENDING)
    return bool(sending.update(result=result, **fields))


def _link_of(schedule: ReportSchedule, form: Any) -> str:
    """Return the address of the report with its filters and days."""
    names = (*MAILED[schedule.report].asks, "since", "until")
    query = {name: form.data[name] for name in names if name in form.fields and form.data.get(name)}
    if schedule.group:
        return _url("classes:report_group", group=schedule.group.pk, **query)
    return _url(f"classes:report_{schedule.report}", **query)


def _hide_teacher(schedule: ReportSchedule, form: Any) -> list[tuple[str, str]]:
    """Return the filters for the e-mail; neither it nor its file names a teacher."""
    hidden = []
    if form.cleaned_data.get("teacher"):
        hidden = [(str(form.fields["teacher"].label), _("one, named in the report"))]
        form.fields["teacher"].widget = HiddenInput()
    return [*other_filters(schedule, form), *hidden]


def _totals(schedule: ReportSchedule, sheet: ReportSheet) -> list[tuple[str, str]]:
    """Return label and value of the total row; of a report without one, how many rows it has."""
    if not MAILED[schedule.report].has_total:
        return [(schedule.title, f"{len(sheet.rows)}{'+' if sheet.cut else ''}")]
    return [
        (str(one.label), f"{format_value(sheet.total[one.key], one.kind) or '—'}")
        for one in sheet.columns
        if one.key in sheet.total
    ]


def build_report_email(schedule: ReportSchedule) -> EmailMessage:
    """Return the e-mail in the language of its recipient, with what they may see."""
    person, school = schedule.person, schedule.enterprise
    with (
        translation.override(person.language or settings.LANGUAGE_CODE),
        timezone.override(school.tz),
        use_scope_of(person),
    ):
        since, until = last_days(schedule.every, timezone.localdate())
        form = filter_form(schedule, since=f"{since}", until=f"{until}")
        build = MAILED[schedule.report].build
        sheet = group_report(person, form, schedule.group) if schedule.group else build(person, form)
        of_school = schedule.report == SCHOOL
        about = subject_of(schedule, form) or school.name
        words = (
            _("Attendance of %(name)s, %(first)s – %(last)s")
            if of_school
            else _("%(report)s, %(name)s, %(first)s – %(last)s")
        )
        title = words % {
            "report": schedule.title,
            "name": about,
            "first": in_words(timezone.localdate(form.period.begins)),
            "last": in_words(timezone.localdate(form.period.last)),
        }
        context = {
            "person": person,
            "school": school,
            "title": title,
            "filters": _hide_teacher(schedule, form),
            "of_school": of_school,
            "totals": [] if of_school else _totals(schedule, sheet),
            "share": percent(sheet.total.get("share")) or "—",
            "number": sheet.total.get("people", 0),
            "note": sheet.note,
            "report_url": _link_of(schedule, form),
            "list_url": _url("classes:report_schedules"),
        }
        text = render_to_string("classes/attendance/reports/schedule_email.txt", context)
        message = EmailMessage(" ".join(title.split()), text, to=[person.e_mail])
        if of_school:  # the rows of other reports have names
            with report_workbook(sheet, about, school, form) as file:
                message.attach(safe_filename(f"{title}.xlsx"), file.read(), CONTENT_TYPES[".xlsx"])
    return message


def _url(name: str, **query: Any) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}{'?' if query else ''}{urlencode(query)}"

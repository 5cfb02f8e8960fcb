"""The register of a lesson as rows of a file, for `console.sheets`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from classes.attendance.queries import Entry, Table
from classes.models import Lesson
from console.audit.trail import record
from console.sheets.columns import Column, Kind, local
from console.sheets.csv import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx import xlsx

COLUMNS = (
    Column("user_id", gettext_lazy("User id"), Kind.ID, 18),
    Column("nickname", gettext_lazy("Name"), width=18),
    Column("role", gettext_lazy("Role"), width=12),
    Column("expected", gettext_lazy("On the list"), width=10),
    Column("mark", gettext_lazy("Mark"), width=14),
    Column("first_entered_at", gettext_lazy("First in"), Kind.DATETIME, 24),
    Column("last_left_at", gettext_lazy("Last out"), Kind.DATETIME, 24),
    Column("present_seconds", gettext_lazy("Time present"), Kind.DURATION, 14),
    Column("share", gettext_lazy("Share of the lesson"), Kind.SHARE, 14),
    Column("evidence", gettext_lazy("Evidence"), width=14),
    Column("sentence", gettext_lazy("Why"), width=80),
)


def rows(entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """A row a person; also for who never came."""
    roles = dict(Role.choices)
    for entry in entries:
        yield {
            "user_id": entry.user_id,
            "nickname": entry.nickname,
            "role": str(roles.get(entry.role, entry.role)),
            "expected": _("yes") if entry.expected else _("no"),
            "mark": entry.mark_word,
            "first_entered_at": entry.first_entered_at,
            "last_left_at": entry.last_left_at,
            "present_seconds": entry.present_seconds,
            "share": entry.share,
            "evidence": entry.evidence_word,
            "sentence": entry.sentence,
        }


def about(lesson: Lesson) -> dict[str, str]:
    """Which lesson the file is of, when it was, in which zone, and whether its marks are final."""
    zone = lesson.enterprise.tz

    def told(start: datetime | None, end: datetime | None) -> str:
        return "–".join(local(moment, zone).isoformat(" ") if moment else "?" for moment in (start, end))

    return {
        _("Lesson"): lesson.topic,
        _("Teacher"): f"{lesson.teacher.nickname} ({lesson.teacher.user_id})",
        _("Planned"): told(lesson.starts_at, lesson.ends_at),
        _("Really taught"): told(lesson.real_started_at, lesson.real_ended_at),
        _("Time zone"): zone.key,
        _("State"): _("final")
        if lesson.final_at
        else _("provisional: the history of the lesson has not settled"),
    }


def filename(lesson: Lesson, suffix: str) -> str:
    """The day of the lesson and its topic; `suffix` is .xlsx or .csv."""
    return (
        f"{local(lesson.starts_at, lesson.enterprise.tz):%Y-%m-%d} {lesson.topic} {_('Attendance')}{suffix}"
    )


def download(lesson: Lesson, table: Table, suffix: str) -> HttpResponseBase:
    """The register as a file, with the lesson it is of and the zone of its times; on record."""
    zone, lines = lesson.enterprise.tz, rows(table.everybody)
    record("attendance.export", lesson, by=None, after={"file": suffix, "people": len(table.everybody)})
    name = filename(lesson, suffix)
    if suffix == ".csv":
        return attachment(csv_text(lines, COLUMNS, zone=zone), name)
    meta = about(lesson) | {_("Written"): timezone.localtime().isoformat(" ", "seconds")}
    return attachment(xlsx(lines, COLUMNS, _("Attendance"), meta, zone=zone), name)

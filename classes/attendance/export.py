"""Export of the register of a lesson as XLSX, CSV or JSON."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models.roles import Role
from classes.attendance.codes.codebook import coded_entries
from classes.attendance.mark_detail import planned_share
from classes.attendance.queries import RegisterEntry, RegisterTable, why_without_marks
from classes.attendance.register_digest import canonical_json
from classes.models import Lesson, Register
from console.audit.trail import record
from console.sheets.columns import Column, ColumnType, local_time
from console.sheets.csv_writer import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx_writer import write_xlsx
from console.ui.template_tags import zone_name

REGISTER_COLUMNS = (
    Column("user_id", gettext_lazy("User ID"), ColumnType.ID, 18),
    Column("nickname", gettext_lazy("Name"), width=18),
    Column("role", gettext_lazy("Role"), width=12),
    Column("expected", gettext_lazy("On the list"), width=10),
    Column("mark", gettext_lazy("Mark"), width=14),
    Column("own_code", pgettext_lazy("attendance", "Code"), ColumnType.ID, 8),
    Column("own_code_name", gettext_lazy("Name of the code"), width=20),
    Column("first_entered_at", gettext_lazy("First joined"), ColumnType.DATETIME, 24),
    Column("last_left_at", gettext_lazy("Last left"), ColumnType.DATETIME, 24),
    Column("present_seconds", gettext_lazy("Time present"), ColumnType.DURATION, 14),
    Column("share", gettext_lazy("Share of the lesson"), ColumnType.SHARE, 14),
    Column("evidence", gettext_lazy("Evidence"), width=14),
    Column("sentence", gettext_lazy("Reason"), width=80),
    Column("planned_share", gettext_lazy("Share of the planned time"), ColumnType.SHARE, 14),
    Column("code", gettext_lazy("Mark as a code"), ColumnType.ID, 18),
    Column("derived", gettext_lazy("Mark by evidence, as a code"), ColumnType.ID, 18),
    Column("lesson", gettext_lazy("Lesson ID"), ColumnType.ID, 12),
    Column("revision", gettext_lazy("Revision of the register"), ColumnType.ID, 12),
    Column("digest", gettext_lazy("Checksum of the register (SHA-256)"), ColumnType.ID, 66),
)


def export_rows(
    entries: Iterable[RegisterEntry], lesson: Lesson, revision: Register | None = None
) -> Iterator[dict[str, Any]]:
    """Yield one row per person, absent ones included; a closed register adds number and digest."""
    roles = dict(Role.choices)
    for entry in entries:
        yield {
            "user_id": entry.user_id,
            "nickname": entry.nickname,
            "role": str(roles.get(entry.role, entry.role)),
            "expected": _("yes") if entry.expected else _("no"),
            "mark": entry.mark_label,
            "own_code": entry.code.letters if entry.code else "",
            "own_code_name": entry.code.name if entry.code else "",
            "first_entered_at": entry.first_entered_at,
            "last_left_at": entry.last_left_at,
            "present_seconds": entry.present_seconds,
            "share": entry.share,
            "evidence": entry.evidence_label,
            "sentence": entry.sentence,
            "planned_share": planned_share(lesson, entry.facts),
            "code": entry.mark,
            "derived": entry.derived_mark,
            "lesson": str(lesson.pk),
            "revision": str(revision.number) if revision else "",
            "digest": revision.digest if revision else "",
        }


def file_metadata(lesson: Lesson, revision: Register | None = None) -> dict[str, str]:
    """Return the metadata of the file: lesson, times, time zone, and the state of its marks."""
    zone = lesson.enterprise.tz

    def format_span(start: datetime | None, end: datetime | None) -> str:
        return "–".join(local_time(moment, zone).isoformat(" ") if moment else "?" for moment in (start, end))

    closed = {}
    if revision:
        closed = {
            _("Revision of the register"): str(revision.number),
            _("Closed"): local_time(revision.closed_at, zone).isoformat(" "),
            _("Checksum of the register (SHA-256)"): revision.digest,
        }
    return {
        _("Lesson"): lesson.topic,
        _("Teacher"): f"{lesson.teacher.nickname} ({lesson.teacher.user_id})",
        _("Planned"): format_span(lesson.starts_at, lesson.ends_at),
        _("Actual time"): format_span(lesson.real_started_at, lesson.real_ended_at),
        _("Time zone"): zone_name(zone.key),
        _("State"): _marks_state(lesson),
        **closed,
    }


def _marks_state(lesson: Lesson) -> str:
    if lesson.final_at:
        return _("final")
    return why_without_marks(lesson) or _("provisional: the data from iclass is not complete")


def register_filename(lesson: Lesson, suffix: str) -> str:
    """Return the file name with day and topic of the lesson; `suffix` is .xlsx, .csv or .json."""
    day = local_time(lesson.starts_at, lesson.enterprise.tz).date()
    return f"{day:%Y-%m-%d} {lesson.topic} {_('Attendance')}{suffix}"


def download_register(lesson: Lesson, table: RegisterTable, suffix: str) -> HttpResponseBase:
    """Return the register as a file, with lesson and time zone, and record the export.

    The .json file is the closed revision as it was digested. Raise ValidationError for it while the register
    is open.
    """
    zone, revision = lesson.enterprise.tz, closed_revision(lesson)
    if suffix == ".json":
        return _json_response(lesson, revision)
    rows = export_rows(coded_entries(lesson.enterprise, table.everybody), lesson, revision)
    record("attendance.export", lesson, by=None, after={"file": suffix, "people": len(table.everybody)})
    name = register_filename(lesson, suffix)
    if suffix == ".csv":
        return attachment(csv_text(rows, REGISTER_COLUMNS, zone=zone), name)
    meta = file_metadata(lesson, revision) | {
        _("Exported at"): timezone.localtime().isoformat(" ", "seconds")
    }
    return attachment(write_xlsx(rows, REGISTER_COLUMNS, _("Attendance"), meta, zone=zone), name)


def closed_revision(lesson: Lesson) -> Register | None:
    """Return the closed revision; None while the register is open."""
    return lesson.registers.filter(reopened_at=None).first() if lesson.register_closed_at else None


def _json_response(lesson: Lesson, revision: Register | None) -> HttpResponseBase:
    if revision is None:
        raise ValidationError(_("Close the register first. Only a closed register has a checksum."))
    record("attendance.export", lesson, by=None, after={"file": ".json", "revision": revision.number})
    whole = {"digest": revision.digest, "register": revision.body}
    return attachment(canonical_json(whole).decode(), register_filename(lesson, ".json"))

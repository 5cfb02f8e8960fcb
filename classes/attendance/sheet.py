"""The register of a lesson as rows of a file, for `console.sheets`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from classes.attendance.closed import canonical
from classes.attendance.drawer import planned_share
from classes.attendance.queries import Entry, Table
from classes.models import Lesson, Register
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
    Column("planned_share", gettext_lazy("Share of the planned time"), Kind.SHARE, 14),
    Column("code", gettext_lazy("Mark as a code"), Kind.ID, 18),
    Column("derived", gettext_lazy("Mark by the evidence, as a code"), Kind.ID, 18),
    Column("lesson", gettext_lazy("Number of the lesson"), Kind.ID, 12),
    Column("revision", gettext_lazy("Revision of the register"), Kind.ID, 12),
    Column("digest", gettext_lazy("Digest of the register (SHA-256)"), Kind.ID, 66),
)


def rows(
    entries: Iterable[Entry], lesson: Lesson, revision: Register | None = None
) -> Iterator[dict[str, Any]]:
    """A row a person; also for who never came. A closed register has its number and digest in each."""
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
            "planned_share": planned_share(lesson, entry.facts),
            "code": entry.mark,
            "derived": entry.derived_mark,
            "lesson": str(lesson.pk),
            "revision": str(revision.number) if revision else "",
            "digest": revision.digest if revision else "",
        }


def about(lesson: Lesson, revision: Register | None = None) -> dict[str, str]:
    """Which lesson the file is of, when it was, in which zone, and whether its marks are final or closed."""
    zone = lesson.enterprise.tz

    def told(start: datetime | None, end: datetime | None) -> str:
        return "–".join(local(moment, zone).isoformat(" ") if moment else "?" for moment in (start, end))

    closed = {}
    if revision:
        closed = {
            _("Revision of the register"): str(revision.number),
            _("Closed"): local(revision.closed_at, zone).isoformat(" "),
            _("Digest of the register (SHA-256)"): revision.digest,
        }
    return {
        _("Lesson"): lesson.topic,
        _("Teacher"): f"{lesson.teacher.nickname} ({lesson.teacher.user_id})",
        _("Planned"): told(lesson.starts_at, lesson.ends_at),
        _("Really taught"): told(lesson.real_started_at, lesson.real_ended_at),
        _("Time zone"): zone.key,
        _("State"): _("final")
        if lesson.final_at
        else _("provisional: the history of the lesson has not settled"),
        **closed,
    }


def filename(lesson: Lesson, suffix: str) -> str:
    """The day of the lesson and its topic; `suffix` is .xlsx or .csv."""
    return (
        f"{local(lesson.starts_at, lesson.enterprise.tz):%Y-%m-%d} {lesson.topic} {_('Attendance')}{suffix}"
    )


def download(lesson: Lesson, table: Table, suffix: str) -> HttpResponseBase:
    """The register as a file, with the lesson it is of and the zone of its times; on record.

    As .json it is the closed revision as it was digested; ValidationError while the register is open.
    """
    zone, revision = lesson.enterprise.tz, revision_of(lesson)
    if suffix == ".json":
        return _as_json(lesson, revision)
    lines = rows(table.everybody, lesson, revision)
    record("attendance.export", lesson, by=None, after={"file": suffix, "people": len(table.everybody)})
    name = filename(lesson, suffix)
    if suffix == ".csv":
        return attachment(csv_text(lines, COLUMNS, zone=zone), name)
    meta = about(lesson, revision) | {_("Written"): timezone.localtime().isoformat(" ", "seconds")}
    return attachment(xlsx(lines, COLUMNS, _("Attendance"), meta, zone=zone), name)


def revision_of(lesson: Lesson) -> Register | None:
    """The closed revision; None while the register is open."""
    return lesson.registers.filter(reopened_at=None).first() if lesson.register_closed_at else None


def _as_json(lesson: Lesson, revision: Register | None) -> HttpResponseBase:
    if revision is None:
        raise ValidationError(_("Close the register first: only a closed one has a digest."))
    record("attendance.export", lesson, by=None, after={"file": ".json", "revision": revision.number})
    whole = {"digest": revision.digest, "register": revision.body}
    return attachment(canonical(whole).decode(), filename(lesson, ".json"))

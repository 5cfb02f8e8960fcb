"""Canonical JSON of a closed register and its digest, which can be verified without this console.

Canonical: sorted keys, no spaces, UTF-8, times in UTC to the second, shares as text. The digest is the
SHA-256 of those bytes. People appear only by their ids.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from classes.attendance.policy import get_policy
from classes.models import Attendance, Lesson

#: Version of the structure of a body.
BODY_VERSION = 1


def canonical_json(body: Any) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def compute_digest(body: Any) -> str:
    """Return the SHA-256 in lower-case hex."""
    return hashlib.sha256(canonical_json(body)).hexdigest()


def build_body(
    lesson: Lesson, marks: Iterable[Attendance], *, number: int, closed_at: datetime, by: str, before: str
) -> dict[str, Any]:
    """Return the body of a revision; `before` is the digest of the previous one, `by` closes it."""
    policy = get_policy(lesson)
    return {
        "shape": BODY_VERSION,
        "sdkappid": lesson.enterprise.sdkappid,
        "lesson": lesson.pk,
        "class_id": lesson.remote_id,
        "revision": number,
        "previous": before,
        "closed_at": format_utc(closed_at),
        "closed_by": by,
        "zone": lesson.enterprise.zone,
        "planned": [format_utc(lesson.starts_at), format_utc(lesson.ends_at)],
        "taught": [format_utc(lesson.real_started_at), format_utc(lesson.real_ended_at)],
        "final": lesson.final_at is not None,
        "rules": {
            "late_after_s": policy.late_after_s,
            "early_leave_s": policy.early_leave_s,
            "present_share": policy.present_share,
            **({"leave_minutes": policy.leave_minutes} if policy.measures_leave else {}),
        },
        "people": [person_entry(row) for row in sorted(marks, key=lambda row: row.user_id)],
    }


def person_entry(row: Attendance) -> dict[str, Any]:
    """Return the entry of one person; exported files have the same fields."""
    return {
        "user_id": row.user_id,
        "role": row.role,
        "expected": row.expected,
        "mark": row.mark,
        "derived_mark": row.derived_mark,
        "first_entered_at": format_utc(row.first_entered_at),
        "last_left_at": format_utc(row.last_left_at),
        "present_seconds": row.present_seconds,
        "share": None if row.share is None else f"{row.share:.4f}",
        "evidence": row.evidence,
    }


def format_utc(moment: datetime | None) -> str | None:
    """Format a moment in UTC to the second: 2026-09-22T00:00:07Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None

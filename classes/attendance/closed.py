"""A closed register as canonical JSON, and its digest: what anybody can check without this console.

Canonical: keys sorted, no spaces, UTF-8, times in UTC to the second, shares as text. The digest is the
SHA-256 of those bytes. People stand in it by their ids alone.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from classes.attendance.rules import policy_of
from classes.models import Attendance, Lesson

#: The version of the shape of a body.
SHAPE = 1


def canonical(body: Any) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(body: Any) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(canonical(body)).hexdigest()


def body_of(
    lesson: Lesson, marks: Iterable[Attendance], *, number: int, closed_at: datetime, by: str, before: str
) -> dict[str, Any]:
    """The body of a revision; `before` is the digest of the last one, `by` who closes it."""
    policy = policy_of(lesson)
    return {
        "shape": SHAPE,
        "sdkappid": lesson.enterprise.sdkappid,
        "lesson": lesson.pk,
        "class_id": lesson.remote_id,
        "revision": number,
        "previous": before,
        "closed_at": told(closed_at),
        "closed_by": by,
        "zone": lesson.enterprise.zone,
        "planned": [told(lesson.starts_at), told(lesson.ends_at)],
        "taught": [told(lesson.real_started_at), told(lesson.real_ended_at)],
        "final": lesson.final_at is not None,
        "rules": {
            "late_after_s": policy.late_after_s,
            "early_leave_s": policy.early_leave_s,
            "present_share": policy.present_share,
        },
        "people": [line_of(row) for row in sorted(marks, key=lambda row: row.user_id)],
    }


def line_of(row: Attendance) -> dict[str, Any]:
    """One person in a body; the same fields stand in the files."""
    return {
        "user_id": row.user_id,
        "role": row.role,
        "expected": row.expected,
        "mark": row.mark,
        "derived_mark": row.derived_mark,
        "first_entered_at": told(row.first_entered_at),
        "last_left_at": told(row.last_left_at),
        "present_seconds": row.present_seconds,
        "share": None if row.share is None else f"{row.share:.4f}",
        "evidence": row.evidence,
    }


def told(moment: datetime | None) -> str | None:
    """A moment in UTC to the second: 2026-09-22T00:00:07Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None

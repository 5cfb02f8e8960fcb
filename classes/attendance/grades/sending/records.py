"""Records of a gradebook for a revision: category, line item and results (OneRoster 1.1 and 1.2).

Each sourcedId follows from the school, the course, the days of the term, the class and the student. Sending
again, and sending a later revision, replaces the records and adds none.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.imports.one_roster.service.gradebook import KINDS, gradebook_address
from accounts.models import RosterConnection
from classes.attendance.grades.sending.plan import PlannedGrade
from classes.models import GradeRevision

NAMESPACE = UUID("6f1c1d8e-3f0b-5f2a-9a63-0c8a4f4d7b19")
MAX_TITLE = 255
Record = dict[str, Any]


class Gradebook:
    """Makes the records of one revision. `term_id` is the sourcedId of its term, or an empty string."""

    def __init__(self, connection: RosterConnection, revision: GradeRevision, term_id: str) -> None:
        self.connection, self.revision, self.term_id = connection, revision, term_id
        self.sdkappid = revision.course.enterprise.sdkappid

    def category(self) -> Record:
        return self._base(self._id("category")) | {"title": _category_title()}

    def line_item(self, class_id: str, found: Mapping[str, Any]) -> Record:
        """Return the line item of a class, which the service has as `found`."""
        one = self.revision
        title = f"{_category_title()}: {one.course} ({one.term_name})"
        record = {
            **self._base(self.line_item_id(class_id)),
            "title": title[:MAX_TITLE],
            "description": f"SHA-256 {one.digest}",
            "assignDate": f"{one.since:%Y-%m-%d}T00:00:00.000Z",
            "dueDate": f"{one.until:%Y-%m-%d}T23:59:59.000Z",
            "class": self._reference("class", "classes", class_id),
            "category": self._reference("category", "categories", self._id("category")),
            "resultValueMin": 0.0,
            "resultValueMax": 100.0,
        }
        if term_id := self.term_id or _first_id(found.get("terms")):
            record["gradingPeriod"] = self._reference("academicSession", "academicSessions", term_id)
        if (school := found.get("school")) and self.connection.version == RosterConnection.Version.V12:
            record["school"] = school
        return record

    def result(self, planned: PlannedGrade) -> Record:
        """Return the percentage of a student; without a lesson that counts, the student is `exempt`."""
        grade, line_item_id = planned.grade, self.line_item_id(planned.class_id)
        percent = None if grade is None else grade["percent"]
        fixed_on = timezone.localdate(self.revision.fixed_at, self.revision.course.enterprise.tz)
        record = {
            **self._base(str(uuid5(NAMESPACE, f"{line_item_id} {planned.sourced_id}"))),
            "lineItem": self._reference("lineItem", "lineItems", line_item_id),
            "student": self._reference("user", "users", planned.sourced_id),
            "scoreStatus": "exempt" if percent is None else "fully graded",
            "scoreDate": fixed_on.isoformat(),
        }
        if grade is not None and percent is not None:
            return record | {"score": float(percent), "comment": f"{grade['points']}/{grade['counted']}"}
        # 1.1 requires a score; that of an exempt result counts for nothing.
        return record | ({"score": 0.0} if self.connection.version == RosterConnection.Version.V11 else {})

    def line_item_id(self, class_id: str) -> str:
        one = self.revision
        return self._id(f"lineItem {one.course_id} {one.since} {one.until} {class_id}")

    def _id(self, name: str) -> str:
        return str(uuid5(NAMESPACE, f"{self.sdkappid} {name}"))

    def _base(self, sourced_id: str) -> Record:
        fixed_at = self.revision.fixed_at
        return {
            "sourcedId": sourced_id,
            "status": "active",
            "dateLastModified": f"{fixed_at:%Y-%m-%dT%H:%M:%S.000Z}",
        }

    def _reference(self, kind: str, collection: str, sourced_id: str) -> Record:
        in_gradebook = collection in KINDS
        root = gradebook_address(self.connection) if in_gradebook else self.connection.url.rstrip("/")
        return {"href": f"{root}/{collection}/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def _category_title() -> str:
    """Return the title in the language of the deployment, so that it does not change with the sender."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Attendance")


def _first_id(references: Any) -> str:
    first = references[0] if isinstance(references, list) and references else None
    found = first.get("sourcedId") if isinstance(first, dict) else ""
    return found if isinstance(found, str) else ""

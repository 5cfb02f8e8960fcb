"""Labels of audit actions and of the models that they are about."""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.audit.field_labels import FIELD_LABELS

#: Labels by the action that `record` is called with.
ACTION_LABELS: dict[str, str | Promise] = {
    "person.add": _("Person added"),
    "person.change": _("Person changed"),
    "person.adopt": _("Person updated from iclass"),
    "person.take": _("Person: iclass version used"),
    "person.pull": _("Person checked at iclass"),
    "person.push": _("Person sent to iclass"),
    "person.gone": _("Person missing at iclass"),
    "person.deactivate": _("Person deactivated"),
    "person.deactivate_many": _("People deactivated in bulk"),
    "person.reactivate": _("Person reactivated"),
    "person.erase": _("Personal data erased"),
    "person.password": _("Password changed"),
    "person.password_link": _("Password link created"),
    "person.password_link_many": _("Password links created in bulk"),
    "person.password_link_revoked": _("Password link revoked"),
    "person.new_token": _("Replace entry token"),
    "person.new_token_many": _("Entry tokens replaced in bulk"),
    "person.reveal": _("Phone or e-mail viewed"),
    "person.reveal_token": _("Entry card viewed"),
    "person.export": _("People exported"),
    "export.fetch": _("Exported file downloaded"),
    "table.export": _("Table of the admin exported"),
    "person.import": _("People imported"),
    "person.import_undone": _("People import undone"),
    "person.sign_in": _("Signed in"),
    "person.sign_out": _("Signed out"),
    "person.sign_in_failed": _("Sign-in failed"),
    "person.locked": _("Sign-in locked"),
    "person.unlock": _("Sign-in unlocked"),
    "person.sessions_ended": _("Sessions ended"),
    "person.factor_on": _("Second factor set up"),
    "person.factor_off": _("Second factor turned off"),
    "person.factor_reset": _("Second factor reset"),
    "person.recovery_codes": _("New recovery codes"),
    "person.recovery_code_used": _("Recovery code used"),
    "person.api_token": _("REST token created"),
    "person.api_token_ended": _("REST token revoked"),
    "school.add": _("School added"),
    "school.change": _("School changed"),
    "school.adopt": _("School updated from iclass"),
    "school.take": _("School: iclass version used"),
    "school.pull": _("School checked at iclass"),
    "school.push": _("School sent to iclass"),
    "school.test": _("Connection tested"),
    "school.drop_key": _("Previous API key disabled"),
    "school.logo": _("School logo changed"),
    "school.samples": _("Engagement samples turned on or off"),
    "school.clear": _("Old data deleted"),
    "group.add": _("Group added"),
    "group.change": _("Group changed"),
    "group.archive": _("Group archived"),
    "group.restore": _("Group restored"),
    "group.delete": _("Group deleted"),
    "group.export": _("Group exported"),
    "lesson.add": _("Lesson scheduled"),
    "lesson.change": _("Lesson changed"),
    "lesson.replace_members": _("Student list replaced"),
    "lesson.change_many": _("Lessons edited in bulk"),
    "lesson.reveal_password": _("Lesson password viewed"),
    "lesson.cancel_many": _("Lessons cancelled in bulk"),
    "lesson.cancel": _("Lesson cancelled"),
    "timetable.import": _("Timetable imported"),
    "feed.add": _("Calendar feed created"),
    "feed.delete": _("Calendar feed revoked"),
    "lesson.start": _("Lesson started"),
    "lesson.stop": _("Lesson ended"),
    "lesson.pull": _("Lesson checked at iclass"),
    "lesson.push": _("Lesson sent to iclass"),
    "lesson.take": _("Lesson: iclass version used"),
    "lesson.gone": _("Lesson missing at iclass"),
    "lesson.enter": _("Classroom entered with the entry token"),
    "lesson.reveal_token": _("Own entry token viewed"),
    "lesson.join": _("Let into the room"),
    "lesson.quit": _("Removed from the room"),
    "lesson.visitor": _("Visitor's pass created"),
    "entry.reveal": _("Visitor's pass viewed"),
    "attendance.export": _("Attendance exported"),
    "report.export": _("Report exported"),
    "threshold.add": _("Warning rule added"),
    "threshold.change": _("Warning rule changed"),
    "threshold.delete": _("Warning rule deleted"),
    "warning.acknowledge": _("Attendance warning handled"),
    "warning.follow_up": _("Follow-up of an attendance warning"),
    "warning.close": _("Attendance warning closed"),
    "report_schedule.add": _("Report by e-mail set up"),
    "report_schedule.change": _("Report by e-mail turned on or off"),
    "report_schedule.send_now": _("Report by e-mail requested"),
    "report_schedule.send": _("Report sent by e-mail"),
    "report_schedule.stop": _("Report by e-mail stopped"),
    "report_schedule.delete": _("Report by e-mail deleted"),
    "person.attendance": _("Personal attendance exported"),
    "lesson.call": _("Missing person called"),
    "alarm.acknowledge": _("Alarm handled"),
    "attendance.correct": _("Mark corrected"),
    "attendance.excuse": _("Marks excused in bulk"),
    "attendance.appeal": _("Mark appealed"),
    "attendance.answer": _("Appeal answered"),
    "attendance.credit": _("Guest matched with a student"),
    "attendance.uncredit": _("Guest match undone"),
    "attendance.differences": _("Marks kept despite messages from iclass"),
    "attendance.rules": _("Attendance rules changed"),
    "leave.add": _("Leave entered"),
    "leave.request": _("Leave requested"),
    "leave.merge": _("Leave request replaced by a new one"),
    "leave.approve": _("Leave approved"),
    "leave.return": _("Leave request returned"),
    "leave.cancel": _("Leave request withdrawn"),
    "leave.withdraw": _("Leave revoked"),
    "attendance.close": _("Register closed"),
    "attendance.reopen": _("Register reopened"),
    "document.add": _("Courseware added"),
    "document.take": _("Courseware: iclass version used"),
    "document.delete": _("Courseware deleted"),
    "document.gone": _("Courseware missing at iclass"),
    "document.replace": _("Courseware added again"),
    "document.download": _("Courseware downloaded"),
    "document.pull": _("Courseware checked at iclass"),
    "document.push": _("Courseware sent to iclass"),
    "recording.copy": _("Recording copied"),
    "lesson.attach": _("Lesson courseware changed"),
    "course.attach": _("Course courseware changed"),
    "recording.view": _("Recording watched"),
    "recording.change": _("Recording details changed"),
    "recording.delete": _("Recording moved to the recycle bin"),
    "recording.restore": _("Recording restored"),
    "recording.empty": _("Recording permanently deleted"),
    "operation.send_again": _("Operation sent again"),
    "operation.mark_done": _("Operation marked as done"),
    "operation.park": _("Operation set aside"),
    "callback.replay": _("Event processed again"),
    "course.add": _("Course created"),
    "course.change": _("Course changed"),
    "course.cancel": _("Course cancelled"),
    "term.save": _("Term or holiday saved"),
    "term.delete": _("Term or holiday deleted"),
    "absence.add": _("Absence of a teacher entered"),
    "absence.withdraw": _("Absence of a teacher revoked"),
    "cover.assign": _("Cover assigned"),
    "cover.undo": _("Cover undone"),
    "holiday.keep_lessons": _("Lessons kept on a holiday"),
    "drift.ignore": _("Difference ignored"),
    "drift.restore": _("Difference reopened"),
    "view.save": _("Saved view of a list saved"),
    "view.delete": _("Saved view of a list deleted"),
    "visit.enter": _("Operator entered the school"),
    "visit.leave": _("Operator left the school"),
    "audit.export": _("Audit trail exported"),
    "audit.evidence": _("Audit evidence created"),
    "row.changed": _("Changed outside the console"),
}
#: Entries are never rewritten: those from before a model was renamed keep its former label.
RENAMED_TYPES = {"classes.footage": "classes.lessonrecording"}
_searchable_types: list[tuple[int, str]] = []


def register_searchable_type(model_label: str, *, order: int) -> None:
    """Register a model that the filter of the audit trail offers, at this place of the list."""
    _searchable_types.append((order, model_label.lower()))
    _searchable_types.sort()


def searchable_types() -> list[str]:
    """Return the labels of these models in lower case, in their order."""
    return [label for _order, label in _searchable_types]


def action_label(action: str) -> str | Promise:
    """Return the label of an action, or the action itself if it has none."""
    return ACTION_LABELS.get(action, action)


def object_type_label(object_type: str) -> str:
    """Return the verbose name of a model label; the label itself if it is unknown, empty if it is empty."""
    try:
        current = RENAMED_TYPES.get(object_type, object_type)
        return str(apps.get_model(current)._meta.verbose_name) if current else ""
    except LookupError:
        return object_type


def accessed_fields_text(fields: list[str]) -> str:
    """Return the labels of accessed fields as one line."""
    return ", ".join(str(FIELD_LABELS.get(name, name)) for name in fields)

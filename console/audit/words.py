"""The acts of the trail, and what they are about, in words."""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.audit.facts import FACTS

#: What each act is called, by the name that `record` is given.
ACTIONS: dict[str, str | Promise] = {
    "person.add": _("Person added"),
    "person.change": _("Person changed"),
    "person.adopt": _("Person taken over from iclass"),
    "person.take": _("Person: theirs taken"),
    "person.pull": _("Person: looked at iclass"),
    "person.push": _("Person sent to iclass"),
    "person.gone": _("Person gone from iclass"),
    "person.deactivate": _("Person deactivated"),
    "person.reactivate": _("Person activated again"),
    "person.erase": _("Personal data erased"),
    "person.password": _("Password changed"),
    "person.new_token": _("New entry token"),
    "person.reveal": _("Phone or e-mail shown"),
    "person.reveal_token": _("Entry card shown"),
    "person.export": _("People exported"),
    "export.fetch": _("Exported file fetched"),
    "person.import": _("People imported"),
    "person.import_undone": _("Import of people undone"),
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
    "person.api_token": _("REST token made"),
    "person.api_token_ended": _("REST token ended"),
    "school.add": _("School added"),
    "school.change": _("School changed"),
    "school.adopt": _("School taken over from iclass"),
    "school.take": _("School: theirs taken"),
    "school.pull": _("School: looked at iclass"),
    "school.push": _("School sent to iclass"),
    "school.test": _("Connection tested"),
    "school.drop_key": _("Previous API key dropped"),
    "school.logo": _("Logo of the school changed"),
    "school.samples": _("Engagement samples turned on or off"),
    "school.clear": _("Old data let go"),
    "group.add": _("Group added"),
    "group.change": _("Group changed"),
    "group.archive": _("Group archived"),
    "group.restore": _("Group restored"),
    "group.delete": _("Group deleted"),
    "group.export": _("Group exported"),
    "lesson.add": _("Lesson scheduled"),
    "lesson.change": _("Lesson changed"),
    "lesson.replace_members": _("List of students replaced"),
    "lesson.change_many": _("Many lessons changed at once"),
    "lesson.reveal_password": _("Password of a lesson shown"),
    "lesson.cancel_many": _("Many lessons cancelled at once"),
    "lesson.cancel": _("Lesson cancelled"),
    "timetable.import": _("Timetable imported"),
    "feed.add": _("Calendar feed made"),
    "feed.delete": _("Calendar feed taken back"),
    "lesson.start": _("Lesson started"),
    "lesson.stop": _("Lesson ended"),
    "lesson.pull": _("Lesson: looked at iclass"),
    "lesson.push": _("Lesson sent to iclass"),
    "lesson.take": _("Lesson: theirs taken"),
    "lesson.gone": _("Lesson gone from iclass"),
    "lesson.join": _("Put into the room"),
    "lesson.quit": _("Taken out of the room"),
    "lesson.visitor": _("Visitor's pass asked for"),
    "entry.reveal": _("Visitor's pass shown"),
    "attendance.export": _("Attendance exported"),
    "report.export": _("Report exported"),
    "person.attendance": _("A person's attendance exported"),
    "lesson.call": _("Somebody missing was called"),
    "alarm.acknowledge": _("Alarm taken care of"),
    "attendance.correct": _("Mark corrected"),
    "attendance.excuse": _("Many excused at once"),
    "attendance.appeal": _("Appeal against a mark"),
    "attendance.answer": _("Appeal answered"),
    "attendance.credit": _("Guest matched with a student"),
    "attendance.uncredit": _("Guest matched with nobody again"),
    "attendance.rules": _("Rules of attendance changed"),
    "leave.add": _("Leave entered"),
    "leave.withdraw": _("Leave taken back"),
    "attendance.close": _("Register closed"),
    "attendance.reopen": _("Register reopened"),
    "document.add": _("Courseware added"),
    "document.take": _("Courseware: theirs taken"),
    "document.delete": _("Courseware deleted"),
    "document.gone": _("Courseware gone from iclass"),
    "document.replace": _("Courseware added anew"),
    "document.download": _("Courseware downloaded"),
    "document.pull": _("Courseware: looked at iclass"),
    "document.push": _("Courseware sent to iclass"),
    "recording.copy": _("Copy of a recording asked for"),
    "lesson.attach": _("Courseware of the lesson changed"),
    "course.attach": _("Courseware of the course changed"),
    "recording.view": _("Recording watched"),
    "recording.change": _("Recording described"),
    "recording.delete": _("Recording put into the bin"),
    "recording.restore": _("Recording taken out of the bin"),
    "recording.empty": _("Recording gone for good"),
    "operation.send_again": _("Errand sent again"),
    "operation.mark_done": _("Errand marked as done"),
    "operation.park": _("Errand put aside"),
    "callback.replay": _("News handled again"),
    "course.add": _("Course planned"),
    "course.change": _("Course changed"),
    "course.cancel": _("Course cancelled"),
    "term.save": _("Term or holiday saved"),
    "term.delete": _("Term or holiday deleted"),
    "drift.ignore": _("Difference ignored"),
    "drift.restore": _("Difference looked at again"),
    "visit.enter": _("Operator entered the school"),
    "visit.leave": _("Operator left the school"),
    "audit.export": _("Audit trail exported"),
    "audit.evidence": _("Evidence pack made"),
    "row.changed": _("Changed past the console"),
}
#: Kinds of things by which one may search.
KINDS = (
    *("accounts.user", "accounts.enterprise", "accounts.studentgroup", "classes.lesson", "classes.course"),
    *("documents.document", "outbox.operation", "inbox.callback", "classes.entry", "accounts.visit"),
)


def action_words(action: str) -> str | Promise:
    """An act that nobody has named is shown as it is written."""
    return ACTIONS.get(action, action)


def kind_words(object_type: str) -> str:
    """What kind of thing this is; empty for none, its own name for one that this version does not know."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name) if object_type else ""
    except LookupError:
        return object_type


def seen_words(fields: list[str]) -> str:
    """What somebody saw, as one line."""
    return ", ".join(str(FACTS.get(name, name)) for name in fields)

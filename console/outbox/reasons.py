"""Reasons as text: what happened and what to do next, for each error code and each reason of the console.

Rows store the short reason (`10223`, `not_reached`, `no_private_key`); pages show the translated sentence.
Numbers are error codes of the later revision of the API document; words are reasons of the console.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.iclass import Busy, IClassError, NotReached, Refused, Unreadable, Unsendable


@dataclass(frozen=True)
class ReasonText:
    what: str | Promise
    next: str | Promise


_SENT_AGAIN = _("No action needed. It is sent again automatically.")
_CHECKED_FIRST = _("No action needed. The console checks whether it was received before it sends again.")
_FIX = _("Correct the entry and save it again.")
_VENDOR = _("Contact iclass support and give them this number.")

REASONS: dict[str, ReasonText] = {
    "not_reached": ReasonText(_("iclass could not be reached."), _SENT_AGAIN),
    "busy": ReasonText(_("iclass is busy: too many requests."), _SENT_AGAIN),
    "unknown_outcome": ReasonText(_("iclass did not answer."), _CHECKED_FIRST),
    "unreadable": ReasonText(_("iclass sent an answer that could not be read."), _CHECKED_FIRST),
    "no_private_key": ReasonText(
        _("The school's private key is missing, so the lesson cannot be created at iclass."),
        _("Open the school settings and pull from iclass."),
    ),
    "no_admin_id": ReasonText(
        _("The ID of the chat administrator is missing, so the lesson cannot be created at iclass."),
        _("Ask your operator to set ICLASS_ADMIN_ID, then pull from iclass."),
    ),
    "no_room": ReasonText(
        _("The lesson does not exist at iclass."), _("Open the lesson and save it to create it again.")
    ),
    "not_registered": ReasonText(_("The person is not registered at iclass."), _("Send the person again.")),
    "over": ReasonText(_("The planned end of the lesson is in the past."), _("Schedule a new lesson.")),
    "one_shot": ReasonText(
        _("It is not known whether iclass received this, and repeating it could cause errors."),
        _("Check the lesson, then send it again or mark it as done."),
    ),
    "several_alike": ReasonText(
        _("Several lessons at iclass match this one."),
        _("Compare them on the lesson's page, then mark this as done or send it again."),
    ),
    "repeat_conflict": ReasonText(
        _("A person with this user ID already exists at iclass with different data."),
        _(
            "If it is the same person, use the console version or the iclass version; an "
            "entry token follows. If not, deactivate this entry and add the person with "
            "another user ID."
        ),
    ),
    "after_restore": ReasonText(
        _("On hold because the database was restored."), _("Wait until the comparison has finished.")
    ),
    "expired": ReasonText(
        _("The school's licence at iclass has expired."),
        _("Renew the licence with iclass. Waiting operations are then sent automatically."),
    ),
    "cannot_record": ReasonText(
        _("iclass answered, but the answer could not be saved."),
        _("Contact your operator. Check whether it was received, then send it again or mark it as done."),
    ),
    "too_many_tries": ReasonText(
        _("iclass has not accepted this for days."),
        _("Check the status of iclass, then send it again or set it aside."),
    ),
    "cannot_prepare": ReasonText(
        _("The console could not create this request."), _("Contact your operator.")
    ),
    "-1": ReasonText(_("iclass reported an error without a reason."), _CHECKED_FIRST),
    "10000": ReasonText(_("iclass could not read the request."), _VENDOR),
    "10001": ReasonText(_("iclass could not read the request."), _VENDOR),
    "10002": ReasonText(_("iclass could not create its answer."), _VENDOR),
    "10003": ReasonText(_("iclass does not accept one of the values."), _FIX),
    "10005": ReasonText(_("iclass could not read the complete request."), _CHECKED_FIRST),
    "10200": ReasonText(_("iclass could not encrypt data."), _VENDOR),
    "10201": ReasonText(_("iclass could not decrypt data."), _VENDOR),
    "10202": ReasonText(_("iclass has a database problem."), _CHECKED_FIRST),
    "10203": ReasonText(
        _("iclass does not allow this for this person."), _("Check the person's role, then send again.")
    ),
    "10210": ReasonText(
        _("iclass could not register this person."), _("Check the user ID, then send again.")
    ),
    "10211": ReasonText(_("iclass could not sign this person in."), _("Replace the entry token.")),
    "10212": ReasonText(_("iclass could not sign this person out."), _SENT_AGAIN),
    "10213": ReasonText(_("iclass could not create a visitor's account."), _("Try again in a minute.")),
    "10214": ReasonText(
        _("A person with this user ID already exists at iclass."),
        _("Choose another user ID, or pull the person from iclass."),
    ),
    "10215": ReasonText(
        _("iclass does not know this person."), _("Register the person first, then send again.")
    ),
    "10216": ReasonText(_("The entry token has expired."), _("Replace the entry token.")),
    "10217": ReasonText(
        _("iclass rejected the API key."),
        _("Enter the school's new API key. Waiting operations are then sent automatically."),
    ),
    "10218": ReasonText(_("The password is incorrect."), _("Check the password, then try again.")),
    "10220": ReasonText(
        _("iclass could not plan this lesson."), _("Check times and people, then send again.")
    ),
    "10221": ReasonText(_("iclass could not read the timetable."), _CHECKED_FIRST),
    "10222": ReasonText(_("iclass could not create a lesson ID."), _("Send it again.")),
    "10223": ReasonText(
        _("The lesson is running and cannot be changed or deleted."),
        _("End the lesson first, then send again."),
    ),
    "10224": ReasonText(_("The lesson has ended and can no longer be entered."), _("Schedule a new lesson.")),
    "10225": ReasonText(_("The lesson's password is incorrect."), _("Check the password, then try again.")),
    "10226": ReasonText(_("This person is not a member of the lesson."), _("Add the person to the lesson.")),
    "10227": ReasonText(_("The lesson is full."), _("Increase the lesson's capacity or remove people.")),
    "10228": ReasonText(
        _("No more people can use the microphone."), _("Ask someone to leave the microphone.")
    ),
    "10230": ReasonText(
        _("iclass does not know this lesson."),
        _("Pull the lesson from iclass. If it no longer exists there, save it to create it again."),
    ),
    "10240": ReasonText(_("iclass could not create a courseware ID."), _("Send it again.")),
    "10250": ReasonText(_("iclass could not start converting the courseware."), _("Send it again.")),
    "10270": ReasonText(
        _("iclass does not know this school, or its licence has expired."),
        _("Check the school's number (SDKAppID) and the licence with iclass."),
    ),
    "10280": ReasonText(_("iclass could not create the lesson's chat group."), _CHECKED_FIRST),
    "10300": ReasonText(
        _("The lesson opens an hour before its start."), _("Come back within an hour of the start.")
    ),
    "no_document": ReasonText(_("The courseware does not exist at iclass."), _("Send the courseware again.")),
    "several_alike_documents": ReasonText(
        _("Several courseware files at iclass match this one."),
        _("Compare them in the courseware list, then mark this as done or send it again."),
    ),
    "changed_since_backup": ReasonText(
        _("This was waiting when the backup was made, and the entry at iclass has changed since then."),
        _("Compare both versions: send it again, or mark it as done and use the iclass version."),
    ),
    "possible_double": ReasonText(
        _("This may be a duplicate, created when iclass did not answer."),
        _("Compare it with the other one. Delete the one that is not used, or keep both."),
    ),
}


def reason_text(reason: str) -> ReasonText:
    """Return the text and the next step for a stored reason; unknown codes get a generic text."""
    return REASONS.get(reason) or ReasonText(
        _("iclass rejected this (code %(code)s).") % {"code": reason}, _VENDOR
    )


def reason_of(error: IClassError) -> str:
    """Return the short reason to store for an error of the client."""
    if isinstance(error, Unsendable):
        return "cannot_prepare"
    if isinstance(error, NotReached):
        return "not_reached"
    if isinstance(error, Busy):
        return "busy"
    if isinstance(error, Refused):
        return str(error.code)
    return "unreadable" if isinstance(error, Unreadable) else "unknown_outcome"

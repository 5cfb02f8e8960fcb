"""Reasons in words: what happened and what to do next, for each error code and each stop of our own.

Rows keep the short reason (`10223`, `not_reached`, `no_private_key`), pages ask for the sentence in
the reader's language. The codes follow the later revision's table; ours are the words.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.iclass import Busy, IClassError, NotReached, Refused, Unreadable, Unsendable


@dataclass(frozen=True)
class Words:
    what: str | Promise
    next: str | Promise


_WAIT = _("Nothing to do: it is sent again by itself.")
_LOOK = _("Nothing to do: the console looks whether it arrived before sending again.")
_FIX = _("Correct the entry and save it again.")
_VENDOR = _("Ask the vendor's support and name this number.")

REASONS: dict[str, Words] = {
    "not_reached": Words(_("The iclass service could not be reached."), _WAIT),
    "busy": Words(_("The iclass service asked us to slow down."), _WAIT),
    "unknown_outcome": Words(_("The answer was lost on the way."), _LOOK),
    "unreadable": Words(_("The service answered in a form that nobody can read."), _LOOK),
    "no_private_key": Words(
        _("The school's private key is missing, so no lesson can be made at the service."),
        _("Open the school's settings and pull its data from the service."),
    ),
    "no_admin_id": Words(
        _("The id of the IM administrator is missing, so no lesson can be made at the service."),
        _("Whoever runs the console sets ICLASS_ADMIN_ID, then the school's data is pulled."),
    ),
    "no_room": Words(
        _("The lesson is not at the service."), _("Open the lesson and save it, so that it is made again.")
    ),
    "not_registered": Words(_("The person is not registered at the service."), _("Send the person again.")),
    "over": Words(_("The lesson's planned end has passed."), _("Schedule a new lesson.")),
    "one_shot": Words(
        _("It is not certain whether this arrived, and repeating it could do harm."),
        _("Look at the lesson, then send it again or mark it as done."),
    ),
    "several_alike": Words(
        _("Several lessons at the service look like this one."),
        _("Compare them on the lesson page and mark this as done, or send it again."),
    ),
    "repeat_conflict": Words(
        _("A person with this user id exists at the service already, with other data."),
        _(
            "Is it the same person? Then send ours or take theirs, and an entry token comes. If not, "
            "deactivate this entry and add the person with another user id."
        ),
    ),
    "after_restore": Words(
        _("Held back after the database was restored."), _("Wait until reconciling has finished.")
    ),
    "expired": Words(
        _("The school's licence at the service has ended."),
        _("Have the vendor renew it; what waits is then sent by itself."),
    ),
    "cannot_record": Words(
        _("The service answered, but the console could not keep the answer."),
        _("Tell whoever runs the console; look whether it arrived, then send it again or mark it as done."),
    ),
    "too_many_tries": Words(
        _("The service has not taken this for days."),
        _("Look at the service's state, then send it again or set it aside."),
    ),
    "cannot_prepare": Words(
        _("The console could not put this request together."), _("Tell whoever runs the console.")
    ),
    "-1": Words(_("The service reported a fault without saying which."), _LOOK),
    "10000": Words(_("The service could not read our request."), _VENDOR),
    "10001": Words(_("The service could not read our request."), _VENDOR),
    "10002": Words(_("The service could not write its answer."), _VENDOR),
    "10003": Words(_("The service does not accept one of the values."), _FIX),
    "10005": Words(_("The service could not read our request to its end."), _LOOK),
    "10200": Words(_("The service could not encrypt its data."), _VENDOR),
    "10201": Words(_("The service could not decrypt its data."), _VENDOR),
    "10202": Words(_("The service's database is in trouble."), _LOOK),
    "10203": Words(
        _("The service does not allow this for this person."), _("Check the person's role, then send again.")
    ),
    "10210": Words(
        _("The service could not register this person."), _("Check the user id, then send again.")
    ),
    "10211": Words(_("The service could not sign this person in."), _("Give out a new entry token.")),
    "10212": Words(_("The service could not sign this person out."), _WAIT),
    "10213": Words(_("The service could not make a visitor's account."), _("Try again in a minute.")),
    "10214": Words(
        _("A person with this user id exists at the service already."),
        _("Choose another user id, or pull the person from the service."),
    ),
    "10215": Words(
        _("The service does not know this person."), _("Register the person first, then send again.")
    ),
    "10216": Words(_("The entry token has run out."), _("Give out a new entry token.")),
    "10217": Words(
        _("The service refused our key."),
        _("Enter the school's new API key; what waits is then sent by itself."),
    ),
    "10218": Words(_("The password is wrong."), _("Check the password, then try again.")),
    "10220": Words(
        _("The service could not plan this lesson."), _("Check times and people, then send again.")
    ),
    "10221": Words(_("The service could not read its timetable."), _LOOK),
    "10222": Words(_("The service could not make a number for the lesson."), _("Send it again.")),
    "10223": Words(
        _("The lesson is running: it cannot be changed or deleted."),
        _("End the lesson first, then send again."),
    ),
    "10224": Words(_("The lesson is over: nobody can enter it."), _("Schedule a new lesson.")),
    "10225": Words(_("The lesson's password is wrong."), _("Check the password, then try again.")),
    "10226": Words(_("This person is not a member of the lesson."), _("Add the person to the lesson.")),
    "10227": Words(_("The lesson is full."), _("Raise the lesson's capacity or take somebody out.")),
    "10228": Words(
        _("There is no free place on the microphone."), _("Ask somebody to leave the microphone.")
    ),
    "10230": Words(
        _("The service does not know this lesson."),
        _("Pull the lesson; if it is gone there, save it so that it is made again."),
    ),
    "10240": Words(_("The service could not make a number for the courseware."), _("Send it again.")),
    "10250": Words(_("The service could not begin to convert the courseware."), _("Send it again.")),
    "10270": Words(
        _("The service does not know this school, or its licence has ended."),
        _("Check the SDKAppID and the licence with the vendor."),
    ),
    "10280": Words(_("The service could not make the lesson's chat group."), _LOOK),
    "10300": Words(
        _("The lesson opens an hour before its start."), _("Come back less than an hour before it starts.")
    ),
    "no_document": Words(_("The document is not at the service."), _("Send the document again.")),
    "several_alike_documents": Words(
        _("Several documents at the service look like this one."),
        _("Compare them in the courseware list, then mark this as done or send it again."),
    ),
    "changed_since_backup": Words(
        _("This waited in the backup, and its entry was changed at the service since."),
        _("Compare the two: send it again, or mark it as done and take theirs."),
    ),
    "possible_double": Words(
        _("This may be a second copy, made when an answer of the service was lost."),
        _("Compare it with the other one. Delete the one that nobody uses, or keep both."),
    ),
}


def words_of(reason: str) -> Words:
    """The sentence and the next step for a stored reason; an unknown code is still explained."""
    return REASONS.get(reason) or Words(
        _("The service refused this (code %(code)s).") % {"code": reason}, _VENDOR
    )


def reason_of(error: IClassError) -> str:
    """The short reason that a row keeps for an error of the client."""
    if isinstance(error, Unsendable):
        return "cannot_prepare"
    if isinstance(error, NotReached):
        return "not_reached"
    if isinstance(error, Busy):
        return "busy"
    if isinstance(error, Refused):
        return str(error.code)
    return "unreadable" if isinstance(error, Unreadable) else "unknown_outcome"

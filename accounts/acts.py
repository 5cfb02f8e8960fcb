"""What is done to a person by a button: the words of each act, and the service behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import cards, erasing, services
from accounts.models import Role, User
from accounts.sign_in import factors, gate
from console.policy import may


@dataclass(frozen=True)
class Act:
    """`name` is the end of the URL's name, `action` that of the policy table.

    `asks` says how it begins: "" at once, "question" in a dialog, "page" on a page of its own.
    `needs` says of which people it makes sense.
    """

    name: str
    action: str
    label: str | Promise
    icon: str
    question: str | Promise
    detail: str | Promise
    done: str | Promise
    do: Callable[..., Any]
    needs: Callable[[User], bool]
    asks: str = ""
    tone: str = "primary"

    @property
    def url_name(self) -> str:
        return f"accounts:person_{self.name}"


def _registered(person: User) -> bool:
    return bool(person.remote_id) and not person.erased_at


ACTS = {
    act.name: act
    for act in (
        Act(
            "card",
            "reveal_token",
            _("Entry card"),
            "id-badge-2",
            _("Show the entry card?"),
            _("The card shows the entry token, which opens the classroom in this person's name."),
            "",
            cards.deal,
            _registered,
            asks="page",
        ),
        Act(
            "contacts",
            "reveal",
            _("Show phone and e-mail"),
            "eye",
            _("Show phone and e-mail?"),
            _("They are shown once, in whole."),
            "",
            services.note_reveal,
            lambda person: bool(person.phone_no or person.e_mail),
            asks="page",
        ),
        Act(
            "pull",
            "pull",
            _("Look at iclass"),
            "cloud-download",
            _("Look at what iclass has of this person?"),
            _("Nothing is changed, neither here nor there."),
            _("iclass is asked within seconds."),
            services.pull_person,
            lambda person: True,
        ),
        Act(
            "push",
            "push",
            _("Send to iclass"),
            "cloud-upload",
            _("Send this person to iclass again?"),
            _("What differs there is made as it is here."),
            _("It goes out to iclass within seconds."),
            services.push_person,
            lambda person: True,
        ),
        Act(
            "token",
            "new_token",
            _("New entry token"),
            "key",
            _("Give out a new entry token?"),
            _("The old token ends at once: entry cards that were printed with it no longer open a lesson."),
            _("The new token is on its way. Print the entry card again in a minute."),
            services.new_token,
            _registered,
            asks="question",
            tone="danger",
        ),
        Act(
            "factor",
            "reset_sign_in",
            _("Reset the second factor"),
            "device-mobile-off",
            _("Reset this person's second factor?"),
            _(
                "For somebody who lost the telephone and the recovery codes. Be sure that it is really they "
                "who ask. Their sessions end; after their password they set up a new app."
            ),
            _("The second factor is gone. At the next sign-in a new one is set up."),
            factors.reset,
            factors.is_on,
            asks="page",
            tone="danger",
        ),
        Act(
            "unlock",
            "reset_sign_in",
            _("Unlock sign-in"),
            "lock-open",
            _("Unlock this person's sign-in?"),
            _("Too many wrong passwords or codes came. They may try again at once."),
            _("Unlocked."),
            gate.unlock,
            gate.is_locked,
        ),
        Act(
            "deactivate",
            "change",
            _("Deactivate"),
            "user-off",
            _("Deactivate this person?"),
            _(
                "This person can no longer sign in here, open sessions end, and no lesson offers them "
                "any more. Lessons and attendance stay. "
                "iclass knows no deleting: it keeps the account, the name, the contacts and the history, and "
                "the entry token goes on working there. Give out a new token to end old entry cards."
            ),
            _("Deactivated. iclass keeps the account and its history."),
            services.deactivate_person,
            lambda person: person.is_active,
            asks="page",
            tone="danger",
        ),
        Act(
            "reactivate",
            "change",
            _("Activate again"),
            "user-check",
            _("Activate this person again?"),
            _("This person is offered for lessons again, and signs in as before."),
            _("Active again."),
            services.reactivate_person,
            lambda person: not person.is_active and not person.erased_at,
        ),
        Act(
            "erase",
            "erase",
            _("Erase personal data"),
            "eraser",
            _("Erase this person's data for good?"),
            _("This is for somebody who asks to be forgotten. It can never be taken back."),
            _("Erased. iclass is told within seconds; what it keeps stands on this page."),
            erasing.erase_person,
            lambda person: not person.erased_at,
            asks="page",
            tone="danger",
        ),
    )
}


def acts_for(reader: Any, person: User) -> list[Act]:
    """What this reader may do to this person now."""
    if person.role == Role.SUPERADMIN and reader.role != Role.SUPERADMIN:
        spared = ("pull", "push", "contacts")
    else:
        spared = tuple(ACTS)
    return [
        act
        for act in ACTS.values()
        if act.name in spared and act.needs(person) and may(reader, act.action, "person", person)
    ]

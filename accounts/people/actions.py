"""Actions on a person: their texts, icons and services."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.people import entry_cards, erasure_requests, services
from accounts.people.subject_access.services import request_copy
from accounts.sign_in import lockout, password_links, second_factor
from console.policy import may


@dataclass(frozen=True)
class PersonAction:
    """`name` is the suffix of the URL name, `action` the action in the policy table.

    `prompt` is "" for an action without confirmation, "question" for a dialog, "page" for a separate page,
    and "place" where pages draw it beside what it is about, not among the buttons.
    `condition` returns whether the action applies to a person, `is_revocable` means that it offers Undo.
    """

    name: str
    action: str
    label: str | Promise
    icon: str
    question: str | Promise
    detail: str | Promise
    done: str | Promise
    service: Callable[..., Any]
    condition: Callable[[User], bool]
    prompt: str = ""
    tone: str = "primary"
    is_revocable: bool = False

    @property
    def url_name(self) -> str:
        return f"accounts:person_{self.name}"

    @property
    def is_about_sync(self) -> bool:
        """Whether it only compares with iclass or sends there what the console has."""
        return self.name in ("pull", "push")


def _is_registered(person: User) -> bool:
    return bool(person.remote_id) and not person.erased_at


PERSON_ACTIONS = {
    action.name: action
    for action in (
        PersonAction(
            "card",
            "reveal_token",
            _("Entry card"),
            "id-badge-2",
            _("Show the entry card?"),
            _("The card shows the entry token, which opens the classroom in this person's name."),
            "",
            entry_cards.issue_cards,
            _is_registered,
            prompt="page",
        ),
        PersonAction(
            "contacts",
            "reveal",
            _("Show phone and e-mail"),
            "eye",
            _("Show phone and e-mail?"),
            _("The full values are shown once."),
            "",
            services.record_reveal,
            lambda person: bool(person.phone_no or person.e_mail),
            prompt="place",
        ),
        PersonAction(
            "pull",
            "pull",
            _("Check iclass"),
            "cloud-download",
            _("Check this person at iclass?"),
            _("Nothing is changed in the console or at iclass."),
            _("The result appears within seconds."),
            services.pull_person,
            lambda person: True,
        ),
        PersonAction(
            "push",
            "push",
            _("Send to iclass"),
            "cloud-upload",
            _("Send this person to iclass again?"),
            _("Values that differ at iclass are replaced with the console's values."),
            _("It is sent to iclass within seconds."),
            services.push_person,
            lambda person: True,
        ),
        PersonAction(
            "token",
            "new_token",
            _("Replace entry token"),
            "key",
            _("Replace the entry token?"),
            _(
                "The old token stops working immediately. Entry cards printed with it no longer "
                "open a lesson."
            ),
            _("A new token has been requested. Print the entry card again in a minute."),
            services.renew_entry_token,
            _is_registered,
            prompt="question",
            tone="danger",
        ),
        PersonAction(
            "password",
            "password_link",
            _("New password link"),
            "link-plus",
            _("Create a password link?"),
            _(
                "The link lets this person set a new password, once. An earlier link stops working; the "
                "present password works until a new one is set."
            ),
            _("The link will be e-mailed within a minute."),
            password_links.issue_link,
            lambda person: person.is_active and person.role != Role.SUPERADMIN,
            prompt="page",
        ),
        PersonAction(
            "password_revoke",
            "password_link",
            _("Revoke password link"),
            "link-off",
            _("Revoke the password link?"),
            _("The link stops working. The present password, if any, is not changed."),
            _("The password link has been revoked."),
            password_links.revoke_link,
            lambda person: password_links.unused_links(person).exists(),
            prompt="question",
            tone="danger",
        ),
        PersonAction(
            "factor",
            "reset_sign_in",
            _("Reset the second factor"),
            "device-mobile-off",
            _("Reset this person's second factor?"),
            _(
                "For people who have lost their phone and their recovery codes. Make sure "
                "the request really comes from them. They are signed out everywhere and set "
                "up a new app the next time they sign in."
            ),
            _("The second factor is reset. A new one is set up at the next sign-in."),
            second_factor.reset,
            second_factor.is_enabled,
            prompt="page",
            tone="danger",
        ),
        PersonAction(
            "unlock",
            "reset_sign_in",
            _("Unlock sign-in"),
            "lock-open",
            _("Unlock this person's sign-in?"),
            _(
                "Sign-in was locked after too many wrong passwords or codes. Once unlocked, the "
                "person can try again right away."
            ),
            _("Unlocked."),
            lockout.unlock,
            lockout.is_locked,
        ),
        PersonAction(
            "deactivate",
            "change",
            _("Deactivate"),
            "user-off",
            _("Deactivate this person?"),
            _(
                "This person can no longer sign in to the console, is signed out everywhere "
                "and can no longer be added to lessons. Lessons and attendance are kept. "
                "iclass cannot delete accounts: it keeps the account, the name, the contact "
                "details and the history, and the entry token keeps working there. Replace "
                "the entry token to void old entry cards."
            ),
            _("Deactivated. iclass keeps the account and its history."),
            services.deactivate_person,
            lambda person: person.is_active,
            prompt="page",
            tone="danger",
            is_revocable=True,
        ),
        PersonAction(
            "reactivate",
            "change",
            _("Reactivate"),
            "user-check",
            _("Reactivate this person?"),
            _("This person can be added to lessons again and can sign in as before."),
            _("Reactivated."),
            services.reactivate_person,
            lambda person: not person.is_active and not person.erased_at,
            is_revocable=True,
        ),
        PersonAction(
            "data",
            "subject_access",
            _("Copy of the data"),
            "file-zip",
            _("Make a copy of everything that the console holds about this person?"),
            _(
                "The file has a page to read and the same data for machines. Guardians are named in it, "
                "other people only by their role. What staff wrote in free text is included as written: "
                "read it before you hand it over."
            ),
            _("The copy is being made. You are notified when it is ready."),
            request_copy,
            lambda person: True,
            prompt="page",
        ),
        PersonAction(
            "erase",
            "erase",
            _("Erase personal data"),
            "eraser",
            _("Request to permanently erase this person's data?"),
            _("Use this when someone asks for their data to be deleted. It cannot be undone."),
            _("Requested. Nothing is erased until a second administrator confirms."),
            erasure_requests.request_erasure,
            lambda person: not person.erased_at,
            prompt="page",
            tone="danger",
        ),
    )
}


def actions_for(reader: Any, person: User) -> list[PersonAction]:
    """Return the actions that the reader may perform on a person now."""
    if person.role == Role.SUPERADMIN and reader.role != Role.SUPERADMIN:
        names: tuple[str, ...] = ("pull", "push", "contacts", *["data"] * (reader == person))
    else:
        names = tuple(PERSON_ACTIONS)
    return [
        action
        for action in PERSON_ACTIONS.values()
        if action.name in names and action.condition(person) and may(reader, action.action, "person", person)
    ]

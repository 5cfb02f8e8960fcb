"""Actions on many people: their texts, icons and rights. `accounts.bulk` performs them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import Role, User
from accounts.sign_in.password_links import check_link_allowed
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from console.policy import may


def _check_new_student(person: User, by: User) -> None:
    protect_erased(person)
    if person.role != Role.STUDENT:
        raise ValidationError(_("Only students can be in a group."))
    if not person.is_active:
        raise ValidationError(_("This person is deactivated. Reactivate them first."))


def _check_deactivation(person: User, by: User) -> None:
    protect_superadmin(person, by)
    if person == by:
        raise ValidationError(_("You cannot deactivate yourself. Ask another administrator."))
    if not person.is_active:
        raise ValidationError(_("This person is already deactivated."))


def _check_new_token(person: User, by: User) -> None:
    protect_superadmin(person, by)
    protect_erased(person)
    if not person.remote_id:
        raise ValidationError(_("iclass does not have this person yet."))


def _check_card(person: User, by: User) -> None:
    protect_superadmin(person, by)


def _check_waiting_link(person: User, by: User) -> None:
    protect_superadmin(person, by)


def _check_export(person: User, by: User) -> None:
    protect_erased(person)


@dataclass(frozen=True)
class BulkAction:
    """`resource` and `action` are the right in the policy table that it needs besides that to the people.

    `check(person, by)` raises ValidationError or PermissionDenied, with the reason, for a person whom it does
    not apply to. `question` counts with `%(n)d`.
    """

    name: str
    resource: str
    action: str
    label: str | Promise
    icon: str
    question: str | Promise
    effect: str | Promise
    submit: str | Promise
    check: Callable[[User, User], None]
    tone: str = "primary"

    def may(self, reader: Any) -> bool:
        return may(reader, self.action, self.resource)

    def refusal_of(self, person: User, by: User) -> str:
        """Return why it does not apply to a person; empty if it does."""
        try:
            self.check(person, by)
        except (ValidationError, PermissionDenied) as error:
            return refusal_text(error)
        return ""


def refusal_text(error: ValidationError | PermissionDenied) -> str:
    """Return the sentences of a refusal."""
    return " ".join(error.messages if isinstance(error, ValidationError) else map(str, error.args))


BULK_ACTIONS = {
    action.name: action
    for action in (
        BulkAction(
            "group",
            "group",
            "change",
            gettext_lazy("Add to group"),
            "users-plus",
            ngettext_lazy("Add %(n)d person to a group?", "Add %(n)d people to a group?", "n"),
            gettext_lazy("They join the group and its upcoming lessons. Those already in it stay in it."),
            gettext_lazy("Add to group"),
            _check_new_student,
        ),
        BulkAction(
            "token",
            "person",
            "new_token",
            gettext_lazy("Replace entry tokens"),
            "key",
            ngettext_lazy("Replace the entry token of %(n)d person?", "Replace %(n)d entry tokens?", "n"),
            gettext_lazy(
                "The old tokens stop working immediately. Entry cards printed with them no longer "
                "open a lesson."
            ),
            gettext_lazy("Replace entry tokens"),
            _check_new_token,
            tone="danger",
        ),
        BulkAction(
            "password",
            "person",
            "password_link",
            gettext_lazy("New password link"),
            "link-plus",
            ngettext_lazy(
                "Create a password link for %(n)d person?", "Create password links for %(n)d people?", "n"
            ),
            gettext_lazy(
                "Each link lets one person set a new password, once. Earlier links stop working; the "
                "present password works until a new one is set."
            ),
            gettext_lazy("Create links"),
            check_link_allowed,
        ),
        BulkAction(
            "password_revoke",
            "person",
            "password_link",
            gettext_lazy("Revoke password links"),
            "link-off",
            ngettext_lazy(
                "Revoke the password link of %(n)d person?", "Revoke the password links of %(n)d people?", "n"
            ),
            gettext_lazy("The links stop working. Present passwords are not changed."),
            gettext_lazy("Revoke password links"),
            _check_waiting_link,
            tone="danger",
        ),
        BulkAction(
            "cards",
            "person",
            "reveal_token",
            gettext_lazy("Entry cards"),
            "printer",
            ngettext_lazy("Show %(n)d entry card?", "Show %(n)d entry cards?", "n"),
            gettext_lazy("Each card shows an entry token, which opens the classroom in the student's name."),
            gettext_lazy("Show cards"),
            _check_card,
        ),
        BulkAction(
            "export",
            "person",
            "export",
            gettext_lazy("Export"),
            "file-download",
            ngettext_lazy("Export %(n)d person?", "Export %(n)d people?", "n"),
            gettext_lazy("Each export is recorded in the audit trail."),
            gettext_lazy("Download"),
            _check_export,
        ),
        BulkAction(
            "deactivate",
            "person",
            "change",
            gettext_lazy("Deactivate"),
            "user-off",
            ngettext_lazy("Deactivate %(n)d person?", "Deactivate %(n)d people?", "n"),
            gettext_lazy(
                "They can no longer sign in to the console, are signed out everywhere and can no longer "
                "be added to lessons. Lessons and attendance are kept, and iclass keeps the accounts."
            ),
            gettext_lazy("Deactivate"),
            _check_deactivation,
            tone="danger",
        ),
    )
}


def bulk_links(
    reader: Any, query: QueryDict, names: Collection[str] = tuple(BULK_ACTIONS)
) -> list[dict[str, Any]]:
    """Return those of `names` that the reader may perform, for the bar of the list; URLs keep its filter."""
    params = query.urlencode()
    return [
        {
            "url": f"{reverse(f'accounts:people_bulk_{action.name}')}{'?' if params else ''}{params}",
            "label": action.label,
            "icon_name": action.icon,
        }
        for action in BULK_ACTIONS.values()
        if action.name in names and action.may(reader)
    ]

"""Forms of the confirmation of an action on many people: what else it needs to know."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.imports.forms import ExportForm
from accounts.models import StudentGroup, User
from accounts.people.forms.password_link import PasswordLinkForm
from accounts.people.forms.person import AuditReasonForm
from accounts.people.queries import groups_by_name, unarchived_groups
from console.policy import scoped


class AddToGroupForm(forms.Form):
    """The group, and the reason to allow schedule conflicts."""

    fields: dict[str, Any]
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(),
        label=_("Group"),
        error_messages={"required": _("Choose a group."), "invalid_choice": _("Choose a group of the list.")},
    )
    conflict_reason = forms.CharField(
        label=_("Reason to allow conflicts"),
        required=False,
        max_length=300,
        help_text=_("Only needed if someone is then planned twice or a lesson has too many people."),
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = scoped(groups_by_name(reader), reader, "group", "change")
        self.fields["group"].queryset = unarchived_groups(groups)


class PlainForm(forms.Form):
    """Nothing but the confirmation."""

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ReasonForm(AuditReasonForm):
    """The reason of the action."""

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PasswordLinksForm(PasswordLinkForm):
    """How the links reach the people."""

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ExportChosenForm(ExportForm):
    """Format and contacts of an export of selected people."""

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, groups=StudentGroup.objects.none(), contacts=True, **kwargs)
        del self.fields["role"], self.fields["group"]


BULK_FORMS: dict[str, type[Any]] = {
    "group": AddToGroupForm,
    "token": PlainForm,
    "password": PasswordLinksForm,
    "password_revoke": PlainForm,
    "cards": ReasonForm,
    "export": ExportChosenForm,
    "deactivate": ReasonForm,
}

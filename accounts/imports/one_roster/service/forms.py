"""Form of the OneRoster service of a school."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.imports.one_roster.service.settings import FIELDS
from accounts.models import RosterConnection
from console.inputs.addresses import check_address
from console.policy.edit_forms import OptimisticLockMixin


class ConnectionForm(OptimisticLockMixin, forms.ModelForm):
    """Address, credentials, and when it is read."""

    url = forms.URLField(
        label=_("Address of the service"),
        max_length=500,
        assume_scheme="https",
        help_text=_("As your student information system shows it, up to v1p1 or v1p2."),
    )
    token_url = forms.URLField(
        label=_("Address for tokens"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Where a token is given for the client ID and secret (OAuth 2)."),
    )

    class Meta:
        model = RosterConnection
        fields = FIELDS
        help_texts: ClassVar[Mapping[str, Any]] = {
            "is_nightly": _("Changes each night, everything once a week."),
            "max_change": _(
                "Where more would change, or a schedule conflict would arise, the import waits for you. "
                "Empty: it always waits."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_secret"].required = True

    def clean_url(self) -> str:
        return _checked(self.cleaned_data["url"])

    def clean_token_url(self) -> str:
        return _checked(self.cleaned_data["token_url"])


def _checked(url: str) -> str:
    check_address(url)
    return url

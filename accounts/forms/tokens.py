"""The form of a new REST token: what for, what it may do, for how long."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from console.policy.tokenscopes import KINDS, READ, WORDS, WRITE, offered_to

NOTHING = ""
PREFIX = "scope_"


class TokenForm(forms.Form):
    """A choice for each family of which the person's role has a part: nothing, read, read and change."""

    name = forms.CharField(
        label=_("What is it for"), max_length=80, help_text=_("By this name you find it again in the list.")
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.REST_TOKEN_MAX_DAYS
        self.fields["days"] = forms.IntegerField(
            label=_("Ends after so many days"),
            min_value=1,
            max_value=most,
            initial=settings.REST_TOKEN_DAYS,
            help_text=_("At most %(most)d. You are told a week before.") % {"most": most},
        )
        offered = offered_to(person)
        self.families = [family for family in WORDS if f"{family}:{READ}" in offered]
        for family in self.families:
            self.fields[PREFIX + family] = self._choice(family, f"{family}:{WRITE}" in offered)

    def _choice(self, family: str, may_write: bool) -> forms.ChoiceField:
        kinds = [(READ, KINDS[READ]), *([(WRITE, KINDS[WRITE])] if may_write else [])]
        return forms.ChoiceField(
            label=WORDS[family], required=False, choices=[(NOTHING, _("nothing")), *kinds]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = ((family, data.get(PREFIX + family)) for family in self.families)
        data["scopes"] = [f"{family}:{kind}" for family, kind in chosen if kind]
        if not data["scopes"]:
            raise ValidationError(gettext("Choose at least one thing that the token may do."))
        return data

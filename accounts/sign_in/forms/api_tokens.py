"""Form of a new REST token."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from console.policy.token_scopes import ACCESS_LABELS, FAMILY_LABELS, READ, WRITE, scopes_offered_to

NO_ACCESS = ""
SCOPE_PREFIX = "scope_"


class TokenForm(forms.Form):
    """Name, lifetime, and for each family of scopes a choice of access that the person's role allows."""

    name = forms.CharField(
        label=_("Purpose"), max_length=80, help_text=_("Helps you find it in the list later.")
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        max_days = settings.REST_TOKEN_MAX_DAYS
        self.fields["days"] = forms.IntegerField(
            label=_("Expires in (days)"),
            min_value=1,
            max_value=max_days,
            initial=settings.REST_TOKEN_DAYS,
            help_text=_("At most %(most)d. You are notified a week before it expires.") % {"most": max_days},
        )
        offered = scopes_offered_to(person)
        self.families = [family for family in FAMILY_LABELS if f"{family}:{READ}" in offered]
        for family in self.families:
            self.fields[SCOPE_PREFIX + family] = self._choice(family, f"{family}:{WRITE}" in offered)

    def _choice(self, family: str, may_write: bool) -> forms.ChoiceField:
        levels = [(READ, ACCESS_LABELS[READ]), *([(WRITE, ACCESS_LABELS[WRITE])] if may_write else [])]
        label: Any = FAMILY_LABELS[family]
        return forms.ChoiceField(label=label, required=False, choices=[(NO_ACCESS, _("none")), *levels])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        access = ((family, data.get(SCOPE_PREFIX + family)) for family in self.families)
        data["scopes"] = [f"{family}:{level}" for family, level in access if level]
        if not data["scopes"]:
            raise ValidationError(gettext("Choose at least one permission."))
        return data

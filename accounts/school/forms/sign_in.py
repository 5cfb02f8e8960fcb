"""Form of the school's own sign-in page."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.school.forms.base import SchoolForm


class SignInPageForm(SchoolForm):
    """The name in the address of the page; without one the school has none."""

    class Meta:
        model = Enterprise
        fields = ("sign_in_name",)
        labels = {"sign_in_name": _("Name in the address")}
        widgets = {"sign_in_name": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sign_in_name"].help_text = _(
            "The page is then at %(address)s. Leave it empty for no page. If you change it, the former "
            "address stops working."
        ) % {"address": f"{settings.PUBLIC_URL}/s/…/"}

    def clean_sign_in_name(self) -> str | None:
        return (self.cleaned_data["sign_in_name"] or "").strip().lower() or None

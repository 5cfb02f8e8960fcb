"""The password of a lesson on a form: typed anew, left as it is, or taken away."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from classes.passwords import LONGEST, SHORTEST
from console.vault.errors import VaultError
from console.vault.forms import SecretField
from console.vault.ring import open_bytes, seal_bytes
from console.vault.secret import Secret


class PasswordForm(forms.Form):
    """What was typed is never written back. Where the form has to be shown again it waits in it sealed, so
    that nobody types it twice.
    """

    school: Enterprise
    #: After cleaning: the password to come, '' for none, None to leave it as it is.
    new_password: str | None = None
    password = SecretField(
        label=_("Password of the lesson"), min_length=SHORTEST, max_length=LONGEST, required=False
    )
    no_password = forms.BooleanField(label=_("Take the password away"), required=False)
    password_waits = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = self._typed(data)
        self.new_password = "" if data.get("no_password") else typed
        if typed is not None:
            self.data = self.data.copy()
            self.data["password_waits"] = seal_bytes(typed.encode(), self._context).decode()
            self.fields["password"].help_text = _("What you typed is kept. Leave this empty to use it.")
        return data

    def _typed(self, data: dict[str, Any]) -> str | None:
        """What was typed now or before; None where nothing was."""
        given: Secret | None = data.get("password")
        if given is not None and given is not self.initial.get("password"):
            return given.reveal()
        try:
            waits = data.get("password_waits", "").encode()
            return open_bytes(waits, self._context).decode() if waits else None
        except VaultError:
            self.add_error("password", _("This could not be kept. Type the password again."))
            return None

    @property
    def _context(self) -> str:
        return f"form:lesson-password:{self.school.pk}"

"""Password fields of a lesson form: set, keep or remove."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from classes.lessons.passwords import LONGEST, SHORTEST
from console.vault.forms import SecretField
from console.vault.keyring import VaultError, seal_bytes, unseal_bytes
from console.vault.secret import Secret


class PasswordForm(forms.Form):
    """The typed password is never rendered. If the form is shown again, a hidden field keeps it sealed."""

    school: Enterprise
    #: After cleaning: the new password, '' to remove it, None to keep it.
    new_password: str | None = None
    password = SecretField(
        label=_("Lesson password"), min_length=SHORTEST, max_length=LONGEST, required=False
    )
    no_password = forms.BooleanField(label=_("Remove the password"), required=False)
    password_waits = forms.CharField(widget=forms.HiddenInput, required=False)

    def hide_no_password(self) -> None:
        """Remove the "no password" box if the lesson has no password."""
        if "no_password" in self.fields and not self.initial.get("password"):
            del self.fields["no_password"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = self._entered_password(data)
        self.new_password = "" if data.get("no_password") else typed
        if typed is not None:
            posted: Any = self.data
            self.data = posted = posted.copy()
            posted["password_waits"] = seal_bytes(typed.encode(), self._context).decode()
            self.fields["password"].help_text = _(
                "The password you entered is kept. Leave this field empty to use it."
            )
        return data

    def _entered_password(self, data: dict[str, Any]) -> str | None:
        """Return the password typed now or before; None if there is none."""
        given: Secret | None = data.get("password")
        if given is not None and given is not self.initial.get("password"):
            return given.reveal()
        try:
            waits = data.get("password_waits", "").encode()
            return unseal_bytes(waits, self._context).decode() if waits else None
        except VaultError:
            self.add_error("password", _("The password was not kept. Enter it again."))
            return None

    @property
    def _context(self) -> str:
        return f"form:lesson-password:{self.school.pk}"

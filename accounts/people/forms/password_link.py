"""Form of a new password link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.password_links import Delivery
from console.notifications.channels.mail_server import mail_is_set_up


class PasswordLinkForm(forms.Form):
    """How the link reaches the person: on a printed card or, if the console sends e-mail, by e-mail."""

    delivery = forms.ChoiceField(
        label=_("How to hand it over"),
        initial=Delivery.CARD,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how to hand it over.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(Delivery.CARD.value, _("Cards to print, with a QR code. They are shown once."))]
        if mail_is_set_up():
            choices.append((Delivery.EMAIL.value, _("By e-mail. Everyone needs an e-mail address.")))
        self.fields["delivery"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

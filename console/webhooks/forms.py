"""Forms of webhooks."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.guarded_client import is_allowed_address
from console.inputs.addresses import check_address
from console.policy.edit_forms import OptimisticLockMixin
from console.webhooks.events import all_events, event_label
from console.webhooks.models import WebhookEndpoint

FIELDS = ("name", "url", "events", "personal_data")


class EndpointForm(OptimisticLockMixin, forms.ModelForm):
    """The address of a webhook, and what it receives."""

    class Meta:
        model = WebhookEndpoint
        fields = FIELDS
        widgets: ClassVar[Mapping[str, Any]] = {"url": forms.URLInput(attrs={"maxlength": 500})}
        labels: ClassVar[Mapping[str, Any]] = {"personal_data": gettext_lazy("With personal data")}
        help_texts: ClassVar[Mapping[str, Any]] = {
            "name": gettext_lazy("The program that receives the events, such as “School portal”."),
            "url": gettext_lazy(
                "Events are sent there, signed. It begins with https:// and is reachable from the internet."
            ),
            "personal_data": gettext_lazy(
                "Names, contacts and topics are added. Without it, events hold IDs alone."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"] = forms.MultipleChoiceField(
            label=_("Events"),
            choices=[(event.name, event_label(event.name)) for event in all_events()],
            widget=forms.CheckboxSelectMultiple,
            initial=self.instance.events,
            error_messages={"required": _("Choose at least one event.")},
        )
        self.order_fields(FIELDS)

    def clean_url(self) -> str:
        return checked_url(self.cleaned_data["url"])


def checked_url(text: str) -> str:
    """Return the address. ValidationError for what is certainly not public.

    A name is looked up when something is sent.
    """
    url = text.strip()
    check_address(url)
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.username is not None or not _may_be_public(host):
        raise ValidationError(
            _("Enter an address that begins with https:// and is reachable from the internet.")
        )
    return url


def _may_be_public(host: str) -> bool:
    """Return whether a host may be called: a name with a dot, or an IP address that is allowed."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        is_number = last.isdigit() or last.startswith("0x")  # an IPv4 address in another notation
        return "." in host and not is_number and last not in ("localhost", "local", "internal")
    return is_allowed_address(str(address))


class ResendForm(forms.Form):
    """Since when all events are sent again."""

    since = forms.DateTimeField(
        label=gettext_lazy("Send all events again since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        if since > timezone.now():
            raise ValidationError(_("Enter a time that has passed."))
        return since

"""Forms of apps, bots, wording, addresses of people and the mail server."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.sign_in.forms.quiet_hours import check_hours
from console.inputs.addresses import check_address
from console.notifications.channels.models import APP_PROVIDERS, Provider
from console.notifications.channels.providers.base import names_one
from console.notifications.channels.texts import PLACEHOLDERS, unknown_placeholders
from console.notifications.models import MailServer, MessagingApp, MessagingBot, MessagingSettings
from console.notifications.topics import Topic, all_topics
from console.notifications.types import labelled_types
from console.policy.edit_forms import OptimisticLockMixin
from console.vault.forms import SecretField
from console.vault.secret import Secret

#: How each provider names the parts of an app's credentials.
APP_LABELS: dict[str, dict[str, str]] = {
    Provider.WECOM: {"app_id": "CorpID", "agent_id": "AgentId", "secret": "Secret"},
    Provider.DINGTALK: {"app_id": "AppKey", "agent_id": "AgentId", "secret": "AppSecret"},
    Provider.FEISHU: {"app_id": "App ID", "secret": "App Secret"},
}
TEXT_HINT = gettext_lazy(
    "Plain text. {title}, {text}, {link} and {school} are filled in. Empty: title, text and link."
)


class TopicsMixin(forms.ModelForm):
    """A form with check boxes of topics."""

    def offer(self, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields["topics"] = forms.MultipleChoiceField(
            label=_("What it is sent"),
            choices=list(choices),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=self.instance.topics,
        )


class AppForm(OptimisticLockMixin, TopicsMixin):
    """The credentials of an app, and what it sends to people who did not choose otherwise."""

    class Meta:
        model = MessagingApp
        fields = ("app_id", "agent_id", "secret", "api_url", "topics", "is_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = APP_LABELS[self.instance.provider]
        for name in ("app_id", "agent_id", "secret"):
            if name not in labels:
                del self.fields[name]
                continue
            self.fields[name].label = labels[name]
            self.fields[name].required = True
        self.fields["api_url"].label = _("API address")
        self.fields["api_url"].help_text = _("Only for a private service. Empty: the public one.")
        self.fields["is_on"].help_text = _("When turned off, nothing is sent, and nobody can choose it.")
        self.offer((topic.name, topic.label) for topic in all_topics())
        self.fields["topics"].help_text = _("Everybody can choose otherwise in their own settings.")
        self.order_fields(["app_id", "agent_id", "secret", "api_url", "topics", "is_on"])

    def clean_agent_id(self) -> str:
        number = str(self.cleaned_data["agent_id"])
        if not (number.isascii() and number.isdecimal()):
            raise ValidationError(_("Enter the number of the app."))
        return number

    def clean_api_url(self) -> str:
        url = str(self.cleaned_data["api_url"])
        if url:
            check_address(url)
        return url


class BotForm(OptimisticLockMixin, TopicsMixin):
    """A group bot, or a webhook of a program of the school."""

    class Meta:
        model = MessagingBot
        fields = ("name", "provider", "url", "secret", "language", "topics", "is_on")
        help_texts: ClassVar[Mapping[str, Any]] = {
            "name": gettext_lazy("How your school knows the group, such as “Office”."),
            "url": gettext_lazy(
                "It is shown where the bot is added to the group. Who has it can write there."
            ),
            "secret": gettext_lazy(
                "If the bot checks signatures: DingTalk and Feishu show it. A webhook is signed with it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].required = True
        self.offer(_group_choices(all_topics(to_groups=True)))
        self.fields["topics"].help_text = _("What concerns single people is never sent to a group.")
        self.order_fields(["name", "provider", "url", "secret", "language", "topics", "is_on"])

    def clean_url(self) -> Secret | None:
        url: Secret | None = self.cleaned_data["url"]
        if url is not None and "url" in self.changed_data:
            check_address(url.reveal())
        return url


def _group_choices(topics: Iterable[Topic]) -> Iterable[tuple[str, Any]]:
    for topic in topics:
        yield topic.name, topic.label
        for kind in labelled_types(topic.name):
            yield kind.name, _("only: %(kind)s") % {"kind": kind.label}


class WordingForm(OptimisticLockMixin, forms.ModelForm):
    """Quiet hours and wording of the school."""

    class Meta:
        model = MessagingSettings
        fields = ("quiet_from", "quiet_until", "text_zh", "text_en")
        widgets: ClassVar[Mapping[str, Any]] = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts: ClassVar[Mapping[str, Any]] = {
            "quiet_until": gettext_lazy(
                "Messages and e-mails of these hours are sent at their end. People can choose their own."
            ),
            "text_zh": TEXT_HINT,
            "text_en": TEXT_HINT,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_hours(self, data)
        return data

    def clean_text_zh(self) -> str:
        return check_wording(self.cleaned_data["text_zh"])

    def clean_text_en(self) -> str:
        return check_wording(self.cleaned_data["text_en"])


def check_wording(text: str) -> str:
    """Return a wording without HTML and with placeholders that exist."""
    if "<" in text or ">" in text:
        raise ValidationError(_("Enter plain text without < and >."))
    if unknown := unknown_placeholders(text):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValidationError(
            _("“{%(name)s}” is not known. These are: %(known)s.") % {"name": unknown[0], "known": known}
        )
    return text


def _check_names_one(person_id: str) -> None:
    if not names_one(person_id):
        raise ValidationError(_("Enter the ID of one person."))


class AddressesForm(forms.Form):
    """Under which ID a person is known at each provider."""

    def __init__(self, *args: Any, stored: Mapping[str, Any], offered: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": dict(stored)})
        hints = {
            Provider.WECOM: _("The account (UserID) of the address book."),
            Provider.DINGTALK: _("The UserID of the address book."),
            Provider.FEISHU: _("The open_id that the app has for the person."),
        }
        for provider in APP_PROVIDERS:
            if provider not in offered:
                continue
            label = str(provider.label)
            self.fields[provider.value] = SecretField(
                label=label,
                max_length=128,
                required=False,
                help_text=hints[provider],
                validators=[_check_names_one],
            )
            if provider in stored:
                self.fields[f"forget_{provider.value}"] = forms.BooleanField(
                    label=_("Look up again: %(name)s") % {"name": label}, required=False
                )

    def addresses(self) -> dict[str, Any]:
        """Return what to save: new IDs, and None for those to look up again."""
        found: dict[str, Any] = {}
        for provider in APP_PROVIDERS:
            if self.cleaned_data.get(f"forget_{provider.value}"):
                found[provider.value] = None
            elif provider.value in self.changed_data:
                found[provider.value] = self.cleaned_data[provider.value]
        return found


class MailServerForm(OptimisticLockMixin, forms.ModelForm):
    """The mail server of the installation."""

    class Meta:
        model = MailServer
        fields = ("host", "port", "encryption", "username", "password", "sender")
        help_texts: ClassVar[Mapping[str, Any]] = {
            "host": gettext_lazy("Its address must be public, or in a network of ALLOWED_PRIVATE_NETWORKS."),
            "sender": gettext_lazy("Address of the sender, such as console@school.example."),
        }

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if not all(one.isascii() and (one.isalnum() or one in ".-:") for one in host):
            raise ValidationError(_("Enter the name or address of a host."))
        return host

    def clean_port(self) -> int:
        port = int(self.cleaned_data["port"])
        if not 1 <= port <= 65535:
            raise ValidationError(_("Enter a port between 1 and 65535."))
        return port

    def clean_sender(self) -> str:
        sender = str(self.cleaned_data["sender"])
        EmailValidator()(sender)
        return sender


class MailTestForm(forms.Form):
    """Where the test e-mail goes."""

    recipient = forms.EmailField(label=gettext_lazy("Send a test e-mail to"), max_length=254)

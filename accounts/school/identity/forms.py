"""Forms of identity providers, sign-in rules and unlinking."""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, IdentityProvider, IdentityRule, StudentGroup
from accounts.school.identity.kinds import FACTS, is_tenant_id
from accounts.school.identity.services import PROVIDER_FIELDS
from console.concurrency import value_digests
from console.policy.edit_forms import OptimisticLockMixin
from console.vault.forms import SecretField

DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})+")
SEPARATORS = re.compile(r"[\s,;，；、]+")
MAX_DOMAINS = 20


class MailDomainsField(forms.CharField):
    """Domains separated by spaces, commas or lines; the value is a list without repetitions."""

    default_error_messages: ClassVar = {
        "domain": _("“%(domain)s” is not a mail domain. Enter a name such as school.example."),
        "many": _("Enter at most %(most)d mail domains."),
    }

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).lower()
        domains = list(dict.fromkeys(one.removeprefix("@") for one in SEPARATORS.split(text) if one))
        if len(domains) > MAX_DOMAINS:
            raise ValidationError(self.error_messages["many"], params={"most": MAX_DOMAINS})
        for domain in domains:
            if len(domain) > 253 or not DOMAIN.fullmatch(domain):
                raise ValidationError(self.error_messages["domain"], params={"domain": domain})
        return domains


HELP_TEXTS = {
    "name": _("Shown on the sign-in page, such as “Sign in with the school account”."),
    "create_people": _(
        "Whoever is not in the console yet is added with the role that a rule gives, "
        "and registered at iclass. Nobody is added without such a rule."
    ),
}


class BaseProviderForm(OptimisticLockMixin, forms.ModelForm):
    """What the forms of all kinds have in common."""

    fields: dict[str, Any]
    mail_domains = MailDomainsField(
        label=_("Mail domains"),
        required=False,
        max_length=2000,
        help_text=_(
            "Whoever enters an address of these domains at sign-in is sent to this provider. "
            "E-mail addresses of other domains do not open an account."
        ),
    )

    def stored_values(self) -> dict[str, str]:
        return value_digests(self.instance, PROVIDER_FIELDS) if self.instance.pk else {}


class ProviderForm(BaseProviderForm):
    """A provider with a client ID and a secret; which fields it has follows from the kind of `instance`."""

    client_secret = SecretField(label=_("Client secret"), strip=True, max_length=500)

    class Meta:
        model = IdentityProvider
        fields = (
            *("name", "issuer", "tenant", "client_id", "client_secret", "mail_domains"),
            *("match_by", "claim", "create_people", "is_enabled"),
        )
        help_texts: ClassVar = HELP_TEXTS | {
            "issuer": _("The address before “/.well-known/openid-configuration”, as the provider states it."),
            "match_by": _(
                "An e-mail address counts only if the provider has verified it. An employee "
                "number is compared with the user ID."
            ),
            "claim": _(
                "Empty: preferred_username, email or employee_number. Choose an attribute that "
                "people cannot change themselves."
            ),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        facts = self.facts = FACTS[self.instance.kind]
        self.order_fields(self.Meta.fields)
        self.fields["client_id"].required = True
        self.fields["issuer"].required = facts.asks_issuer and not facts.issuer_help
        if facts.issuer_help:
            self.fields["issuer"].label = _("Address of the service")
            self.fields["issuer"].help_text = facts.issuer_help
        if not facts.asks_issuer:
            del self.fields["issuer"]
        if facts.tenant_label:
            self.fields["tenant"].required = True
            self.fields["tenant"].label = facts.tenant_label
            self.fields["tenant"].help_text = facts.tenant_help
        else:
            del self.fields["tenant"]
        self.fields["mail_domains"].required = facts.needs_domains

    def clean_issuer(self) -> str:
        issuer = str(self.cleaned_data["issuer"]).strip().partition("/.well-known/")[0]
        if not issuer:
            return ""
        try:
            parts = urlsplit(issuer)
            valid = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None
            plain = not parts.query and not parts.fragment and parts.port != 0
        except ValueError:
            valid = plain = False
        if not valid or not plain:
            raise ValidationError(gettext("Enter the complete address, such as https://id.school.example."))
        return issuer

    def clean_tenant(self) -> str:
        tenant = str(self.cleaned_data["tenant"]).strip()
        if not is_tenant_id(self.instance.kind, tenant):
            raise ValidationError(gettext("This is not an ID of an organisation. Copy it from the provider."))
        return tenant.lower() if self.facts.tenant_is_guid else tenant


class RuleForm(forms.ModelForm):
    """A rule of a provider of `school`: attribute and value, and the role and group for it."""

    fields: dict[str, Any]

    class Meta:
        model = IdentityRule
        fields = ("claim", "value", "role", "group")
        labels: ClassVar = {"claim": _("Attribute"), "value": pgettext_lazy("attribute", "Value")}
        help_texts: ClassVar = {
            "claim": _("The name of the attribute at the provider, such as groups or department."),
            "value": _("The whole value; of an attribute with several values, one of them."),
            "group": _("For students only."),
        }

    def __init__(self, *args: Any, school: Enterprise, **more: Any) -> None:
        super().__init__(*args, **more)
        groups = StudentGroup.objects.filter(enterprise=school, archived_at=None)
        self.fields["group"].queryset = groups.order_by("sort_name", "name", "id")
        self.fields["role"].choices = [("", _("no role")), *self.fields["role"].choices[1:]]

    def refuse(self, error: ValidationError) -> None:
        self.add_error(None, error)


class UnlinkForm(forms.Form):
    """Whose account at the provider is forgotten."""

    user_id = forms.CharField(label=_("User ID"), max_length=64)

    def refuse(self, error: ValidationError) -> None:
        self.add_error(None, error)

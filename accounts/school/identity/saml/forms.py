"""The form of a provider of SAML 2.0: by its metadata, or by hand."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import IdentityProvider
from accounts.school.identity.forms import HELP_TEXTS, BaseProviderForm
from accounts.school.identity.saml.certificates import CertificateRefused, read_certificates
from accounts.school.identity.saml.documents import MAX_METADATA_BYTES
from accounts.school.identity.saml.metadata import (
    ProviderMetadata,
    certificate_message,
    fetch_metadata,
    read_metadata,
)
from console.inputs.addresses import is_web_address

#: Fields of the form alone: their content becomes the values of others.
SOURCES = ("metadata_file", "metadata")


class CertificatesField(forms.CharField):
    """Certificates one below the other; the value is a list of PEM without repetitions."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        try:
            return read_certificates(str(super().clean(value)))
        except CertificateRefused as error:
            raise ValidationError(certificate_message(error)) from None


class SamlForm(BaseProviderForm):
    """A provider of SAML 2.0. Metadata that are given win over what is entered by hand."""

    metadata_file = forms.FileField(label=_("Metadata file"), required=False)
    metadata = forms.CharField(
        label=_("Metadata"),
        required=False,
        max_length=MAX_METADATA_BYTES,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Instead of a file, paste the XML of the provider here."),
    )
    certificates = CertificatesField(
        label=_("Signing certificates"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "As PEM. When the provider changes its certificate, enter the new one below the old one, and "
            "take out the old one later."
        ),
    )

    class Meta:
        model = IdentityProvider
        fields = (
            *("name", "metadata_url", "issuer", "sso_url", "slo_url", "certificates"),
            *("mail_domains", "match_by", "claim", "create_people", "is_enabled"),
        )
        labels: ClassVar = {"issuer": _("Entity ID of the provider")}
        help_texts: ClassVar = HELP_TEXTS | {
            "metadata_url": _(
                "The console reads the metadata from here whenever you save. Leave it empty to give a file "
                "or to enter the values below by hand."
            ),
            "sso_url": _("For the HTTP-Redirect binding."),
            "slo_url": _("Where the answer to a sign-out goes. Empty if the provider has none."),
            "match_by": _(
                "An e-mail address counts only if it is of the mail domains above. An employee number is "
                "compared with the user ID."
            ),
            "claim": _(
                "Empty: uid, mail or employeeNumber. Enter NameID for the name of the account itself. Choose "
                "an attribute that people cannot change themselves."
            ),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        name, address, *others = self.Meta.fields
        self.order_fields([name, address, *SOURCES, *others])

    def clean_metadata_url(self) -> str:
        return self._address("metadata_url")

    def clean_sso_url(self) -> str:
        return self._address("sso_url")

    def clean_slo_url(self) -> str:
        return self._address("slo_url")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        file, text = (data.pop(name, None) for name in SOURCES)
        if file:
            self._take("metadata_file", lambda: read_metadata(file.read(MAX_METADATA_BYTES + 1)))
        elif text:
            self._take("metadata", lambda: read_metadata(text.encode()))
        elif data.get("metadata_url"):
            self._take("metadata_url", lambda: fetch_metadata(data["metadata_url"]))
        else:
            for name in ("issuer", "sso_url", "certificates"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Enter this, or give the metadata of the provider."))
        by_mail = data.get("match_by") == IdentityProvider.MatchBy.E_MAIL
        if by_mail and not data.get("mail_domains") and "mail_domains" not in self.errors:
            self.add_error(
                "mail_domains", gettext("Enter the domains whose addresses your school gives out.")
            )
        return data

    def _take(self, name: str, read: Any) -> None:
        try:
            found: ProviderMetadata = read()
        except ValidationError as error:
            self.add_error(name, error)
            return
        for field, value in found._asdict().items():
            self.errors.pop(field, None)
            self.cleaned_data[field] = value

    def _address(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip()
        if text and not is_web_address(text):
            raise ValidationError(gettext("Enter the complete address, such as https://id.school.example."))
        return text

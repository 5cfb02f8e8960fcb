"""The write-only form field of a secret: the page shows whether it is set, never its value."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from console.vault.secret import Secret


class SecretInput(forms.PasswordInput):
    """An always empty input with "set on … · ends …ab" below; submitted empty, the secret is kept."""

    template_name = "vault/secret_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "new-password", "spellcheck": "false", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["stored"] = _stored_info(value)
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        return super().use_required_attribute(initial) and not initial


class SecretField(forms.CharField):
    """Cleans to a Secret: the submitted one, or the stored one if the input is empty."""

    widget = SecretInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stored: Secret | None = None

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        self.stored = form.get_initial_for_field(self, field_name)
        return super().get_bound_field(form, field_name)

    def clean(self, value: Any) -> Secret | None:
        typed = self.to_python(value)
        self.run_validators(typed)
        if typed:
            return Secret(typed)
        if self.required and not self.stored:
            raise ValidationError(self.error_messages["required"], code="required")
        return self.stored

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data))


def _stored_info(value: Any) -> dict[str, Any] | None:
    """Return what the page may show of the stored secret; one that cannot be opened can still be replaced."""
    if not isinstance(value, Secret) or value.sealed is None:
        return None
    return {"set_at": value.set_at, "ends": value.ends}


def check_secret_entered(
    fields: Mapping[str, Any], changed: Mapping[str, Any], *, secret: str, sent_by: Collection[str]
) -> None:
    """Raise ValidationError at `secret` if a field that says where it goes changed, and nobody entered it.

    Otherwise whoever may change the address, but never see the secret, could have it sent to themselves.
    """
    entered = fields.get(secret)
    is_kept = isinstance(entered, Secret) and entered.sealed is not None
    if (is_kept or not entered) and any(name in changed for name in sent_by):
        raise ValidationError(
            {secret: gettext("Enter the secret again, because it would go to another place.")}
        )

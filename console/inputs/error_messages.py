"""What form fields, validators and models say about wrong input: sentences of ours in place of Django's.

Django's say neither what is wrong nor what is expected in plain words. They are replaced where Django keeps
them, so that every form says ours, the admin included; a form that knows better passes `error_messages`.
"""

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.core import validators
from django.db import models
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console.inputs.bounds import NUL_MESSAGE

_FILL_IN = _("Fill in this field.")
_NUMBER = _("Enter a number, for example 12.5.")
_DATE, _TIME = _("Enter the date as 2026-11-24."), _("Enter the time as 19:30.")
_NOT_OFFERED = _("This choice is not offered here. Choose an entry of the list.")
_LINK = _("Enter a complete link, with https:// in front.")
_ITEM = {"item_invalid": _("Entry %(nth)s is wrong:")}
_DIGITS = {
    "invalid": _NUMBER,
    "max_digits": ngettext_lazy("Enter at most %(max)s digit.", "Enter at most %(max)s digits.", "max"),
    "max_decimal_places": ngettext_lazy(
        "Enter at most %(max)s digit after the decimal point.",
        "Enter at most %(max)s digits after the decimal point.",
        "max",
    ),
    "max_whole_digits": ngettext_lazy(
        "Enter at most %(max)s digit before the decimal point.",
        "Enter at most %(max)s digits before the decimal point.",
        "max",
    ),
}
_CHOICE = {
    "required": _("Choose an entry of the list."),
    "invalid_choice": _NOT_OFFERED,
    "invalid_list": _NOT_OFFERED,
    "invalid_pk_value": _NOT_OFFERED,
}
#: By class of fields: code → message.
FIELD_MESSAGES: dict[type[Any], dict[str, Any]] = {
    forms.Field: {"required": _FILL_IN},
    forms.BooleanField: {"required": _("Tick this box.")},
    forms.ChoiceField: _CHOICE,
    forms.MultipleChoiceField: _CHOICE,
    forms.ModelChoiceField: _CHOICE,
    forms.ModelMultipleChoiceField: _CHOICE,
    forms.IntegerField: {"invalid": _("Enter a whole number, for example 45.")},
    forms.FloatField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": _DATE},
    forms.TimeField: {"invalid": _TIME},
    forms.DateTimeField: {"invalid": _("Enter date and time as 2026-11-24 19:30.")},
    forms.MultiValueField: {"invalid": _FILL_IN, "incomplete": _("Fill in all parts of this field.")},
    forms.SplitDateTimeField: {"invalid_date": _DATE, "invalid_time": _TIME},
    forms.URLField: {"invalid": _LINK},
    forms.FileField: {
        "required": _("Choose a file."),
        "invalid": _("Choose a file."),
        "missing": _("Choose a file."),
        "empty": _("The file is empty."),
        "max_length": ngettext_lazy(
            "The name of the file is too long: %(length)d characters, where %(max)d is the most.",
            "The name of the file is too long: %(length)d characters, where %(max)d are the most.",
            "max",
        ),
        "contradiction": _("Either choose a file or remove the present one, not both."),
    },
    forms.UUIDField: {"invalid": _("This is not an ID of the console. Open the page again.")},
    SimpleArrayField: _ITEM,
    models.Field: {
        "null": _FILL_IN,
        "blank": _FILL_IN,
        "invalid_choice": _NOT_OFFERED,
        "unique": _("This value is taken: %(field_label)s. Enter another one."),
    },
    models.ForeignKey: {"invalid": _NOT_OFFERED},
    ArrayField: _ITEM,
}
VALIDATOR_MESSAGES: dict[type[Any], Any] = {
    validators.RegexValidator: _("This is not written in the form that is expected here. Correct it."),
    validators.URLValidator: _LINK,
    validators.EmailValidator: _("Enter an e-mail address such as name@example.com."),
    validators.MaxValueValidator: _("Enter a number that is not above %(limit_value)s."),
    validators.MinValueValidator: _("Enter a number that is not below %(limit_value)s."),
    validators.MaxLengthValidator: ngettext_lazy(
        "Enter at most %(limit_value)d character; this text has %(show_value)d.",
        "Enter at most %(limit_value)d characters; this text has %(show_value)d.",
        "limit_value",
    ),
    validators.MinLengthValidator: ngettext_lazy(
        "Enter at least %(limit_value)d character; this text has %(show_value)d.",
        "Enter at least %(limit_value)d characters; this text has %(show_value)d.",
        "limit_value",
    ),
    validators.ProhibitNullCharactersValidator: NUL_MESSAGE,
}
CONSTRAINT_MESSAGE = _("These entries do not fit together. Check them.")


class _SendableDomain:
    """The domains that Django's validator accepts, without those that no e-mail program can write in ASCII.

    A label has at most 63 characters, and more of them in ASCII than in Chinese or with accents.
    """

    regex = validators.EmailValidator.domain_regex

    def match(self, domain: str) -> bool:
        try:
            punycode(domain)
        except UnicodeError:
            return False
        return self.regex.match(domain) is not None


def replace_messages() -> None:
    """Replace Django's messages, and its rule for the domains of e-mail addresses.

    Fields and constraints copy their messages when they are created: call it before.
    """
    for field, messages in FIELD_MESSAGES.items():
        field.default_error_messages = {**field.default_error_messages, **messages}
    for validator, message in VALIDATOR_MESSAGES.items():
        validator.message = message
    emails: Any = validators.EmailValidator
    emails.domain_regex = _SendableDomain()
    decimals: Any = validators.DecimalValidator
    decimals.messages = _DIGITS
    constraint: Any = models.BaseConstraint
    constraint.default_violation_error_message = CONSTRAINT_MESSAGE

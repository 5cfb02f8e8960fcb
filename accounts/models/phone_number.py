"""What a phone number is, in forms, files and REST."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Five to eighteen digits, with what people write between them. Short numbers have five, and no country code,
#: number and extension together have more than eighteen.
PHONE_PATTERN = re.compile(r"(?=(?:[^0-9]*[0-9]){5,18}[^0-9]*\Z)[0-9+() -]{5,30}", re.ASCII)
PHONE_MESSAGE = _("Enter a phone number of 5 to 18 digits. Spaces, brackets, + and - may stand in it, too.")


def validate_phone_number(number: str) -> None:
    """Raise ValidationError for what cannot be a phone number.

    Check only what was changed: a number that came from iclass must not block the other fields of a form.
    """
    if not PHONE_PATTERN.fullmatch(number):
        raise ValidationError(PHONE_MESSAGE, "phone")

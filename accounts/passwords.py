"""Rules of passwords beside Django's own."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's rule in our words: its own sentence is not translated into Chinese since 5.2."""

    def get_error_message(self) -> str:
        return _("The password is too short. Use at least %(n)d characters.") % {"n": self.min_length}

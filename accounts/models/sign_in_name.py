"""The name of a school in the address of its sign-in page, `/s/<name>/`."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 40
#: Words that would look like pages of the console, or like the console itself.
RESERVED_NAMES = frozenset(
    (
        *("account", "accounts", "admin", "administrator", "api", "callbacks", "console", "demo"),
        *("guardian", "guardians", "healthz", "help", "iclass", "login", "logout", "metrics", "new"),
        *("operator", "password", "readyz", "root", "sandbox", "school", "schools", "security", "sign-in"),
        *("sign-out", "sso", "static", "status", "superadmin", "support", "system", "test", "www"),
    )
)

validate_form = RegexValidator(
    r"\A[a-z0-9](?:-?[a-z0-9]){2,39}\Z",
    _("Use 3 to 40 small letters and digits, with single hyphens between them, such as south-lake."),
)


def validate_not_reserved(name: str) -> None:
    if name in RESERVED_NAMES:
        raise ValidationError(_("This name is reserved for the console. Choose another one."))

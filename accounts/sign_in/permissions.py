"""Guards for superadmins and erased people."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.models.roles import Role


def protect_superadmin(person: User, by: User | None) -> None:
    """Raise PermissionDenied unless `by` may act on a superadmin: others could gain the role that way."""
    if by is not None and person.role == Role.SUPERADMIN and by.role != Role.SUPERADMIN:
        raise PermissionDenied(_("Only a superadmin can edit a superadmin."))


ERASED_MESSAGE = gettext_lazy("This person's personal data has been permanently erased. Add a new person.")


def protect_erased(person: User) -> None:
    """Raise ValidationError for an erased person, whose data must not be entered again."""
    if person.erased_at:
        raise ValidationError(ERASED_MESSAGE)

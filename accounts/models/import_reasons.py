"""Messages for rejected import rows: what is wrong, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "no_id": _("The user ID is missing. Enter one; it cannot be changed later."),
    "bad_id": _("Use 1 to 32 letters, digits, dots, hyphens or underscores."),
    "twice": _("Row %(named)s already has this user ID. Put everything about one person into one row."),
    "no_name": _("Enter the person's name."),
    "long_name": _("The name is too long. Use at most 60 characters."),
    "role": _("Unknown role. Use administrator, teacher, assistant, student or supervisor."),
    "role_not_given": _("This role cannot be imported. Use another one, or leave the cell empty."),
    "gender": _("Enter male or female, or leave the cell empty."),
    "phone": _("Use only digits, spaces, + and - in the phone number."),
    "mail": _(
        "This is not a valid e-mail address. Enter it as name@school.example, or leave the cell empty."
    ),
    "picture": _("Enter an address that starts with https:// and ends in .jpg or .png."),
    "group": _("There is no group “%(named)s”. Create it first, or let the import create missing groups."),
    "archived": _("The group “%(named)s” is archived. Restore it first, or clear the cell."),
    "long_group": _("The group name is too long. Use at most 80 characters."),
    "not_student": _("Only students can be in a group. Clear the cell, or change the role."),
    "not_staff": _("Only school staff can be the teacher in charge. Clear the cell."),
    "inactive": _(
        "This person is deactivated and cannot be the teacher in charge. Reactivate the person first."
    ),
    "charge_twice": _(
        "Row %(named)s already names a teacher in charge for one of these groups. Enter one per group."
    ),
    "superadmin": _("Only a superadmin can edit a superadmin."),
    "visitor": _("This is a visitor's user ID, which only iclass can change. Use another one."),
    "erased": _("This person's personal data has been permanently erased. Add a new person."),
    "yourself": _("You cannot change your own role by import. Ask another administrator."),
}


def refusal_message(reason: str, named: str = "") -> str:
    """Return the message of a reason; the reason itself if this version does not know it."""
    return str(REASONS.get(reason, reason)) % {"named": named}

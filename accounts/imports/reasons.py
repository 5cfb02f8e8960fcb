"""Why a row was refused, in words, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "no_id": _("There is no user id. Give the person one; it can never be changed later."),
    "bad_id": _("Use 1 to 32 letters, digits, dots, hyphens or underscores."),
    "twice": _("Row %(named)s has this user id already. Put what belongs to one person into one row."),
    "no_name": _("Write the person's name."),
    "long_name": _("The name is too long: at most 60 letters."),
    "role": _("No such role. Use administrator, teacher, assistant, student or supervisor."),
    "role_not_given": _("Nobody can be given this role here. Use another, or leave the cell empty."),
    "gender": _("Write male or female, or leave the cell empty."),
    "phone": _("Write the phone number with digits, spaces, + and - only."),
    "mail": _("This is no e-mail address. Write it as name@school.example, or leave the cell empty."),
    "picture": _("Use an address that begins with https:// and ends in .jpg or .png."),
    "group": _("There is no group “%(named)s”. Make it first, or let the import make missing groups."),
    "archived": _("The group “%(named)s” is archived. Restore it first, or empty the cell."),
    "long_group": _("The name of a group is too long: at most 80 letters."),
    "not_student": _("Only students can be in a group. Empty the cell, or change the role."),
    "not_staff": _("Only who works for the school can be in charge of a group. Empty the cell."),
    "inactive": _("This person is deactivated and cannot be put in charge. Reactivate them first."),
    "charge_twice": _(
        "Row %(named)s puts somebody in charge of one of these groups already. Name each once."
    ),
    "superadmin": _("Only a superadmin may do this to a superadmin."),
    "visitor": _("This is the user id of a visitor, whom only iclass can change. Use another id."),
    "erased": _("The personal data of this person is erased for good. Add a new person."),
    "yourself": _("You cannot change your own role by a file. Ask another administrator."),
}


def words(reason: str, named: str = "") -> str:
    """The sentence of a reason; its name where this version knows no such reason."""
    return str(REASONS.get(reason, reason)) % {"named": named}

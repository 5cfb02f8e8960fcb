"""Messages for rejected import rows: what is wrong, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models.phone_number import PHONE_MESSAGE

REASONS: dict[str, str | Promise] = {
    "no_id": _("The user ID is missing. Enter one; it cannot be changed later."),
    "bad_id": _("Use 1 to 32 letters, digits, dots, hyphens or underscores."),
    "twice": _("Row %(named)s already has this user ID. Put everything about one person into one row."),
    "no_name": _("Enter the person's name."),
    "long_name": _("The name is too long. Use at most 60 characters."),
    "role": _("Unknown role. Use administrator, teacher, assistant, student or supervisor."),
    "role_not_given": _("This role cannot be imported. Use another one, or leave the cell empty."),
    "gender": _("Enter male or female, or leave the cell empty."),
    "age_group": _("Enter under 14, 14 to 17, or 18 or older; or leave the cell empty."),
    "age_by_date": _(
        "The age group follows from the date of birth, which says otherwise. Clear the cell, or correct the "
        "date on the person's page."
    ),
    "birthday": _("Enter the date of birth as 2012-03-31, at most 120 years ago; or leave the cell empty."),
    "birthday_known": _(
        "Another date of birth is recorded. Clear the cell, or correct the date on the person's page."
    ),
    "consent_half": _("Enter both the day of the consent and who gave it, or leave both cells empty."),
    "consent_known": _(
        "Other consent is recorded. Clear both cells, or record the consent on the person's page."
    ),
    "consent_day": _("Enter the day of the consent as 2026-03-31, not later than today."),
    "long_guardian": _("The name of who gave consent is too long. Use at most 120 characters."),
    "guardian_name": _("Enter the guardian's name, of at most 120 characters."),
    "guardian_relation": _("Enter mother, father, grandparent or other; or leave the cell empty."),
    "guardian_language": _("Enter Chinese or English, or leave the cell empty."),
    "guardian_contact": _("Enter a phone number or an e-mail address of the guardian."),
    "guardian_twice": _("Both guardians of this row are the same. Clear the cells of one."),
    "guardian_many": _("The student would have more than %(named)s guardians. Delete one first."),
    "guardian_role": _("Only students have guardians. Clear the cells, or change the role."),
    "phone": PHONE_MESSAGE,
    "mail": _(
        "This is not a valid e-mail address. Enter it as name@school.example, or leave the cell empty."
    ),
    "picture": _("Enter an address that starts with https:// and ends in .jpg or .png."),
    "group": _("There is no group “%(named)s”. Create it first, or let the import create missing groups."),
    "archived": _("The group “%(named)s” is archived. Restore it first, or clear the cell."),
    "long_group": _("The group name is too long. Use at most 80 characters."),
    "grade": _("There is no grade “%(named)s”. Add it under People, Grades first, or clear the cell."),
    "grade_alone": _("A grade is that of the groups in the row. Enter a group too, or clear the cell."),
    "other_grade": _("Row %(named)s gives a group of this row another grade. Correct one of the rows."),
    "not_student": _("Only students can be in a group. Clear the cell, or change the role."),
    "not_staff": _("Only school staff can be the teacher in charge. Clear the cell."),
    "inactive": _(
        "This person is deactivated and cannot be the teacher in charge. Reactivate the person first."
    ),
    "superadmin": _("Only a superadmin can edit a superadmin."),
    "visitor": _("This is a visitor's user ID, which only iclass can change. Use another one."),
    "erased": _("This person's personal data has been permanently erased. Add a new person."),
    "roster_id": _("The sourcedId is missing or longer than 255 characters."),
    "roster_twice": _("Row %(named)s already has this sourcedId. Export the file again."),
    "roster_id_again": _("The sourcedId is missing, or another enrollment has it."),
    "roster_reference": _("%(named)s does not contain this sourcedId. Export all files at the same time."),
    "roster_day": _("This is not a day. It has to be written as 2026-09-01."),
    "roster_day_order": _("The last day is before the first day."),
    "roster_title": _("The class has no title."),
    "roster_role": _("The console has no such role."),
    "roster_no_role": _("No role is given for this person."),
    "roster_admin": _(
        "A new administrator. A superadmin can allow OneRoster to add administrators in the options of the "
        "import; or add the person by hand."
    ),
    "roster_other_role": _(
        "OneRoster has this person as a student and the console as staff, or the other way round. Change the "
        "role in one of them."
    ),
    "roster_taken": _(
        "Another person of the file already has this user ID. Choose another source of user IDs in the "
        "options."
    ),
    "roster_guardians": _("Only two guardians of a student are imported. Add others on the student's page."),
    "roster_yourself": _(
        "You are no longer in OneRoster, but cannot deactivate yourself. Ask another administrator."
    ),
    "roster_holiday": _("The holiday “%(named)s” would fall outside the term. Change or delete it first."),
    "yourself": _("You cannot change your own role by import. Ask another administrator."),
}


def refusal_message(reason: str, named: str = "") -> str:
    """Return the message of a reason; the reason itself if this version does not know it."""
    return str(REASONS.get(reason, reason)) % {"named": named}

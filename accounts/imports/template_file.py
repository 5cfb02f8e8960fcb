"""Template file of an import of people: the expected columns, a student and a teacher."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.imports.columns import LABELS
from accounts.models import Guardian, Role, User
from console.policy.views import SchoolView
from console.sheets.columns import Column, ColumnType
from console.sheets.download import attachment
from console.sheets.xlsx_writer import write_xlsx

#: Columns that most schools leave out; the import reads them all the same.
RARE = ("avatar", "grade", "in_charge", "age_group", "date_of_birth", "consent_on", "consent_by")


def people_template(school: Any) -> HttpResponseBase:
    """Return an XLSX file in the reader's language that the import can read without any change."""
    columns = [Column(name, label, ColumnType.ID, 18) for name, label in LABELS.items() if name not in RARE]
    student = {
        "user_id": "s20260001",
        "nickname": _("Lin Xiaoman"),
        "role": str(Role.STUDENT.label),
        "gender": str(User.Gender.FEMALE.label),
        "phone_no": "13800000000",
        "e_mail": "lin@example.com",
        "groups": _("Class 3; Class 4"),
        "guardian1_name": _("Lin Guoqiang"),
        "guardian1_relation": str(Guardian.Relation.FATHER.label),
        "guardian1_phone": "13900000000",
        "guardian1_mail": "lin.guoqiang@example.com",
        "guardian1_language": str(dict(settings.LANGUAGES)[settings.LANGUAGE_CODE]),
    }
    teacher = {"user_id": "t1024", "nickname": _("Ms Chen"), "role": str(Role.TEACHER.label)}
    empty = dict.fromkeys((column.key for column in columns), "")
    rows = [empty | row for row in (student, teacher)]
    return attachment(write_xlsx(rows, columns, _("People"), zone=school.tz), f"{_('People')}.xlsx")


class PeopleTemplate(SchoolView, View):
    """Download of the template file."""

    resource, action = "import", "add"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return people_template(self.request.user.enterprise)

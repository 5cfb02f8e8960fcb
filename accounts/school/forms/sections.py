"""The sections of the school settings and their forms."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.school.forms.attendance import AttendancePolicyForm, EngagementForm
from accounts.school.forms.base import SchoolForm
from accounts.school.forms.connection import AiForm, CoursewareSettingsForm, ExtendedFieldsForm, KeysForm
from accounts.school.forms.general import GeneralForm, LessonDefaultsForm, LicenceForm, LogoForm
from accounts.school.forms.retention import RetentionForm
from accounts.school.forms.sessions import SessionLimitsForm
from accounts.school.forms.sign_in import SignInPageForm

#: Sections with a form, by their slug in the URL.
SECTIONS: dict[str, tuple[Any, type[SchoolForm] | type[LogoForm] | type[EngagementForm]]] = {
    "general": (_("General"), GeneralForm),
    "lessons": (_("New lessons"), LessonDefaultsForm),
    "licence": (_("Licence"), LicenceForm),
    "keys": (_("Keys"), KeysForm),
    "ai": (_("AI features"), AiForm),
    "courseware": (_("Courseware"), CoursewareSettingsForm),
    "service": (_("Supported fields"), ExtendedFieldsForm),
    "logo": (_("Logo"), LogoForm),
    "sign-in": (_("Sign-in page"), SignInPageForm),
    "rules": (_("Attendance rules"), AttendancePolicyForm),
    "samples": (_("Engagement samples"), EngagementForm),
    "retention": (_("Data retention"), RetentionForm),
    "sessions": (_("Sessions"), SessionLimitsForm),
}

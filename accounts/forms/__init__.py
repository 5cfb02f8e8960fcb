from accounts.forms.group import GroupForm
from accounts.forms.people import PeopleFilter
from accounts.forms.person import PersonForm, ReasonForm
from accounts.forms.school import SECTIONS, SchoolForm
from accounts.forms.security import CodeForm, OwnPasswordForm, SecondStepForm
from accounts.forms.sign_in import SignInForm

__all__ = [
    "SECTIONS",
    "CodeForm",
    "GroupForm",
    "OwnPasswordForm",
    "PeopleFilter",
    "PersonForm",
    "ReasonForm",
    "SchoolForm",
    "SecondStepForm",
    "SignInForm",
]

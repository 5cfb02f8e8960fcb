from accounts.forms.group import GroupFilter, GroupForm
from accounts.forms.people import PeopleFilter
from accounts.forms.person import EraseForm, PersonForm, ReasonForm
from accounts.forms.school import SECTIONS, LogoForm, NewSchoolForm, SamplesForm, SchoolForm
from accounts.forms.security import CodeForm, OwnPasswordForm, SecondStepForm
from accounts.forms.sign_in import SignInForm
from accounts.forms.tokens import TokenForm

__all__ = [
    "SECTIONS",
    "CodeForm",
    "EraseForm",
    "GroupFilter",
    "GroupForm",
    "LogoForm",
    "NewSchoolForm",
    "OwnPasswordForm",
    "PeopleFilter",
    "PersonForm",
    "ReasonForm",
    "SamplesForm",
    "SchoolForm",
    "SecondStepForm",
    "SignInForm",
    "TokenForm",
]

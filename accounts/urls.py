"""Signing in, people, groups and the school. A person's own page shows lessons too and lies in `classes`."""

from django.urls import path

from accounts.imports.urls import urlpatterns as imports
from accounts.views.acts import PersonAct, PersonContacts, PersonDeactivate, PersonErase, PersonLeave
from accounts.views.cards import GroupCards, PersonCard
from accounts.views.groups import GroupAdd, GroupList
from accounts.views.operator import EnterSchool, LeaveSchool, OperatorSchools, SchoolAdd, VisitList
from accounts.views.people import PeopleList
from accounts.views.person import PersonAdd, PersonEdit
from accounts.views.pictures import logo, picture
from accounts.views.school import (
    DropOldKey,
    PullSchool,
    SchoolEdit,
    SchoolSettings,
    TryConnection,
    UseOwnCallback,
)
from accounts.views.security import (
    EndOtherSessions,
    EndSession,
    FactorOff,
    FactorSetup,
    MyMails,
    MyPassword,
    MySignIn,
    RecoveryCodes,
    RecoveryCodesFile,
    RenewCodes,
)
from accounts.views.sign_in import SignIn, SignInCode, SignOut
from accounts.views.tokens import MyTokens, TokenAdd, TokenOverview, TokenWithdraw, TokenWithdrawOther

app_name = "accounts"
urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("sign-in/code/", SignInCode.as_view(), name="sign_in_code"),
    path("sign-out/", SignOut.as_view(), name="sign_out"),
    path("account/", MySignIn.as_view(), name="my_sign_in"),
    path("account/password/", MyPassword.as_view(), name="my_password"),
    path("account/mails/", MyMails.as_view(), name="my_mails"),
    path("account/second-factor/", FactorSetup.as_view(), name="factor_setup"),
    path("account/second-factor/off/", FactorOff.as_view(), name="factor_off"),
    path("account/recovery-codes/", RecoveryCodes.as_view(), name="recovery_codes"),
    path("account/recovery-codes/file/", RecoveryCodesFile.as_view(), name="recovery_codes_file"),
    path("account/recovery-codes/new/", RenewCodes.as_view(), name="recovery_codes_new"),
    path("account/sessions/end/", EndOtherSessions.as_view(), name="sessions_end"),
    path("account/sessions/<int:pk>/end/", EndSession.as_view(), name="session_end"),
    path("account/tokens/", MyTokens.as_view(), name="my_tokens"),
    path("account/tokens/new/", TokenAdd.as_view(), name="token_add"),
    path("account/tokens/<int:pk>/withdraw/", TokenWithdraw.as_view(), name="token_withdraw"),
    path("people/tokens/", TokenOverview.as_view(), name="tokens"),
    path("people/tokens/<int:pk>/withdraw/", TokenWithdrawOther.as_view(), name="tokens_withdraw"),
    path("people/", PeopleList.as_view(), name="people"),
    *imports,
    path("people/new/", PersonAdd.as_view(), name="person_add"),
    path("people/<int:pk>/edit/", PersonEdit.as_view(), name="person_edit"),
    path("people/<int:pk>/card/", PersonCard.as_view(), name="person_card"),
    path("people/<int:pk>/contacts/", PersonContacts.as_view(), name="person_contacts"),
    path(
        "people/<int:pk>/deactivate/",
        PersonLeave.as_view(),
        name="person_deactivate",
    ),
    path("people/<int:pk>/erase/", PersonErase.as_view(), name="person_erase"),
    path("people/<int:pk>/factor/", PersonDeactivate.as_view(act_name="factor"), name="person_factor"),
    *(
        path(f"people/<int:pk>/{act}/", PersonAct.as_view(act_name=act), name=f"person_{act}")
        for act in ("pull", "push", "token", "reactivate", "unlock")
    ),
    path("pictures/<str:token>", picture, name="picture"),
    path("logos/<str:token>", logo, name="logo"),
    path("groups/", GroupList.as_view(), name="groups"),
    path("groups/new/", GroupAdd.as_view(), name="group_add"),
    path("groups/<int:pk>/cards/", GroupCards.as_view(), name="group_cards"),
    path("school/", SchoolSettings.as_view(), name="school"),
    path("school/visits/", VisitList.as_view(), name="visits"),
    path("schools/", OperatorSchools.as_view(), name="schools"),
    path("schools/new/", SchoolAdd.as_view(), name="school_add"),
    path("schools/<int:pk>/enter/", EnterSchool.as_view(), name="school_enter"),
    path("schools/leave/", LeaveSchool.as_view(), name="school_leave"),
    path("school/callback/", UseOwnCallback.as_view(), name="school_callback"),
    path("school/old-key/", DropOldKey.as_view(), name="school_old_key"),
    path("school/pull/", PullSchool.as_view(), name="school_pull"),
    path("school/test/", TryConnection.as_view(), name="school_test"),
    path("school/<slug:section>/", SchoolEdit.as_view(), name="school_edit"),
]

"""URLs of sign-in, people, groups and school. A person's detail page also shows lessons; see `classes`."""

from django.urls import path

from accounts.bulk.views import BulkPeople, BulkPeopleResult
from accounts.imports.urls import urlpatterns as imports
from accounts.people.bulk_actions import BULK_ACTIONS
from accounts.people.views.actions import (
    PersonActionView,
    PersonContacts,
    PersonDeactivation,
    PersonErase,
    PersonReasonAction,
)
from accounts.people.views.entry_cards import GroupCards, PersonCard
from accounts.people.views.groups import GroupAdd, GroupList
from accounts.people.views.password_links import PersonPasswordLink
from accounts.people.views.people_list import PeopleList
from accounts.people.views.person import PersonAdd, PersonEdit
from accounts.people.views.pictures import serve_logo, serve_picture
from accounts.school.views.operator_visits import (
    EnterSchool,
    LeaveSchool,
    OperatorSchools,
    SchoolAdd,
    VisitList,
)
from accounts.school.views.school_settings import (
    CheckConnection,
    DropPreviousKey,
    PullSchool,
    SchoolEdit,
    SchoolSettings,
    UseOwnCallback,
)
from accounts.sign_in.views.api_tokens import MyTokens, TokenAdd, TokenOverview, TokenRevoke, TokenRevokeOther
from accounts.sign_in.views.security import (
    EndOtherSessions,
    EndSession,
    FactorDisable,
    FactorSetup,
    MyNotifications,
    MyPassword,
    MySignIn,
    RecoveryCodes,
    RecoveryCodesFile,
    RecoveryCodesRenew,
)
from accounts.sign_in.views.set_password import OpenPasswordLink, SetPassword
from accounts.sign_in.views.sign_in import SignIn, SignInCode, SignOut

app_name = "accounts"
urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("sign-in/code/", SignInCode.as_view(), name="sign_in_code"),
    path("sign-out/", SignOut.as_view(), name="sign_out"),
    path("password/", SetPassword.as_view(), name="set_password"),
    path("password/<token:token>/", OpenPasswordLink.as_view(), name="password_link"),
    path("account/", MySignIn.as_view(), name="my_sign_in"),
    path("account/password/", MyPassword.as_view(), name="my_password"),
    path("account/mails/", MyNotifications.as_view(), name="my_mails"),
    path("account/second-factor/", FactorSetup.as_view(), name="factor_setup"),
    path("account/second-factor/off/", FactorDisable.as_view(), name="factor_off"),
    path("account/recovery-codes/", RecoveryCodes.as_view(), name="recovery_codes"),
    path("account/recovery-codes/file/", RecoveryCodesFile.as_view(), name="recovery_codes_file"),
    path("account/recovery-codes/new/", RecoveryCodesRenew.as_view(), name="recovery_codes_new"),
    path("account/sessions/end/", EndOtherSessions.as_view(), name="sessions_end"),
    path("account/sessions/<id:pk>/end/", EndSession.as_view(), name="session_end"),
    path("account/tokens/", MyTokens.as_view(), name="my_tokens"),
    path("account/tokens/new/", TokenAdd.as_view(), name="token_add"),
    path("account/tokens/<id:pk>/withdraw/", TokenRevoke.as_view(), name="token_withdraw"),
    path("people/tokens/", TokenOverview.as_view(), name="tokens"),
    path("people/tokens/<id:pk>/withdraw/", TokenRevokeOther.as_view(), name="tokens_withdraw"),
    path("people/", PeopleList.as_view(), name="people"),
    *imports,
    path("people/new/", PersonAdd.as_view(), name="person_add"),
    *(
        path(f"people/bulk/{name}/", BulkPeople.as_view(action_name=name), name=f"people_bulk_{name}")
        for name in BULK_ACTIONS
    ),
    path("people/bulk/results/<id:pk>/", BulkPeopleResult.as_view(), name="people_bulk_result"),
    path("people/<id:pk>/edit/", PersonEdit.as_view(), name="person_edit"),
    path("people/<id:pk>/card/", PersonCard.as_view(), name="person_card"),
    path("people/<id:pk>/contacts/", PersonContacts.as_view(), name="person_contacts"),
    path(
        "people/<id:pk>/deactivate/",
        PersonDeactivation.as_view(),
        name="person_deactivate",
    ),
    path("people/<id:pk>/erase/", PersonErase.as_view(), name="person_erase"),
    path("people/<id:pk>/factor/", PersonReasonAction.as_view(action_name="factor"), name="person_factor"),
    path("people/<id:pk>/password/", PersonPasswordLink.as_view(), name="person_password"),
    path(
        "people/<id:pk>/password/revoke/",
        PersonActionView.as_view(action_name="password_revoke"),
        name="person_password_revoke",
    ),
    *(
        path(f"people/<id:pk>/{name}/", PersonActionView.as_view(action_name=name), name=f"person_{name}")
        for name in ("pull", "push", "token", "reactivate", "unlock")
    ),
    path("pictures/<token:token>", serve_picture, name="picture"),
    path("logos/<token:token>", serve_logo, name="logo"),
    path("groups/", GroupList.as_view(), name="groups"),
    path("groups/new/", GroupAdd.as_view(), name="group_add"),
    path("groups/<id:pk>/cards/", GroupCards.as_view(), name="group_cards"),
    path("school/", SchoolSettings.as_view(), name="school"),
    path("school/visits/", VisitList.as_view(), name="visits"),
    path("schools/", OperatorSchools.as_view(), name="schools"),
    path("schools/new/", SchoolAdd.as_view(), name="school_add"),
    path("schools/<id:pk>/enter/", EnterSchool.as_view(), name="school_enter"),
    path("schools/leave/", LeaveSchool.as_view(), name="school_leave"),
    path("school/callback/", UseOwnCallback.as_view(), name="school_callback"),
    path("school/old-key/", DropPreviousKey.as_view(), name="school_old_key"),
    path("school/pull/", PullSchool.as_view(), name="school_pull"),
    path("school/test/", CheckConnection.as_view(), name="school_test"),
    path("school/<slug:section>/", SchoolEdit.as_view(), name="school_edit"),
]

"""URLs of sign-in, people, groups and school. A person's detail page also shows lessons; see `classes`."""

from django.urls import path

from accounts.bulk.views import BulkPeople, BulkPeopleResult
from accounts.imports.one_roster.urls import urlpatterns as exchange
from accounts.imports.urls import urlpatterns as imports
from accounts.people.bulk_actions import BULK_ACTIONS
from accounts.people.grades.views import (
    GradeAdd,
    GradeEdit,
    GradeFill,
    GradeList,
    GradeMove,
    GradeRemove,
)
from accounts.people.guardian_notices.urls import urlpatterns as guardian_notices
from accounts.people.guardians.invitation_views import GroupGuardians, GuardianInvite, GuardianRevoke
from accounts.people.guardians.views import GuardianAdd, GuardianDelete, GuardianEdit, GuardianList
from accounts.people.views.actions import (
    PersonActionView,
    PersonContacts,
    PersonDataCopy,
    PersonDeactivation,
    PersonErase,
    PersonReasonAction,
)
from accounts.people.views.age_and_consent import PersonAge, PersonConsent
from accounts.people.views.charges import (
    ChargeAdd,
    ChargeEdit,
    ChargeEnd,
    GradeHeads,
    GroupTeachers,
    HeadAdd,
)
from accounts.people.views.entry_cards import GroupCards, PersonCard
from accounts.people.views.erasure_requests import (
    ErasureRequestList,
    ErasureRequestPage,
    ErasureWithdraw,
)
from accounts.people.views.groups import GroupAdd, GroupList
from accounts.people.views.notes import NoteAdd, NoteDelete
from accounts.people.views.password_links import PasswordLinkList, PersonPasswordLink, RequestDismiss
from accounts.people.views.people_list import PeopleList
from accounts.people.views.person import PersonAdd, PersonEdit
from accounts.people.views.pictures import serve_logo, serve_picture
from accounts.school.channels.urls import urlpatterns as channels
from accounts.school.identity.urls import sign_in_urls
from accounts.school.identity.urls import urlpatterns as identity_providers
from accounts.school.views.operator_visits import (
    EnterSchool,
    LeaveSchool,
    OperatorSchools,
    SchoolAdd,
    VisitList,
)
from accounts.school.views.rights import RightsEdit
from accounts.school.views.school_settings import (
    CheckConnection,
    DropPreviousKey,
    PullSchool,
    SchoolEdit,
    SchoolSettings,
    UseOwnCallback,
)
from accounts.sign_in.guardians.urls import urlpatterns as guardian_access
from accounts.sign_in.views.api_tokens import MyTokens, TokenAdd, TokenOverview, TokenRevoke, TokenRevokeOther
from accounts.sign_in.views.forgotten import ForgottenPassword
from accounts.sign_in.views.passkeys import (
    FactorPasskeyOptions,
    NewPasskeyOptions,
    PasskeyAdd,
    PasskeyRemove,
    PasskeyRename,
    PasskeySignIn,
    ProofPasskeyOptions,
    SignInPasskeyOptions,
)
from accounts.sign_in.views.security import (
    EndAllSessions,
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
    StaySignedIn,
)
from accounts.sign_in.views.set_password import (
    LinkPasskeyOptions,
    OpenPasswordLink,
    SetPasskey,
    SetPassword,
)
from accounts.sign_in.views.sign_in import SchoolSignIn, SignIn, SignInCode, SignOut
from accounts.sign_in.views.verified_address import SendAddressLink, VerifyAddress

app_name = "accounts"
urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("s/<str:name>/", SchoolSignIn.as_view(), name="school_sign_in"),
    path("sign-in/code/", SignInCode.as_view(), name="sign_in_code"),
    *sign_in_urls,
    *guardian_access,
    path("sign-in/passkey/", PasskeySignIn.as_view(), name="passkey_sign_in"),
    path("sign-in/passkey/options/", SignInPasskeyOptions.as_view(), name="passkey_sign_in_options"),
    path("sign-in/code/options/", FactorPasskeyOptions.as_view(), name="passkey_factor_options"),
    path("sign-out/", SignOut.as_view(), name="sign_out"),
    path("password/forgotten/", ForgottenPassword.as_view(), name="forgotten_password"),
    path("password/", SetPassword.as_view(), name="set_password"),
    path("password/passkey/", SetPasskey.as_view(), name="set_passkey"),
    path("password/passkey/options/", LinkPasskeyOptions.as_view(), name="set_passkey_options"),
    path("password/<token:token>/", OpenPasswordLink.as_view(), name="password_link"),
    path("account/", MySignIn.as_view(), name="my_sign_in"),
    path("account/password/", MyPassword.as_view(), name="my_password"),
    path("account/mails/", MyNotifications.as_view(), name="my_mails"),
    path("account/second-factor/", FactorSetup.as_view(), name="factor_setup"),
    path("account/second-factor/off/", FactorDisable.as_view(), name="factor_off"),
    path("account/proof/options/", ProofPasskeyOptions.as_view(), name="passkey_proof_options"),
    path("account/passkeys/new/", PasskeyAdd.as_view(), name="passkey_add"),
    path("account/passkeys/new/options/", NewPasskeyOptions.as_view(), name="passkey_options"),
    path("account/passkeys/<id:pk>/rename/", PasskeyRename.as_view(), name="passkey_rename"),
    path("account/passkeys/<id:pk>/remove/", PasskeyRemove.as_view(), name="passkey_remove"),
    path("account/recovery-codes/", RecoveryCodes.as_view(), name="recovery_codes"),
    path("account/recovery-codes/file/", RecoveryCodesFile.as_view(), name="recovery_codes_file"),
    path("account/recovery-codes/new/", RecoveryCodesRenew.as_view(), name="recovery_codes_new"),
    path("account/e-mail/", VerifyAddress.as_view(), name="my_address"),
    path("account/e-mail/send/", SendAddressLink.as_view(), name="my_address_send"),
    path("account/sessions/stay/", StaySignedIn.as_view(), name="session_stay"),
    path("account/sessions/end-all/", EndAllSessions.as_view(), name="sessions_end_all"),
    path("account/sessions/end/", EndOtherSessions.as_view(), name="sessions_end"),
    path("account/sessions/<id:pk>/end/", EndSession.as_view(), name="session_end"),
    path("account/tokens/", MyTokens.as_view(), name="my_tokens"),
    path("account/tokens/new/", TokenAdd.as_view(), name="token_add"),
    path("account/tokens/<id:pk>/withdraw/", TokenRevoke.as_view(), name="token_withdraw"),
    path("people/tokens/", TokenOverview.as_view(), name="tokens"),
    path("people/tokens/<id:pk>/withdraw/", TokenRevokeOther.as_view(), name="tokens_withdraw"),
    path("people/", PeopleList.as_view(), name="people"),
    *imports,
    *exchange,
    path("people/password-links/", PasswordLinkList.as_view(), name="password_links"),
    path("people/password-links/<id:pk>/dismiss/", RequestDismiss.as_view(), name="password_dismiss"),
    path("people/erasures/", ErasureRequestList.as_view(), name="erasures"),
    path("people/erasures/<id:pk>/", ErasureRequestPage.as_view(), name="erasure"),
    path("people/erasures/<id:pk>/withdraw/", ErasureWithdraw.as_view(), name="erasure_withdraw"),
    path("people/new/", PersonAdd.as_view(), name="person_add"),
    *(
        path(f"people/bulk/{name}/", BulkPeople.as_view(action_name=name), name=f"people_bulk_{name}")
        for name in BULK_ACTIONS
    ),
    path("people/bulk/results/<id:pk>/", BulkPeopleResult.as_view(), name="people_bulk_result"),
    path("people/<id:pk>/edit/", PersonEdit.as_view(), name="person_edit"),
    path("people/<id:pk>/age/", PersonAge.as_view(), name="person_age"),
    path("people/<id:pk>/consent/", PersonConsent.as_view(), name="person_consent"),
    path("people/<id:pk>/guardians/", GuardianList.as_view(), name="guardians"),
    path("people/<id:pk>/guardians/new/", GuardianAdd.as_view(), name="guardian_add"),
    path("groups/<id:pk>/guardians/", GroupGuardians.as_view(), name="group_guardians"),
    path("people/guardians/<id:pk>/invite/", GuardianInvite.as_view(), name="guardian_invite"),
    path("people/guardians/<id:pk>/revoke/", GuardianRevoke.as_view(), name="guardian_revoke"),
    path("people/guardians/<id:pk>/edit/", GuardianEdit.as_view(), name="guardian_edit"),
    path("people/guardians/<id:pk>/delete/", GuardianDelete.as_view(), name="guardian_delete"),
    *guardian_notices,
    path("people/<id:pk>/card/", PersonCard.as_view(), name="person_card"),
    path("people/<id:pk>/contacts/", PersonContacts.as_view(), name="person_contacts"),
    path("people/<id:pk>/data/", PersonDataCopy.as_view(), name="person_data"),
    path(
        "people/<id:pk>/deactivate/",
        PersonDeactivation.as_view(),
        name="person_deactivate",
    ),
    path("people/<id:pk>/notes/new/", NoteAdd.as_view(), name="note_add"),
    path("people/notes/<id:pk>/delete/", NoteDelete.as_view(), name="note_delete"),
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
    path("groups/<id:pk>/teachers/", GroupTeachers.as_view(), name="group_teachers"),
    path("groups/<id:pk>/teachers/new/", ChargeAdd.as_view(), name="charge_add"),
    path("groups/teachers/<id:pk>/edit/", ChargeEdit.as_view(), name="charge_edit"),
    path("groups/teachers/<id:pk>/end/", ChargeEnd.as_view(), name="charge_end"),
    path("grades/", GradeList.as_view(), name="grades"),
    path("grades/new/", GradeAdd.as_view(), name="grade_add"),
    path("grades/fill/<slug:grade_set>/", GradeFill.as_view(), name="grade_fill"),
    path("grades/<id:pk>/", GradeEdit.as_view(), name="grade_edit"),
    path("grades/<id:pk>/move/", GradeMove.as_view(), name="grade_move"),
    path("grades/<id:pk>/delete/", GradeRemove.as_view(), name="grade_delete"),
    path("grades/<id:pk>/heads/", GradeHeads.as_view(), name="grade_heads"),
    path("grades/<id:pk>/heads/new/", HeadAdd.as_view(), name="head_add"),
    path("groups/<id:pk>/cards/", GroupCards.as_view(), name="group_cards"),
    *channels,
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
    *identity_providers,
    path("rights/change/", RightsEdit.as_view(), name="rights_edit"),
    path("school/<slug:section>/", SchoolEdit.as_view(), name="school_edit"),
]

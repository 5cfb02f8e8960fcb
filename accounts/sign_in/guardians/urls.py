"""URLs of signing in as a guardian, included in those of `accounts`. Pages about a child are in `classes`."""

from django.urls import path

from accounts.sign_in.guardians.views.invitation import AcceptInvitation, JoinAccount, OpenInvitation
from accounts.sign_in.guardians.views.sign_in import (
    GuardianEndSession,
    GuardianForgotten,
    GuardianHome,
    GuardianMe,
    GuardianSignIn,
    GuardianSignOut,
    GuardianSignOutEverywhere,
    GuardianUndo,
)

urlpatterns = [
    path("guardian/", GuardianHome.as_view(), name="guardian_home"),
    path("guardian/sign-in/", GuardianSignIn.as_view(), name="guardian_sign_in"),
    path("guardian/sign-in/forgotten/", GuardianForgotten.as_view(), name="guardian_forgotten"),
    path("guardian/sign-out/", GuardianSignOut.as_view(), name="guardian_sign_out"),
    path("guardian/account/", GuardianMe.as_view(), name="guardian_me"),
    path("guardian/account/end/", GuardianSignOutEverywhere.as_view(), name="guardian_end_all"),
    path(
        "guardian/account/sessions/<int:session>/end/",
        GuardianEndSession.as_view(),
        name="guardian_session_end",
    ),
    path("guardian/undo/", GuardianUndo.as_view(), name="guardian_undo"),
    path("guardian/invitation/", AcceptInvitation.as_view(), name="guardian_accept"),
    path("guardian/invitation/account/", JoinAccount.as_view(), name="guardian_join"),
    path("guardian/invitation/<token:token>/", OpenInvitation.as_view(), name="guardian_invitation"),
]

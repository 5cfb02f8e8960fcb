"""Signing in, people, groups and the school. A person's own page shows lessons too and lies in `classes`."""

from django.urls import path

from accounts.views.acts import PersonAct, PersonCard, PersonContacts, PersonDeactivate
from accounts.views.groups import GroupAdd, GroupEdit, GroupList
from accounts.views.people import PeopleList
from accounts.views.person import PersonAdd, PersonEdit
from accounts.views.school import PullSchool, SchoolEdit, SchoolSettings, TryConnection, UseOwnCallback
from accounts.views.sign_in import SignIn, SignOut

app_name = "accounts"
urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("sign-out/", SignOut.as_view(), name="sign_out"),
    path("people/", PeopleList.as_view(), name="people"),
    path("people/new/", PersonAdd.as_view(), name="person_add"),
    path("people/<int:pk>/edit/", PersonEdit.as_view(), name="person_edit"),
    path("people/<int:pk>/card/", PersonCard.as_view(), name="person_card"),
    path("people/<int:pk>/contacts/", PersonContacts.as_view(), name="person_contacts"),
    path(
        "people/<int:pk>/deactivate/",
        PersonDeactivate.as_view(act_name="deactivate"),
        name="person_deactivate",
    ),
    *(
        path(f"people/<int:pk>/{act}/", PersonAct.as_view(act_name=act), name=f"person_{act}")
        for act in ("pull", "push", "token", "reactivate")
    ),
    path("groups/", GroupList.as_view(), name="groups"),
    path("groups/new/", GroupAdd.as_view(), name="group_add"),
    path("groups/<int:pk>/edit/", GroupEdit.as_view(), name="group_edit"),
    path("school/", SchoolSettings.as_view(), name="school"),
    path("school/callback/", UseOwnCallback.as_view(), name="school_callback"),
    path("school/pull/", PullSchool.as_view(), name="school_pull"),
    path("school/test/", TryConnection.as_view(), name="school_test"),
    path("school/<slug:section>/", SchoolEdit.as_view(), name="school_edit"),
]

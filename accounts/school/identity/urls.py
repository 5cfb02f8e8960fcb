"""URLs of the identity providers: pages of the superadmin, and the addresses by which people sign in."""

from django.urls import path

from accounts.school.identity import views
from accounts.school.identity.account_switch import SwitchAccount
from accounts.school.identity.saml import sign_in_views as saml
from accounts.school.identity.sign_in_views import (
    ChooseProvider,
    back_channel_sign_out,
    callback,
    sign_in,
)

urlpatterns = [
    path("school/providers/", views.ProviderList.as_view(), name="providers"),
    path("school/providers/new/<slug:kind>/", views.ProviderAdd.as_view(), name="provider_add"),
    path("school/providers/<id:pk>/", views.ProviderPage.as_view(), name="provider"),
    path("school/providers/<id:pk>/edit/", views.ProviderEdit.as_view(), name="provider_edit"),
    path("school/providers/<id:pk>/delete/", views.ProviderRemove.as_view(), name="provider_delete"),
    path("school/providers/<id:pk>/move/", views.ProviderMove.as_view(), name="provider_move"),
    path("school/providers/<id:pk>/test/", views.ProviderTest.as_view(), name="provider_test"),
    path("school/providers/<id:pk>/rules/new/", views.RuleAdd.as_view(), name="provider_rule_add"),
    path(
        "school/providers/<id:pk>/rules/<id:rule>/delete/",
        views.RuleRemove.as_view(),
        name="provider_rule_delete",
    ),
    path("school/providers/<id:pk>/unlink/", views.LinkRemove.as_view(), name="provider_unlink"),
]
sign_in_urls = [
    path("sign-in/switch/", SwitchAccount.as_view(), name="switch_account"),
    path("sign-in/with/", ChooseProvider.as_view(), name="provider_choose"),
    path("sign-in/with/<slug:slug>/", sign_in, name="provider_sign_in"),
    path("sign-in/with/<slug:slug>/callback/", callback, name="provider_callback"),
    path("sign-in/with/<slug:slug>/sign-out/", back_channel_sign_out, name="provider_sign_out"),
    path("sign-in/with/<slug:slug>/saml/metadata/", saml.metadata, name="provider_saml_metadata"),
    path("sign-in/with/<slug:slug>/saml/", saml.consumer, name="provider_saml_consumer"),
    path("sign-in/with/<slug:slug>/saml/finish/", saml.finish, name="provider_saml_finish"),
    path("sign-in/with/<slug:slug>/saml/sign-out/", saml.sign_out, name="provider_saml_sign_out"),
]

"""URLs of single sign-on, with the names that django-allauth expects."""

from django.urls import path

from accounts.sign_in.views.sso import callback, login

urlpatterns = [
    path("<slug:provider_id>/", login, name="openid_connect_login"),
    path("<slug:provider_id>/callback/", callback, name="openid_connect_callback"),
]

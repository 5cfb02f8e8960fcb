"""The two addresses of single sign-on, under the names by which django-allauth asks for them."""

from django.urls import path

from accounts.views.sso import callback, login

urlpatterns = [
    path("<slug:provider_id>/", login, name="openid_connect_login"),
    path("<slug:provider_id>/callback/", callback, name="openid_connect_callback"),
]

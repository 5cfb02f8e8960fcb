"""The page of roles and rights."""

from django.urls import path

from console.policy.rights import Rights

app_name = "policy"
urlpatterns = [path("", Rights.as_view(), name="rights")]

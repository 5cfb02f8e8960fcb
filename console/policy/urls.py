"""The page of roles and rights."""

from django.urls import path

from console.policy.rights_views import RightsView

app_name = "policy"
urlpatterns = [path("", RightsView.as_view(), name="rights")]

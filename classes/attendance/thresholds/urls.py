"""URLs of attendance warnings and their rules, included in those of attendance."""

from django.urls import path

from classes.attendance.thresholds.views.rules import RuleAdd, RuleEdit, RuleList, RuleRemove, RuleSwitch
from classes.attendance.thresholds.views.warnings import (
    EndedWarningList,
    WarningAcknowledge,
    WarningClose,
    WarningFollowUpAdd,
    WarningList,
    WarningPage,
)

urlpatterns = [
    path("warnings/", WarningList.as_view(), name="warnings"),
    path("warnings/ended/", EndedWarningList.as_view(), name="warnings_ended"),
    path("warnings/<id:pk>/", WarningPage.as_view(), name="warning"),
    path("warnings/<id:pk>/handle/", WarningAcknowledge.as_view(), name="warning_acknowledge"),
    path("warnings/<id:pk>/close/", WarningClose.as_view(), name="warning_close"),
    path("warnings/<id:pk>/follow-up/", WarningFollowUpAdd.as_view(), name="warning_follow_up"),
    path("warnings/rules/", RuleList.as_view(), name="thresholds"),
    path("warnings/rules/new/", RuleAdd.as_view(), name="threshold_add"),
    path("warnings/rules/<id:pk>/", RuleEdit.as_view(), name="threshold_edit"),
    path("warnings/rules/<id:pk>/switch/", RuleSwitch.as_view(), name="threshold_switch"),
    path("warnings/rules/<id:pk>/remove/", RuleRemove.as_view(), name="threshold_remove"),
]

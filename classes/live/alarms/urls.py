"""URLs of alarms."""

from django.urls import path

from classes.live.alarms.views import AlarmAcknowledge, AlarmList

urlpatterns = [
    path("alarms/", AlarmList.as_view(), name="alarms"),
    path("alarms/<id:pk>/acknowledge/", AlarmAcknowledge.as_view(), name="alarm_acknowledge"),
]

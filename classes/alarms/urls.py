"""The addresses of alarms."""

from django.urls import path

from classes.alarms.views import AlarmAcknowledge, AlarmList

urlpatterns = [
    path("alarms/", AlarmList.as_view(), name="alarms"),
    path("alarms/<int:pk>/acknowledge/", AlarmAcknowledge.as_view(), name="alarm_acknowledge"),
]

"""The addresses of long work."""

from django.urls import path

from console.jobs.pages import JobList, JobPage, JobStop

app_name = "jobs"
urlpatterns = [
    path("", JobList.as_view(), name="jobs"),
    path("<int:pk>/", JobPage.as_view(), name="job"),
    path("<int:pk>/stop/", JobStop.as_view(), name="stop"),
]

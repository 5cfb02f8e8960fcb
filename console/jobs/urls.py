"""URLs of the pages about jobs."""

from django.urls import path

from console.jobs.views import JobDetail, JobList, StopJob

app_name = "jobs"
urlpatterns = [
    path("", JobList.as_view(), name="jobs"),
    path("<id:pk>/", JobDetail.as_view(), name="job"),
    path("<id:pk>/stop/", StopJob.as_view(), name="stop"),
]

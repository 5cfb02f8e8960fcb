"""The addresses of recordings; they lie in the namespace of lessons."""

from django.urls import path

from classes.recordings.views import Bin, Copy, Describe, Library, OutOfBin, People, Play, RecordingPage

urlpatterns = [
    path("recordings/", Library.as_view(), name="recordings"),
    path("recordings/people/", People.as_view(), name="recording_people"),
    path("recordings/<int:pk>/", RecordingPage.as_view(), name="recording"),
    path("recordings/<int:pk>/edit/", Describe.as_view(), name="recording_edit"),
    path("recordings/<int:pk>/bin/", Bin.as_view(), name="recording_bin"),
    path("recordings/<int:pk>/copy/", Copy.as_view(), name="recording_copy"),
    path("recordings/<int:pk>/restore/", OutOfBin.as_view(), name="recording_restore"),
    path("recordings/tracks/<int:pk>/play/", Play.as_view(), name="play"),
]

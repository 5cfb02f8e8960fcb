"""URLs of recordings, included in those of `classes`."""

from django.urls import path

from classes.recordings.views import (
    LibraryPage,
    PeopleSuggestions,
    PlayTrack,
    RecordingBin,
    RecordingCopy,
    RecordingEdit,
    RecordingPage,
    RecordingRestore,
)

urlpatterns = [
    path("recordings/", LibraryPage.as_view(), name="recordings"),
    path("recordings/people/", PeopleSuggestions.as_view(), name="recording_people"),
    path("recordings/<id:pk>/", RecordingPage.as_view(), name="recording"),
    path("recordings/<id:pk>/edit/", RecordingEdit.as_view(), name="recording_edit"),
    path("recordings/<id:pk>/bin/", RecordingBin.as_view(), name="recording_bin"),
    path("recordings/<id:pk>/copy/", RecordingCopy.as_view(), name="recording_copy"),
    path("recordings/<id:pk>/restore/", RecordingRestore.as_view(), name="recording_restore"),
    path("recordings/tracks/<id:pk>/play/", PlayTrack.as_view(), name="play"),
]

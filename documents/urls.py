"""Courseware URLs."""

from django.urls import path

from documents.views.actions import CoursewareAction, CoursewareDelete
from documents.views.courseware_list import CoursewareList
from documents.views.downloads import CoursewareFile, shared_file
from documents.views.resumable_uploads import UploadChunk, UploadFinish, UploadStart
from documents.views.uploads import CoursewareAdd, CoursewareReplace

app_name = "documents"
urlpatterns = [
    path("", CoursewareList.as_view(), name="courseware"),
    path("new/", CoursewareAdd.as_view(), name="add"),
    path("uploads/", UploadStart.as_view(), name="begin"),
    path("uploads/<uuid:upload>/", UploadChunk.as_view(), name="piece"),
    path("uploads/<uuid:upload>/done/", UploadFinish.as_view(), name="done"),
    path("<id:pk>/anew/", CoursewareReplace.as_view(), name="anew"),
    path("<id:pk>/file/", CoursewareFile.as_view(), name="file"),
    path("<id:pk>/delete/", CoursewareDelete.as_view(), name="delete"),
    path("<id:pk>/pull/", CoursewareAction.as_view(action="pull"), name="pull"),
    path("<id:pk>/push/", CoursewareAction.as_view(action="push"), name="push"),
    path("shared/<token:token>/<text:name>", shared_file, name="shared"),
]

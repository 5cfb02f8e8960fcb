"""The pages of courseware."""

from django.urls import path

from documents.views.acts import CoursewareAct, CoursewareDelete
from documents.views.files import CoursewareFile, shared
from documents.views.listing import CoursewareList
from documents.views.pieces import Begin, Done, Piece
from documents.views.uploading import CoursewareAdd, CoursewareAnew

app_name = "documents"
urlpatterns = [
    path("", CoursewareList.as_view(), name="courseware"),
    path("new/", CoursewareAdd.as_view(), name="add"),
    path("uploads/", Begin.as_view(), name="begin"),
    path("uploads/<uuid:upload>/", Piece.as_view(), name="piece"),
    path("uploads/<uuid:upload>/done/", Done.as_view(), name="done"),
    path("<int:pk>/anew/", CoursewareAnew.as_view(), name="anew"),
    path("<int:pk>/file/", CoursewareFile.as_view(), name="file"),
    path("<int:pk>/delete/", CoursewareDelete.as_view(), name="delete"),
    path("<int:pk>/pull/", CoursewareAct.as_view(action="pull"), name="pull"),
    path("<int:pk>/push/", CoursewareAct.as_view(action="push"), name="push"),
    path("shared/<str:token>/<str:name>", shared, name="shared"),
]

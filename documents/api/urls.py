"""REST URLs of courseware. Uploads come first: the router would take `uploads` for an ID."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from documents.api.uploads import DocumentUploadViewSet
from documents.api.views import DocumentViewSet

router = SimpleRouter()
router.register("documents", DocumentViewSet)
upload_detail = DocumentUploadViewSet.as_view(
    {"get": "retrieve", "put": "piece", "delete": "destroy"}, detail=True
)
urlpatterns = [
    path("documents/uploads/", DocumentUploadViewSet.as_view({"post": "create"}), name="document-uploads"),
    path("documents/uploads/<uuid:upload>/", upload_detail, name="document-upload"),
    path(
        "documents/uploads/<uuid:upload>/done/",
        DocumentUploadViewSet.as_view({"post": "done"}, detail=True),
        name="document-upload-done",
    ),
    *router.urls,
]

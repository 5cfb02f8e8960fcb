"""URLs of the service: the two APIs, the classroom, media and the control interface."""

from django.urls import path

from console.sandbox import openapi
from console.sandbox.control import views as control
from console.sandbox.media.h5_document import h5_document
from console.sandbox.media.video import video
from console.sandbox.paas.views import paas_view
from console.sandbox.room import avatars, views
from console.sandbox.saas.views import saas_view

urlpatterns = [
    path("paas/v1/<path:path>", paas_view),
    path("saas/v1/<path:path>", saas_view),
    path("control/", control.overview),
    path("control/<path:path>", control.control),
    path("", views.front_page),
    path("language/<str:code>", views.set_language),
    path("static/<str:name>", views.static_file),
    path("openapi.json", openapi.openapi_view),
    path("avatars/<int:number>.png", avatars.avatar),
    path("h5/<str:doc_id>/index.html", h5_document),
    path("media/<int:video_id>-<int:size>.mp4", video),
    path("<int:sdkappid>/<int:class_id>/<int:side>", views.room),
]

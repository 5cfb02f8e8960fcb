"""Everything the service answers: the two APIs, the classroom, results, the control interface."""

from django.urls import path

from . import openapi
from .control import table as control
from .paas.door import paas
from .results.deck import deck
from .results.film import film
from .room import avatars, views
from .saas.door import saas

urlpatterns = [
    path("paas/v1/<path:path>", paas),
    path("saas/v1/<path:path>", saas),
    path("control/", control.overview),
    path("control/<path:path>", control.control),
    path("", views.front),
    path("language/<str:code>", views.language),
    path("static/<str:name>", views.static),
    path("openapi.json", openapi.served),
    path("avatars/<int:number>.png", avatars.avatar),
    path("h5/<str:doc_id>/index.html", deck),
    path("media/<int:video_id>-<int:size>.mp4", film),
    path("<int:sdkappid>/<int:class_id>/<int:side>", views.room),
]

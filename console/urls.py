"""Every address of the console. Apps bring their own; this file only says where they hang."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("callbacks/iclass/", include("console.inbox.urls")),
    path("admin/", admin.site.urls),
]

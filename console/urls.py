"""Every address of the console. Apps bring their own; this file only says where they hang."""

from django.contrib import admin
from django.urls import include, path

from console import health
from console.later import later_view

api = [
    path("", include("accounts.api")),
    path("", include("documents.api.urls")),
    path("", include("classes.api.views")),
    path("", include("console.outbox.rest")),
    path("", include("console.inbox.rest")),
    path("", include("console.mirror.rest")),
    path("", include("console.audit.rest")),
]

# Pages of their own: Django draws the first and the last without the request, and programs want JSON.
handler400 = "console.failures.bad_request"
handler404 = "console.failures.not_found"
handler500 = "console.failures.server_error"

urlpatterns = [
    path("callbacks/iclass/", include("console.inbox.urls")),
    path("i18n/", include("accounts.language")),
    path("api/v1/", include(api)),
    path("api/schema/", later_view("drf_spectacular.views.SpectacularAPIView"), name="schema"),
    path("admin/", admin.site.urls),
    path("sync/sent/", include("console.outbox.urls")),
    path("sync/received/", include("console.inbox.page_urls")),
    path("sync/differences/", include("console.mirror.page_urls")),
    path("jobs/", include("console.jobs.urls")),
    path("audit/", include("console.audit.urls")),
    path("rights/", include("console.policy.urls")),
    path("notices/", include("console.notices.urls")),
    path("sign-in/oidc/", include("accounts.sign_in.urls")),
    path("courseware/", include("documents.urls")),
    path("", include("accounts.urls")),
    path("", include("classes.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", later_view("console.metrics.metrics"), name="metrics"),
]

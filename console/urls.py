"""The root URLconf. It only includes those of the apps."""

from django.contrib import admin
from django.urls import include, path

from console import health
from console.lazy_import import lazy_view
from console.menu_count_views import MenuCounts
from console.search import SearchPage
from console.undo_views import TakeBack

api = [
    path("", include("accounts.api.views")),
    path("", include("documents.api.urls")),
    path("", include("classes.api.views")),
    path("", include("console.outbox.api")),
    path("", include("console.jobs.api")),
    path("", include("console.inbox.api")),
    path("", include("console.mirror.api")),
    path("", include("console.audit.api")),
    path("", include("console.webhooks.api")),
    path("", include("console.notifications.api")),
]

# Own error views: Django renders 400 and 500 without request context, and programs expect JSON.
handler400 = "console.error_views.bad_request"
handler404 = "console.error_views.not_found"
handler500 = "console.error_views.server_error"

urlpatterns = [
    path("callbacks/iclass/", include("console.inbox.receiver_urls")),
    path("i18n/", include("accounts.sign_in.language")),
    path("api/v1/", include(api)),
    path("api/schema/", lazy_view("drf_spectacular.views.SpectacularAPIView"), name="schema"),
    path("admin/", admin.site.urls),
    path("sync/sent/", include("console.outbox.urls")),
    path("sync/received/", include("console.inbox.urls")),
    path("sync/differences/", include("console.mirror.urls")),
    path("webhooks/", include("console.webhooks.urls")),
    path("jobs/", include("console.jobs.urls")),
    path("audit/", include("console.audit_pages.urls")),
    path("rights/", include("console.policy.urls")),
    path("search/", SearchPage.as_view(), name="search"),
    path("undo/", TakeBack.as_view(), name="undo"),
    path("menu-counts/", MenuCounts.as_view(), name="menu_counts"),
    path("notices/", include("console.notifications.urls")),
    path("today/", include("console.lists.urls")),
    path("courseware/", include("documents.urls")),
    path("", include("accounts.urls")),
    path("", include("classes.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", lazy_view("console.metrics.metrics"), name="metrics"),
]

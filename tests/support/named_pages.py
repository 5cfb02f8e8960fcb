"""The addresses of the pages by their names, without the pages: for tests of the frame around them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse()


def named(*names: str) -> list[object]:
    return [path(f"{name}/", nothing, name=name) for name in names]


classes = [
    path("person/<int:pk>/", nothing, name="person"),
    *named("home", "timetable", "lessons", "lesson_add", "wall", "alarms"),
    *named("recordings", "report_school", "courses", "leaves", "appeals"),
]
accounts = named(
    *("sign_in", "sign_out", "my_sign_in", "people", "groups", "school", "schools", "school_leave"),
    *("person_add", "my_tokens", "tokens"),
)

urlpatterns = [
    path("admin/", include((named("index", "logout"), "admin"))),
    path("i18n/", nothing, name="set_language"),
    path("classes/", include((classes, "classes"))),
    path("accounts/", include((accounts, "accounts"))),
    path("courseware/", include((named("courseware"), "documents"))),
    path("outbox/", include((named("operations"), "outbox"))),
    path("inbox/", include((named("callbacks"), "inbox"))),
    path("mirror/", include((named("differences"), "mirror"))),
    path("jobs/", include((named("jobs"), "jobs"))),
    path("audit/", include((named("entries"), "audit"))),
    path("rights/", include((named("rights"), "policy"))),
    path("notices/", include((named("notices"), "notices"))),
]

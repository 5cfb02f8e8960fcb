"""The addresses of the pages by their names, without the pages: for tests of the frame around them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty_view(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse()


def stub_paths(*names: str) -> list[object]:
    return [path(f"{name}/", empty_view, name=name) for name in names]


classes = [
    path("person/<int:pk>/", empty_view, name="person"),
    *stub_paths("home", "timetable", "lessons", "lesson_add", "wall", "alarms"),
    path("report/<int:pk>/", empty_view, name="report_student"),
    *stub_paths("recordings", "report_school", "report_registers", "report_matrix", "courses"),
    *stub_paths("report_grades", "codes", "subjects"),
    *stub_paths("year", "leaves", "appeals", "warnings", "absences", "covers", "own_group"),
]
accounts = stub_paths(
    *(
        "sign_in",
        "sign_out",
        "my_sign_in",
        "people",
        "password_links",
        "erasures",
        "groups",
        "grades",
        "school",
        "schools",
        "channels",
        "school_leave",
    ),
    *("person_add", "my_tokens", "tokens", "providers"),
)

urlpatterns = [
    path("admin/", include((stub_paths("index", "logout"), "admin"))),
    path("i18n/", empty_view, name="set_language"),
    *stub_paths("search", "menu_counts"),
    path("classes/", include((classes, "classes"))),
    path("accounts/", include((accounts, "accounts"))),
    path("courseware/", include((stub_paths("courseware"), "documents"))),
    path("outbox/", include((stub_paths("operations"), "outbox"))),
    path("inbox/", include((stub_paths("callbacks"), "inbox"))),
    path("mirror/", include((stub_paths("differences"), "mirror"))),
    path("jobs/", include((stub_paths("jobs"), "jobs"))),
    path("audit/", include((stub_paths("entries"), "audit"))),
    path("rights/", include((stub_paths("rights"), "policy"))),
    path("notices/", include((stub_paths("notices"), "notices"))),
]

"""Lists of many rows: the page of people against the stock Django admin over the same table, and REST."""

import base64
import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from accounts.models import Role, User
from accounts.people.queries import BY_NAME
from bench import planting
from bench.figures import Figure, medians, ms, report, seconds
from bench.webs import OF_A_NEW_PROJECT
from console.policy.tokens import issue_token

FIRST_BAR, LAST_BAR, SEARCH_BAR, REST_BAR, QUERIES = 0.4, 0.4, 0.15, 1.3, 6
STOCK = ["bench.anchored.lists.Stock", *OF_A_NEW_PROJECT]


STOCK_TEMPLATES = {
    "NAME": "stock",
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]
    },
}


class Stock:
    """Routes requests to the stock admin, and renders its pages with the stock templates."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        request.urlconf = "bench.anchored.lists"
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        response.using = "stock"
        return response


class OpenSite(AdminSite):
    """The stock admin; our users have no Django permissions, so everybody may do everything."""

    def has_permission(self, request: HttpRequest) -> bool:
        return True


class PeopleAdmin(ModelAdmin):
    list_display = ("nickname", "user_id", "role", "phone_no", "sync_state")
    search_fields = ("nickname", "user_id", "phone_no")  # ours searches these too, and groups
    list_per_page = 50
    ordering = BY_NAME

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_change_permission = has_add_permission = has_delete_permission = has_view_permission
    has_module_permission = has_view_permission


site = OpenSite(name="admin")
site.register(User, PeopleAdmin)
urlpatterns = [path("admin/", site.urls)]


def page(client: Client, address: str, **asked: Any) -> Callable[[], float]:
    """Return a function that measures one page."""

    def once() -> float:
        def get() -> None:
            answer = client.get(address, asked)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")

        return seconds(get)

    return once


def queries(client: Client, address: str, **asked: Any) -> int:
    """Return the number of statements of a page, without those that set the database scope."""
    count = 0

    def counting(execute: Any, sql: str, *more: Any) -> Any:
        nonlocal count
        count += not sql.lstrip().upper().startswith(("SET ", "RESET", "SELECT SET_CONFIG"))
        return execute(sql, *more)

    with connection.execute_wrapper(counting):
        client.get(address, asked)
    return count


def measure(quick: bool) -> int:
    with override_settings(TEMPLATES=[*settings.TEMPLATES, STOCK_TEMPLATES]):
        return _measure(quick)


def _measure(quick: bool) -> int:
    many, rounds = (5_000, 1) if quick else (1_000_000, 5)
    school = planting.create_school(1)
    planting.create_people(school, "s", Role.STUDENT, many)
    alice = User.objects.create(enterprise=school, user_id="alice", role=Role.ADMIN, nickname="Alice")
    planting.analyze()
    browser, clerk = (Client(SERVER_NAME="127.0.0.1") for _ in range(2))
    browser.force_login(alice)
    clerk.force_login(alice)
    with override_settings(MIDDLEWARE=STOCK):
        clerk.handler.load_middleware()  # a client keeps the middleware that it loaded first
    after = _after()
    words = {
        "search for one": User.objects.get(enterprise=school, user_id=f"s{many // 2}").nickname,
        "search for a common name": "王小明",
        "search for a name of two letters": "李伟",
        "search for a user id": f"s{many // 2}",
        "search for the end of a phone": "123456",
        "search that finds nobody": "zz",
    }
    ways = [
        ("first page", FIRST_BAR, {}, {}),
        ("last page", LAST_BAR, {"after": after}, {"p": str(many // 50)}),
        *((what, SEARCH_BAR, {"q": word}, {"q": word}) for what, word in words.items()),
    ]
    figures = []
    for what, bar, asked, of_admin in ways:
        ours, theirs = medians(
            rounds,
            page(browser, "/people/", **asked),
            page(clerk, "/admin/accounts/user/", **of_admin),
        )
        figures.append(Figure(f"people, {what}", ms(theirs), ms(ours), ours / theirs, bar))
        asks = queries(browser, "/people/", **asked)
        figures.append(Figure(f"people, {what}: queries", "–", str(asks), asks, QUERIES, sign=""))
    figures.append(_rest(alice, rounds))
    notes = [
        f"{many:,} people in one school, 50 a page; the stock admin has the indexes of our table, too, and"
        " searches name, user id and phone."
    ]
    return report("lists", figures, notes, keep=not quick)


def _after() -> str:
    """Return the key of the last page: the row that is the 51st from the end."""
    row = User.objects.exclude(role=Role.VISITOR).order_by(*(f"-{name}" for name in BY_NAME))[50]
    return base64.urlsafe_b64encode(json.dumps([getattr(row, name) for name in BY_NAME]).encode()).decode()


def _rest(alice: User, rounds: int) -> Figure:
    client = Client(SERVER_NAME="127.0.0.1", headers={"authorization": f"Token {issue_token(alice)}"})
    oldest = User.objects.order_by("id")[50].pk
    cursor = base64.b64encode(f"p={oldest}".encode()).decode()
    first, last = medians(
        rounds, page(client, "/api/v1/users/"), page(client, "/api/v1/users/", cursor=cursor)
    )
    return Figure("REST people, last page by the first", ms(first), ms(last), last / first, REST_BAR)

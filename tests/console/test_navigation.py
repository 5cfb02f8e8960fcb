"""The menu: what each role finds in it, the tabs of a page, and what every page is told."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Enterprise, User
from console import navigation, policy
from console.menu_tab import MenuTab
from console.navigation_entries import ENTRIES, PHONE_BARS, Shortcut
from console.ui import waiting
from console.ui.template_tags import format_time_zone
from tests.security.addresses import AREAS


def request_of(role: str, here: str = "", **cookies: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = User(pk=1, role=role, enterprise=Enterprise(pk=1, name="Sunshine School"))
    request.resolver_match = SimpleNamespace(view_name=here)  # type: ignore[assignment]
    request.COOKIES.update(cookies)
    return request


#: The reader's own account, behind the menu with their name, notices, behind the bell, and the search.
ACCOUNT_PAGES = {
    *(f"accounts:{name}" for name in ("my_sign_in", "my_password", "my_tokens", "token_add")),
    *(f"accounts:{name}" for name in ("token_withdraw", "factor_setup", "recovery_codes")),
    *(f"accounts:passkey_{name}" for name in ("add", "rename")),
    *("accounts:my_address", "accounts:switch_account", "accounts:session_stay"),
    *("notices:notices", "notices:mails", "notices:mails_off", "search"),
}
OUTSIDE_OF_A_SCHOOL = {
    *(
        f"accounts:{name}"
        for name in ("sign_in", "school_sign_in", "sign_in_code", "schools", "school_add", "school_enter")
    ),
    *(f"accounts:mail_server{name}" for name in ("", "_edit", "_remove")),
    *(f"accounts:provider_{name}" for name in ("choose", "sign_in", "callback", "sign_out")),
    *(f"accounts:provider_saml_{name}" for name in ("consumer", "finish", "metadata", "sign_out")),
    *("accounts:forgotten_password", "accounts:password_link", "accounts:set_password"),
}
#: Pages of guardians, who have a menu of their own, and what leads there.
OF_GUARDIANS = {
    *(f"accounts:guardian_{name}" for name in ("sign_in", "forgotten", "invitation", "accept", "join")),
    *(f"accounts:guardian_{name}" for name in ("home", "me", "notice_list", "mails_off")),
    *(f"classes:guardian_{name}" for name in ("week", "marks", "leaves", "leave_add")),
}
#: Files, parts of pages, and a redirect.
NO_PAGES = {
    *(
        "accounts:export_file",
        "accounts:recovery_codes_file",
        "documents:file",
        "classes:export_file",
        "classes:leave_file",
        "documents:piece",
    ),
    *("classes:recording_people", "classes:timetable_lessons", "inbox:queues", "set_language"),
    "menu_counts",
}


def labels(links: list[navigation.MenuLink]) -> list[str]:
    with translation.override("en"):
        return [str(link.label) for link in links]


def entries(role: str) -> list[str]:
    return labels(navigation.Menu(request_of(role)).links())


def tabs(role: str, here: str) -> list[str]:
    row = navigation.Menu(request_of(role, here)).tab_row()
    return labels([link for group in row.groups for link in group.links]) if row else []


def marks(links: list[navigation.MenuLink]) -> dict[str, str]:
    return {link.url: link.current for link in links if link.current}


TABS = [tab for entry in ENTRIES for tab in entry.tabs]
ROLES_OF_A_SCHOOL = [role for role in policy.table.ROLES if role != "visitor"]


@pytest.mark.django_db
class TestMenu:
    pytestmark = pytest.mark.urls("tests.support.stub_urls")

    def test_an_administrator_finds_every_entry_and_these_are_at_most_eight(self) -> None:
        with translation.override("en"):
            assert entries("admin") == [str(entry.label) for entry in ENTRIES]
        assert len(ENTRIES) <= 8

    def test_a_teacher_and_a_student_find_entries_with_a_page_for_them_alone(self) -> None:
        assert entries("teacher") == ["Today", "Timetable", "Live", "Attendance", "Resources"]
        assert entries("student") == ["Today", "Timetable", "Attendance", "Resources"]

    def test_the_tabs_are_the_pages_that_the_reader_may_open(self) -> None:
        assert tabs("admin", "classes:leaves") == [
            "Registers to close",
            "Attendance matrix",
            "Attendance grades",
            "Leave",
            "Appeals",
            "Warnings",
            "Reports",
        ]
        assert tabs("teacher", "classes:appeals") == [
            "Registers to close",
            "Attendance matrix",
            "Attendance grades",
            "Leave",
            "Appeals",
            "Warnings",
        ]
        assert tabs("student", "classes:appeals") == [
            "My attendance",
            "Attendance grades",
            "Leave",
            "Appeals",
        ]
        assert tabs("teacher", "classes:timetable") == [
            "Timetable",
            "Lessons",
            "Courses",
            "Subjects",
            "My covers",
        ]

    def test_a_student_who_may_not_appeal_keeps_the_own_attendance(self) -> None:
        request = request_of("student", "classes:home")
        request.user.enterprise.students_appeal = False  # type: ignore[union-attr]
        assert not policy.may(request.user, "add", "appeal")
        menu = navigation.Menu(request)
        own = reverse("classes:report_student", args=[1])
        assert own in [link.url for link in menu.links()]
        assert own in [link.url for link in menu.phone_links()]

    def test_a_single_page_has_no_tabs(self) -> None:
        assert tabs("admin", "classes:home") == []
        assert tabs("student", "classes:recordings") == []
        assert tabs("admin", "accounts:my_sign_in") == []

    def test_an_entry_leads_to_the_first_page_that_the_reader_may_open(self) -> None:
        def first(role: str) -> list[str]:
            links = navigation.Menu(request_of(role)).links()
            return [link.url for link in links if str(link.label) == "Attendance"]

        with translation.override("en"):
            assert first("admin") == [reverse("classes:report_registers")]
            assert first("student") == [reverse("classes:report_student", args=[1])]

    def test_the_pages_of_the_iclass_connection_stand_together(self) -> None:
        row = navigation.Menu(request_of("admin", "inbox:callbacks")).tab_row()
        assert row is not None
        with translation.override("en"):
            groups = {str(group.label): labels(group.links) for group in row.groups}
        assert groups["iclass connection"] == ["Sent to iclass", "Incoming events", "Differences"]
        assert groups[""][-1] == "Background jobs"

    def test_a_visitor_and_an_operator_stand_in_no_school_and_find_nothing(self) -> None:
        stranger, operator = request_of("admin"), request_of("admin")
        stranger.user = SimpleNamespace(is_authenticated=False)  # type: ignore[assignment]
        operator.user = User(is_superuser=True)
        for request in (stranger, operator):
            menu = navigation.Menu(request)
            assert menu.links() == menu.phone_links() == []
            assert menu.tab_row() is None

    def test_the_page_that_is_open_is_marked_and_a_page_below_it_otherwise(self) -> None:
        def both(here: str) -> list[dict[str, str]]:
            menu = navigation.Menu(request_of("admin", here))
            row = menu.tab_row()
            assert row is not None
            return [marks(menu.links()), marks([link for group in row.groups for link in group.links])]

        timetable, lessons = reverse("classes:timetable"), reverse("classes:lessons")
        assert both("classes:timetable") == [{timetable: "page"}, {timetable: "page"}]
        assert both("classes:lessons") == [{timetable: "true"}, {lessons: "page"}]
        assert both("classes:lesson") == [{timetable: "true"}, {lessons: "true"}]

    def test_the_attendance_of_a_student_belongs_to_people_or_is_the_reader_s_own(self) -> None:
        here = "classes:report_student"
        own = reverse(here, args=[1])
        assert marks(navigation.Menu(request_of("student", here)).links()) == {own: "page"}
        assert marks(navigation.Menu(request_of("admin", here)).links()) == {
            reverse("accounts:people"): "true"
        }

    @pytest.mark.parametrize(
        ("role", "bar"),
        [
            ("admin", ["Today", "Timetable", "Live", "People"]),
            ("superadmin", ["Today", "Timetable", "Live", "People"]),
            ("teacher", ["Today", "Live", "Registers", "Timetable"]),
            ("assistant", ["Today", "Live", "Registers", "Timetable"]),
            ("student", ["Today", "Timetable", "My attendance", "Recordings"]),
            ("supervisor", ["Today", "Live", "Timetable", "Recordings"]),
        ],
    )
    def test_the_bar_of_a_phone_has_what_the_role_needs_most(self, role: str, bar: list[str]) -> None:
        links = navigation.Menu(request_of(role, "classes:timetable")).phone_links()
        assert labels(links) == bar
        assert marks(links) == {reverse("classes:timetable"): "page"}

    @pytest.mark.parametrize("role", ROLES_OF_A_SCHOOL)
    def test_every_role_has_a_bar_with_room_for_all_its_entries(self, role: str) -> None:
        assert len(PHONE_BARS[role]) == 4

    def test_a_bar_names_entries_and_tabs_that_exist(self) -> None:
        named = {one for bar in PHONE_BARS.values() for one in bar if isinstance(one, str)}
        shortcuts = {one.url_name for bar in PHONE_BARS.values() for one in bar if isinstance(one, Shortcut)}
        assert named <= {entry.name for entry in ENTRIES}
        assert shortcuts <= {tab.url_name for tab in TABS}


def test_all_that_waits_is_counted_in_the_menu_or_listed_on_today() -> None:
    named = {name for tab in TABS for name in (tab.count, tab.needs) if name}
    shown = named | {navigation.BELL_COUNT}
    assert shown | {*waiting.listed_names()} == waiting.registered_names()


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.url_name)
def test_every_tab_leads_to_a_page(tab: MenuTab) -> None:
    assert reverse(tab.url_name, args=[1] if tab.about_reader else [])


def test_every_page_of_a_school_belongs_to_a_tab() -> None:
    below = {page for tab in TABS for page in tab.pages}
    pages = {one.name for one in AREAS["pages"] if one.route.endswith("/") and "GET" in one.answers}
    known = {one.name for one in AREAS["pages"]}
    belonging = below | {tab.url_name for tab in TABS}
    assert below - known == set()
    assert pages - belonging == ACCOUNT_PAGES | OUTSIDE_OF_A_SCHOOL | OF_GUARDIANS | NO_PAGES


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Shanghai", "Beijing time (UTC+8)"),
        ("Asia/Kolkata", "Asia/Kolkata (UTC+5:30)"),
        ("America/St_Johns", "America/St_Johns (UTC-3:30)"),
        ("UTC", "UTC (UTC+0)"),
    ],
)
def test_the_zone_is_named_with_its_offset(zone: str, words: str) -> None:
    moment = timezone.datetime(2026, 1, 5, tzinfo=timezone.get_fixed_timezone(0))
    with timezone.override(zone), translation.override("en"):
        assert format_time_zone(moment) == words


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><x', "auto")])
def test_only_a_known_theme_is_taken_from_the_cookie(cookie: str, theme: str) -> None:
    assert navigation.page_context(request_of("admin", theme=cookie))["theme"] == theme


def test_a_request_without_user_still_gets_its_context() -> None:
    context: dict[str, Any] = navigation.page_context(RequestFactory().get("/"))
    assert list(context["nav"]) == list(context["nav_phone"]) == []
    assert not context["nav_tabs"]
    assert context["school"] is None


def test_every_language_of_the_settings_has_its_own_name(settings: Any) -> None:
    assert [code for code, _ in navigation.LANGUAGES] == [code for code, _ in settings.LANGUAGES]

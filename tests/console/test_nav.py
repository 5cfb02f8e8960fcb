"""The menu: what each role finds in it, and what every page is told."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Enterprise, User
from console import nav


def request_of(role: str, here: str = "", **cookies: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = User(pk=1, role=role, enterprise=Enterprise(pk=1, name="Sunshine School"))
    request.resolver_match = SimpleNamespace(view_name=here)  # type: ignore[assignment]
    request.COOKIES.update(cookies)
    return request


def names(request: HttpRequest) -> list[str]:
    with translation.override("en"):
        return [str(link.label) for group in nav.menu(request) for link in group.links]


class TestMenu:
    pytestmark = pytest.mark.urls("tests.support.named_pages")

    def test_an_administrator_finds_everything(self) -> None:
        with translation.override("en"):
            entries = [str(entry.label) for section in nav.SECTIONS for entry in section.entries]
            assert names(request_of("admin")) == entries

    def test_a_teacher_finds_the_lessons_alone(self) -> None:
        teaching = ["Today", "Timetable", "Lessons", "Courses", "Appeals", "Live wall", "Courseware"]
        teaching += ["Alarms", "Recordings"]
        assert names(request_of("teacher")) == teaching

    def test_a_group_with_nothing_in_it_is_left_out(self) -> None:
        assert len(nav.menu(request_of("teacher"))) == 1

    def test_a_visitor_and_an_operator_stand_in_no_school_and_find_nothing(self) -> None:
        stranger, operator = request_of("admin"), request_of("admin")
        stranger.user = SimpleNamespace(is_authenticated=False)  # type: ignore[assignment]
        operator.user = User(is_superuser=True)
        assert names(stranger) == names(operator) == []

    def test_the_page_that_is_open_is_marked_and_a_page_below_it_otherwise(self) -> None:
        def marks(here: str) -> dict[str, str]:
            groups = nav.menu(request_of("admin", here))
            return {link.url: link.current for group in groups for link in group.links if link.current}

        assert marks("classes:lessons") == {reverse("classes:lessons"): "page"}
        assert marks("classes:lesson") == {reverse("classes:lessons"): "true"}

    def test_the_bar_of_a_phone_has_room_for_four(self) -> None:
        assert len(list(nav.context(request_of("admin"))["nav_phone"])) <= 4


@pytest.mark.parametrize("name", [entry.url_name for section in nav.SECTIONS for entry in section.entries])
def test_every_entry_leads_to_a_page(name: str) -> None:
    assert reverse(name)


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
        assert nav.zone_in_words(moment) == words


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><x', "auto")])
def test_only_a_known_theme_is_taken_from_the_cookie(cookie: str, theme: str) -> None:
    assert nav.context(request_of("admin", theme=cookie))["theme"] == theme


def test_a_request_without_user_still_gets_its_context() -> None:
    context: dict[str, Any] = nav.context(RequestFactory().get("/"))
    assert list(context["nav"]) == []
    assert context["school"] is None


def test_every_language_of_the_settings_has_its_own_name(settings: Any) -> None:
    assert [code for code, _ in nav.LANGUAGES] == [code for code, _ in settings.LANGUAGES]

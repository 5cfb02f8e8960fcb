"""The one navigation file: what stands in the menu, for whom, and which page belongs to which entry."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console import policy

THEMES = ("light", "dark", "auto")
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))


@dataclass(frozen=True)
class Entry:
    """A line of the menu. Shown to those who may do `action` on `resource` (console.policy).

    `pages` are names of further pages that belong under this entry; `phone` puts it on the bar at
    the foot of a small screen, which has room for four.
    """

    label: str | Promise
    icon: str
    url_name: str
    action: str
    resource: str
    pages: tuple[str, ...] = ()
    phone: bool = False


@dataclass(frozen=True)
class Section:
    label: str | Promise
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """An entry as one reader sees it. `current` is "page", "true" (a page below it) or empty."""

    label: str | Promise
    icon: str
    url: str
    current: str
    phone: bool


@dataclass(frozen=True)
class LinkGroup:
    label: str | Promise
    links: list[Link] = field(default_factory=list)


SECTIONS = (
    Section(
        _("Teaching"),
        (
            Entry(_("Today"), "home", "classes:home", "list", "lesson", phone=True),
            Entry(
                _("Timetable"),
                "calendar-week",
                "classes:timetable",
                "list",
                "lesson",
                pages=(
                    "classes:lesson_move",
                    "classes:conflicts",
                    "classes:feeds",
                    "classes:feed_add",
                    "classes:timetable_imports",
                    "classes:timetable_import_add",
                    "classes:timetable_import",
                    "classes:timetable_import_columns",
                ),
                phone=True,
            ),
            Entry(
                _("Lessons"),
                "calendar-event",
                "classes:lessons",
                "list",
                "lesson",
                pages=(
                    "classes:lesson",
                    "classes:lesson_add",
                    "classes:lesson_edit",
                    "classes:lesson_members",
                    "classes:lessons_many",
                    "classes:lessons_changed",
                    "classes:lesson_live",
                    "classes:lesson_decks",
                    "classes:attendance",
                    "classes:member_phone",
                    "classes:attendance_row",
                    "classes:mark_correct",
                    "classes:register_close",
                    "classes:register_reopen",
                    "classes:drop_excuse",
                    "classes:lesson_rules",
                ),
            ),
            Entry(
                _("Courses"),
                "calendar-repeat",
                "classes:courses",
                "list",
                "course",
                pages=(
                    "classes:course",
                    "classes:course_add",
                    "classes:course_edit",
                    "classes:course_cancel",
                    "classes:course_rules",
                    "classes:year",
                    "classes:term_add",
                    "classes:term_edit",
                    "classes:term_delete",
                    "classes:holiday_add",
                    "classes:holiday_edit",
                    "classes:holiday_delete",
                ),
            ),
            Entry(
                _("Leave"),
                "calendar-pause",
                "classes:leaves",
                "list",
                "leave",
                pages=("classes:leave_add", "classes:leave_withdraw"),
            ),
            Entry(
                _("Appeals"),
                "message-report",
                "classes:appeals",
                "list",
                "appeal",
                pages=("classes:appeal", "classes:appeal_add", "classes:appeal_answer"),
            ),
            Entry(_("Live wall"), "broadcast", "classes:wall", "list", "wall"),
            Entry(
                _("Courseware"),
                "presentation",
                "documents:courseware",
                "list",
                "document",
                pages=(
                    "documents:add",
                    "documents:anew",
                    "documents:delete",
                    "classes:document",
                    "classes:course_decks",
                ),
            ),
            Entry(_("Alarms"), "alarm", "classes:alarms", "list", "alarm"),
            Entry(
                _("Recordings"),
                "video",
                "classes:recordings",
                "list",
                "recording",
                pages=("classes:recording", "classes:recording_edit", "classes:recording_bin"),
            ),
            Entry(
                _("Reports"),
                "report-analytics",
                "classes:report_school",
                "list",
                "report",
                pages=(
                    "classes:report_course",
                    "classes:report_group",
                    "classes:report_absences",
                    "classes:report_registers",
                    "classes:report_teachers",
                ),
            ),
        ),
    ),
    Section(
        _("School"),
        (
            Entry(
                _("People"),
                "users",
                "accounts:people",
                "list",
                "person",
                pages=(
                    "classes:person",
                    "classes:report_student",
                    "accounts:person_add",
                    "accounts:people_export",
                    "accounts:export",
                    "accounts:imports",
                    "accounts:import_add",
                    "accounts:import",
                    "accounts:import_columns",
                    "accounts:person_edit",
                    "accounts:person_card",
                    "accounts:person_contacts",
                    "accounts:person_token",
                    "accounts:person_deactivate",
                ),
                phone=True,
            ),
            Entry(
                _("Groups"),
                "users-group",
                "accounts:groups",
                "list",
                "group",
                pages=(
                    "accounts:group_add",
                    "accounts:groups_export",
                    "classes:group_edit",
                    "classes:group_archive",
                    "classes:group_pushed",
                ),
            ),
            Entry(
                _("School settings"),
                "school",
                "accounts:school",
                "view",
                "school",
                pages=("accounts:school_edit", "accounts:visits"),
            ),
            Entry(_("Roles and rights"), "list-check", "policy:rights", "view", "policy"),
            Entry(
                _("REST tokens"), "key", "accounts:tokens", "oversee", "token", ("accounts:tokens_withdraw",)
            ),
            Entry(
                _("Audit trail"),
                "history",
                "audit:entries",
                "list",
                "audit",
                pages=("audit:entry", "audit:looks", "audit:evidence"),
            ),
            Entry(_("Long work"), "progress", "jobs:jobs", "list", "job", pages=("jobs:job",)),
        ),
    ),
    Section(
        _("Exchange with iclass"),
        (
            Entry(
                _("Sent to iclass"),
                "cloud-upload",
                "outbox:operations",
                "list",
                "operation",
                pages=(
                    "outbox:operation",
                    "outbox:send_again",
                    "outbox:mark_done",
                    "outbox:park",
                    "outbox:many_send_again",
                    "outbox:many_mark_done",
                    "outbox:many_park",
                ),
                phone=True,
            ),
            Entry(
                _("News from iclass"),
                "cloud-download",
                "inbox:callbacks",
                "list",
                "callback",
                pages=("inbox:callback",),
            ),
            Entry(
                _("Differences"),
                "arrows-diff",
                "mirror:differences",
                "list",
                "drift",
                pages=("mirror:difference",),
            ),
        ),
    ),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page.

    nav: list of LinkGroup, empty for a visitor · nav_phone: the links of the bar on a small screen
    · school: the enterprise being looked at, or None · visit: that of an operator in a school, or None
    · zone: the zone of every time on the page, in words · theme: "light", "dark" or "auto" · languages: pairs
    of code and own name.
    """
    groups = SimpleLazyObject(lambda: menu(request))
    return {
        "nav": groups,
        "nav_phone": SimpleLazyObject(
            lambda: [link for group in groups for link in group.links if link.phone]
        ),
        "school": policy.current_school(request),
        "visit": getattr(request, "visit", None),
        "zone": SimpleLazyObject(zone_in_words),
        "theme": theme_of(request),
        "languages": LANGUAGES,
    }


def menu(request: HttpRequest) -> list[LinkGroup]:
    """What this reader may open; empty for visitors and for operators, who stand in no school."""
    if policy.current_school(request) is None:
        return []
    match = request.resolver_match
    here = match.view_name if match else ""
    groups = [LinkGroup(section.label, list(_links(section, request.user, here))) for section in SECTIONS]
    return [group for group in groups if group.links]


def _links(section: Section, user: Any, here: str) -> Iterator[Link]:
    for entry in section.entries:
        if not policy.may(user, entry.action, entry.resource):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:  # an app that this installation leaves out
            continue
        current = "page" if here == entry.url_name else "true" if here in entry.pages else ""
        yield Link(entry.label, entry.icon, url, current, entry.phone)


def theme_of(request: HttpRequest) -> str:
    """The reader's choice of colours, kept in a cookie so that the first paint is already right."""
    kept = request.COOKIES  # named by static/js/theme.js: with the prefix over HTTPS
    chosen = kept.get("__Host-theme") or kept.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def zone_in_words(at: datetime | None = None) -> str:
    """The active zone with its offset at that moment, as "Beijing time (UTC+8)" or "Asia/Tokyo (UTC+9)"."""
    local = timezone.localtime(at)
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
    name = timezone.get_current_timezone_name()
    return f"{gettext('Beijing time') if name == 'Asia/Shanghai' else name} ({offset})"

"""The entries of the menu, and the shortcuts of each role on a phone, as data."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.menu_tab import MenuTab
from console.navigation_tabs import ATTENDANCE, LIVE, PEOPLE, RESOURCES, SETTINGS
from console.timetable_tabs import TIMETABLE


@dataclass(frozen=True)
class MenuEntry:
    """An entry, shown to users who may open one of its tabs; it leads to the first of these."""

    name: str
    label: str | Promise
    icon: str
    tabs: tuple[MenuTab, ...]


@dataclass(frozen=True)
class Shortcut:
    """A tab with a place of its own on the bar of a phone."""

    url_name: str
    label: str | Promise
    icon: str


ENTRIES = (
    MenuEntry(
        "today",
        _("Today"),
        "home",
        (MenuTab(_("Today"), "classes:home", "list", "lesson", ("lists:put_off", "lists:give")),),
    ),
    MenuEntry("timetable", _("Timetable"), "calendar-week", TIMETABLE),
    MenuEntry("live", _("Live"), "broadcast", LIVE),
    MenuEntry("attendance", _("Attendance"), "clipboard-check", ATTENDANCE),
    MenuEntry("resources", _("Resources"), "folders", RESOURCES),
    MenuEntry("people", _("People"), "users", PEOPLE),
    MenuEntry("settings", _("Settings"), "settings", SETTINGS),
)

REGISTERS = Shortcut("classes:report_registers", _("Registers"), "clipboard-check")
MY_ATTENDANCE = Shortcut("classes:report_student", _("My attendance"), "clipboard-check")
RECORDINGS = Shortcut("classes:recordings", _("Recordings"), "video")
_ADMIN_BAR = ("today", "timetable", "live", "people")
_TEACHER_BAR = ("today", "live", REGISTERS, "timetable")
#: The bar at the foot of a phone has room for four: names of entries, and tabs with a place of their own.
PHONE_BARS: dict[str, tuple[str | Shortcut, ...]] = {
    "operator": _ADMIN_BAR,
    "superadmin": _ADMIN_BAR,
    "admin": _ADMIN_BAR,
    "teacher": _TEACHER_BAR,
    "assistant": _TEACHER_BAR,
    "student": ("today", "timetable", MY_ATTENDANCE, RECORDINGS),
    "supervisor": ("today", "live", "timetable", RECORDINGS),
}

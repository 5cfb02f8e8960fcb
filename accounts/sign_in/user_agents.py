"""Descriptions of user agents."""

from django.utils.translation import gettext as _

#: Marks in order of precedence: browsers include the names of others.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
MOBILE_SYSTEMS = {"HarmonyOS", "Android", "iPhone", "iPad"}


def describe_user_agent(user_agent: str) -> str:
    browser, system = _first_match(BROWSERS, user_agent), _first_match(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A program")


def name_user_agent(user_agent: str) -> str:
    """Return the names of browser and system, which are the same in every language."""
    names = (_first_match(BROWSERS, user_agent), _first_match(SYSTEMS, user_agent))
    return " · ".join(name for name in names if name) or "?"


def user_agent_icon(user_agent: str) -> str:
    """Return the name of the icon: mobile or desktop."""
    return "device-mobile" if _first_match(SYSTEMS, user_agent) in MOBILE_SYSTEMS else "device-desktop"


def _first_match(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")

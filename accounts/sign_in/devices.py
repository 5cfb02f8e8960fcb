"""What kind of machine a session is on, in words, from what its browser says of itself."""

from django.utils.translation import gettext as _

#: The first that fits: browsers call themselves by each other's names, the real one comes first here.
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
PHONES = {"HarmonyOS", "Android", "iPhone", "iPad"}


def in_words(user_agent: str) -> str:
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A program")


def icon_of(user_agent: str) -> str:
    """The name of an icon: a telephone or a desk."""
    return "device-mobile" if _first(SYSTEMS, user_agent) in PHONES else "device-desktop"


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for mark, word in names if mark in text), "")

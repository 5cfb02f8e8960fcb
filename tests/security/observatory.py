"""The tests of MDN's HTTP Observatory (version 1.4), restated: what each finds, and what it counts.

A site begins with 100; what is wrong is taken off, and what is better than needed is added where at least 90
are left. The observatory itself looks at a public name over the network; here the answers are handed in.
"""

import re
from collections.abc import Mapping
from http.cookies import Morsel
from typing import NamedTuple

BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
HALF_A_YEAR = 15_552_000
GRADES = [
    *((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C")),
    *((45, "C-"), (40, "D+"), (30, "D"), (25, "D-"), (0, "F")),
]


class Site(NamedTuple):
    """One answer over HTTPS with all cookies that were set, and where plain HTTP led."""

    headers: Mapping[str, str]
    html: str
    cookies: list["Morsel[str]"]
    redirect: str
    host: str


def grade(site: Site) -> tuple[int, str, dict[str, int]]:
    """The score, its letter, and what each test counted."""
    counted = {
        "content-security-policy": _policy(site.headers),
        "cookies": _cookies(site),
        "cross-origin-resource-sharing": _sharing(site.headers),
        "redirection": 0 if site.redirect.startswith(f"https://{site.host}/") else -20,
        "referrer-policy": _referrer(site.headers),
        "strict-transport-security": _transport(site.headers),
        "subresource-integrity": _integrity(site.html),
        "x-content-type-options": 0 if site.headers.get("X-Content-Type-Options") == "nosniff" else -5,
        "x-frame-options": _frames(site.headers),
        "cross-origin-resource-policy": _resources(site.headers),
    }
    score = 100 + sum(one for one in counted.values() if one < 0)
    if score >= 90:
        score += sum(one for one in counted.values() if one > 0)
    score = max(score, 0)
    return score, next(letter for least, letter in GRADES if score >= least), counted


def policy_of(headers: Mapping[str, str]) -> dict[str, set[str]]:
    """The directives of an answer, each with its sources."""
    lines = [line.split() for line in headers.get("Content-Security-Policy", "").split(";") if line.strip()]
    return {name.lower(): set(sources) for name, *sources in lines}


def _policy(headers: Mapping[str, str]) -> int:
    told = policy_of(headers)
    if not told:
        return -25
    default = told.get("default-src", {"*"})
    script, style = told.get("script-src", default), told.get("style-src", default)
    active = {
        one for name, sources in told.items() if name not in ("img-src", "media-src") for one in sources
    }
    passive = {one for name in ("img-src", "media-src") for one in told.get(name, default)}
    if script & (BROAD | INLINE) or told.get("object-src", default) & BROAD:
        return -20
    if any(one.startswith(("http:", "ftp:")) for one in active):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    if any(one.startswith(("http:", "ftp:")) for one in passive):
        return -10
    if style & (BROAD | INLINE):
        return 0
    return 10 if default == {"'none'"} else 5


def _cookies(site: Site) -> int:
    """A cookie whose name speaks of a session or a login is held to more than others."""
    worst = 5 if site.cookies else 0
    safe = _transport(site.headers) == 0
    for one in site.cookies:
        is_session = any(word in one.key.lower() for word in ("login", "sess"))
        if not one["secure"]:
            worst = min(worst, (-10 if safe else -40) if is_session else (-5 if safe else -20))
        if is_session and not one["httponly"]:
            worst = min(worst, -30)
        if one["samesite"].lower() not in ("", "lax", "strict", "none"):
            worst = min(worst, -20)
        if not one["samesite"]:
            worst = min(worst, -20 if "csrf" in one.key.lower() else 0)
    return worst


def _sharing(headers: Mapping[str, str]) -> int:
    is_open = headers.get("Access-Control-Allow-Origin", "") and headers.get(
        "Access-Control-Allow-Credentials"
    )
    return -50 if is_open else 0


def _referrer(headers: Mapping[str, str]) -> int:
    told = headers.get("Referrer-Policy", "")
    return 0 if not told else 5 if told in PRIVATE else -5


def _transport(headers: Mapping[str, str]) -> int:
    told = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    return -20 if told is None else 0 if int(told[1]) >= HALF_A_YEAR else -10


def _integrity(html: str) -> int:
    """Scripts of ours need none; one from elsewhere does."""
    tags = re.findall(r"<script\b[^>]*\bsrc=[\"']?((?:https?:)?//[^\"' >]+)[^>]*>", html)
    foreign = re.findall(r"<script\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>", html)
    if any(not one.startswith("https:") for one in tags):
        return -50
    return -5 if any("integrity=" not in one for one in foreign) else 0


def _frames(headers: Mapping[str, str]) -> int:
    if "frame-ancestors" in policy_of(headers):
        return 5
    return 0 if headers.get("X-Frame-Options", "").lower() in ("deny", "sameorigin") else -20


def _resources(headers: Mapping[str, str]) -> int:
    told = headers.get("Cross-Origin-Resource-Policy", "")
    return {"": 0, "cross-origin": 0, "same-origin": 10, "same-site": 10}.get(told, -5)

"""Words of a page that nobody translated: Latin ones on a page that is read in Chinese."""

import re
from html.parser import HTMLParser
from zoneinfo import available_timezones

#: Attributes that are read aloud or shown on a hover.
READ_ALOUD_ATTRIBUTES = {
    "title",
    "aria-label",
    "aria-description",
    "placeholder",
    "alt",
    "label",
    "data-label",
}
#: What is inside of these is no sentence: code, and what can be typed.
SKIPPED_TAGS = {"script", "style", "code", "pre", "kbd", "samp", "textarea"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_@./+-]*")

#: Names of programs, measures and standards that Chinese writes in Latin letters; keys on a keyboard; ours.
NAMES = re.compile(
    r"iclass|OneRoster|SDKAppID|AppID|BizID|tic_key|ID|API|REST|H5|IM|AI|MFA|JavaScript|webhook|Webhook|iCal|https?|HTTPS?"
    r"|S3|SHA-256|MD5|UTF-8|UTC[+-]\d+|CSV|Excel|OpenDocument|xlsx?|ods"
    r"|JSON|XLSX|PDF|jpg|png|pdf|pptx?|docx?|Ctrl|Shift|Esc"
    r"|English|Microsoft|Authenticator|Google|FreeOTP|Aegis|kbit/s|ms|[KMG]B"
    r"|SAML|Shibboleth|ADFS|OpenID|Connect|Workspace|Cloud|Entra|Keycloak|Web|application|OAuth|STARTTLS|TLS|PIN|CorpID|AgentId|Secret|UserID"
    r"|AppKey|AppSecret|preferred_username|email|employee_number|groups|department|well-known/openid-configuration"
    r"|zip|bulk|delta|v1p[12]|username|identifier|sourcedId"
    r"|title|text|link|school|EMAIL_URL|ALLOWED_PRIVATE_NETWORKS|console@school.example"
)
#: The end of a secret that is not shown.
HINT = re.compile(r"…\w+")
ZONES = {zone.replace("_", " ") for zone in available_timezones()} | available_timezones()


class _TextCollector(HTMLParser):
    """Collects what a page says: a chunk for each piece of text and each attribute that is read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.chunks: list[str] = []
        self.open: list[tuple[str, bool]] = []

    @property
    def silent(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        silent = self.silent or tag in SKIPPED_TAGS or (told.get("lang") or "").startswith("en")
        if not silent:
            self.chunks += [value for name, value in attrs if value and name in READ_ALOUD_ATTRIBUTES]
            if tag == "input" and told.get("type") in ("submit", "button"):
                self.chunks.append(told.get("value") or "")
        if tag not in VOID:
            self.open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.silent:
            self.chunks.append(data.strip())


def untranslated_pieces(page: str, data: re.Pattern[str]) -> list[str]:
    """The pieces of a Chinese page with a Latin word that is neither a name of ours nor, whole, `data`."""
    reader = _TextCollector()
    reader.feed(page)
    return [
        chunk
        for chunk in reader.chunks
        if chunk not in ZONES and any(not _known(word, data) for word in WORD.findall(HINT.sub("", chunk)))
    ]


def _known(word: str, data: re.Pattern[str]) -> bool:
    bare = word.rstrip("./-")
    return len(bare) < 2 or bool(NAMES.fullmatch(bare) or data.fullmatch(bare))

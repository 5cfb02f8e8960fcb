"""What the adapters have in common."""

from typing import Any, ClassVar

from console.notifications.channels.answers import Answer, Outcome, clean_words
from console.notifications.channels.calls import Call, Reply


class BotAdapter:
    """Writes to a group."""

    #: Names of the code (0: accepted) and of the words in an answer.
    code_name: ClassVar[str] = "errcode"
    words_name: ClassVar[str] = "errmsg"
    #: Codes of "too many calls" and "busy": the message certainly did not arrive.
    too_fast: ClassVar[frozenset[int]] = frozenset()

    def bot_call(self, bot: Any, text: str, data: dict[str, Any]) -> Call:
        """Return the call that posts a text; `data` says the same to a program."""
        raise NotImplementedError

    def code_of(self, reply: Reply) -> int | None:
        code = reply.body.get(self.code_name)
        return code if isinstance(code, int) and not isinstance(code, bool) else None

    def read(self, reply: Reply, secrets: tuple[str, ...] = ()) -> Answer:
        """Return what a reply means."""
        code = self.code_of(reply)
        words = clean_words(f"{code if code is not None else ''} {self._words(reply)}", secrets)
        if reply.status in (429, 503) or code in self.too_fast:
            return Answer(Outcome.LATER, words or f"HTTP {reply.status}", pauses_channel=True)
        if code == 0 and 200 <= reply.status < 300:
            return Answer(Outcome.DELIVERED)
        if code:
            return Answer(Outcome.REFUSED, words)
        if reply.status >= 500 or 200 <= reply.status < 300:
            return Answer(Outcome.UNKNOWN, "" if reply.status < 300 else f"HTTP {reply.status}", "unreadable")
        return Answer(Outcome.REFUSED, f"HTTP {reply.status}")

    def _words(self, reply: Reply) -> str:
        words = reply.body.get(self.words_name, "")
        return words if isinstance(words, str) else ""


class AppAdapter(BotAdapter):
    """Writes to groups and, with a token for the credentials of an app, to single people."""

    #: Address of the provider's API for everybody; schools with one of their own enter it.
    api_url: ClassVar[str] = ""
    #: Codes that say that a token is no longer valid.
    token_ended: ClassVar[frozenset[int]] = frozenset()
    #: Codes of a lookup that say that nobody has this phone or e-mail.
    not_found: ClassVar[frozenset[int]] = frozenset()
    token_name: ClassVar[str] = "access_token"
    seconds_name: ClassVar[str] = "expires_in"

    def base(self, app: Any) -> str:
        return app.api_url.rstrip("/") or self.api_url

    def token_call(self, app: Any) -> Call:
        """Return the call that exchanges the credentials for a token."""
        raise NotImplementedError

    def person_call(self, app: Any, token: str, address: str, text: str, uid: str) -> Call:
        """Return the call that sends a text to one person."""
        raise NotImplementedError

    def lookup_calls(self, app: Any, token: str, phone: str, e_mail: str) -> list[Call]:
        """Return the calls that may find the ID of a person, in order."""
        raise NotImplementedError

    def address_in(self, reply: Reply) -> str:
        """Return the ID that a reply to a lookup holds; empty if nobody was found."""
        raise NotImplementedError

    def read_sent(self, reply: Reply, secrets: tuple[str, ...]) -> Answer:
        """Return what the reply to `person_call` means."""
        return self.read(reply, secrets)


def text_in(value: Any) -> str:
    """Return the ID of a person in an answer; empty if it is something else."""
    return value if isinstance(value, str) and len(value) <= 128 and names_one(value) else ""


def names_one(person_id: str) -> bool:
    """Return whether an ID names one person: "@all" and lists with "|" or "," would reach several."""
    return not person_id.startswith("@") and not any(one in "|,;" or one.isspace() for one in person_id)


def local_number(phone: str) -> str:
    """Return a phone number as the providers know it: without spaces, Chinese ones without +86."""
    digits = "".join(one for one in phone if one.isdigit() or one == "+")
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    return digits


def number_of(app: Any) -> int | str:
    """Return the number of an app, which the providers take as a number."""
    return int(app.agent_id) if app.agent_id.isdecimal() else app.agent_id

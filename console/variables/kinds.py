"""The kinds of variables. `check` returns what is invalid about a value, or None.

A value is shown in the sentence unless it may contain a secret.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import SplitResult, urlsplit

NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
#: A host name or address of H5_HOSTS and the like: no character that ends a source of a content policy.
HOST = re.compile(r"(https?://)?(\*\.|\.)?[A-Za-z0-9._\-\[\]:]+|\*", re.ASCII)
TRUE = ("true", "on", "ok", "y", "yes", "1")
FALSE = ("false", "off", "n", "no", "0")


class InvalidSetting(NamedTuple):
    """An invalid setting: its number, the problem and the remedy."""

    number: str
    text: str
    hint: str

    def __str__(self) -> str:
        return f"console.{self.number}: {self.text} {self.hint}"


class Kind(Protocol):
    """What a variable may contain. An empty value of `may_be_empty` means that it is not set."""

    @property
    def may_be_empty(self) -> bool: ...

    def check(self, name: str, value: str) -> InvalidSetting | None: ...


@dataclass(frozen=True)
class Number:
    """A number in a range; `whole` ones have no fraction."""

    at_least: float
    at_most: float
    whole: bool = False
    may_be_empty: bool = False

    def check(self, name: str, value: str) -> InvalidSetting | None:
        is_number = NUMBER.fullmatch(value) is not None
        if not is_number or (self.whole and "." in value):
            kind = "a whole number" if self.whole else "a number"
            hint = f"Write digits without a unit, or remove {name} to use the default."
            return InvalidSetting("E034", f"{name} is {value!r}, which is not {kind}.", hint)
        if self.at_least <= float(value) <= self.at_most:
            return None
        is_less = float(value) < self.at_least
        limit = f"less than {self.at_least:g}" if is_less else f"more than {self.at_most:.0f}"
        return InvalidSetting(
            "E035",
            f"{name} is {value}, which is {limit}.",
            f"Write a number that is not, or remove {name} to use the default.",
        )


@dataclass(frozen=True)
class Switch:
    """True or false. Any other word would count as false, which for some switches is the unsafe side."""

    may_be_empty: bool = False

    def check(self, name: str, value: str) -> InvalidSetting | None:
        if value.lower() in (*TRUE, *FALSE):
            return None
        text = f"{name} is {value!r}, which is neither true nor false."
        return InvalidSetting("E036", text, f"Write true or false, or remove {name} to use the default.")


@dataclass(frozen=True)
class Choice:
    """One of a few words, in upper or lower case."""

    number: str
    words: tuple[str, ...]
    may_be_empty: bool = False

    def check(self, name: str, value: str) -> InvalidSetting | None:
        if value in self.words or value.upper() in self.words:
            return None
        return InvalidSetting(self.number, f"{name} is {value!r}.", f"Write one of {', '.join(self.words)}.")


@dataclass(frozen=True)
class Url:
    """A URL with one of some schemes. It may contain a password, so it is never shown.

    With `several` it may be a list, separated by semicolons. `scheme` is added to one that has none.
    """

    example: str
    schemes: tuple[str, ...] = ()
    needs_host: bool = True
    may_be_empty: bool = True
    several: bool = False
    scheme: str = ""

    def check(self, name: str, value: str) -> InvalidSetting | None:
        urls = value.split(";") if self.several else [value]
        if self.scheme:
            urls = [one if "://" in one else f"{self.scheme}://{one}" for one in urls]
        return next((problem for one in urls if (problem := self._check_one(name, one))), None)

    def _check_one(self, name: str, value: str) -> InvalidSetting | None:
        of_password = ", with @, / and : of a password as %40, %2F and %3A" if "@" in self.example else ""
        hint = f"Write it like {self.example}{of_password}."
        parts = split_url(value)
        if parts is None:
            return InvalidSetting("E037", f"{name} cannot be read as a URL.", hint)
        if not parts.scheme or (self.schemes and parts.scheme not in self.schemes):
            known = f"with none of {', '.join(self.schemes)}" if self.schemes else "without a scheme"
            return InvalidSetting("E037", f"{name} begins {known}.", hint)
        if self.needs_host and not parts.hostname:
            return InvalidSetting("E037", f"{name} names no host.", hint)
        return None


@dataclass(frozen=True)
class Hosts:
    """Host names, addresses or origins, separated by commas."""

    may_be_empty: bool = True
    origins: bool = True

    def check(self, name: str, value: str) -> InvalidSetting | None:
        for one in filter(None, value.split(",")):
            if not HOST.fullmatch(one) or ("://" in one and not self.origins):
                return InvalidSetting(
                    "E038",
                    f"{name} contains {one!r}, which is not a host name.",
                    "Write host names separated by commas, without spaces, paths"
                    f"{'' if self.origins else ', schemes'} and quotes.",
                )
        return None


@dataclass(frozen=True)
class Text:
    """Any text of one line."""

    may_be_empty: bool = True

    def check(self, name: str, value: str) -> InvalidSetting | None:
        if not value.isprintable():
            text = f"{name} contains a line break or another control character."
            return InvalidSetting("E039", text, "Write it on one line.")
        if value != value.strip() or (value[:1] in ("'", '"') and value[:1] == value[-1:]):
            text = f"{name} begins and ends with quotes, or with a space."
            return InvalidSetting("E039", text, "Remove them: they would be part of the value.")
        return None


class Secret(Text):
    """A text that is shown nowhere."""


@dataclass(frozen=True)
class Folder:
    """A folder that this process writes to; it is created if it is missing."""

    may_be_empty: bool = True

    def check(self, name: str, value: str) -> InvalidSetting | None:
        folder = Path(value).absolute()
        try:
            problem = _folder_problem(folder)
        except OSError as error:
            problem = f"{error.strerror}"
        if not problem:
            return None
        hint = f"Set {name} to a folder that this user may write to, or change the owner with chown."
        return InvalidSetting("E042", f"{name} is {str(folder)!r}, which cannot be used: {problem}.", hint)


@dataclass(frozen=True)
class CertificateFile:
    """A file with certificates in PEM format."""

    may_be_empty: bool = True

    def check(self, name: str, value: str) -> InvalidSetting | None:
        hint = "Name a file with the certificates of the authority in PEM format that this user may read."
        try:
            text = Path(value).read_text(encoding="ascii", errors="replace")
        except OSError as error:
            problem = error.strerror
            return InvalidSetting("E042", f"{name} is {value!r}, which cannot be read: {problem}.", hint)
        if "-----BEGIN CERTIFICATE-----" in text or "-----BEGIN TRUSTED CERTIFICATE-----" in text:
            return None
        return InvalidSetting("E042", f"{name} is {value!r}, which contains no certificate.", hint)


def split_url(value: str) -> SplitResult | None:
    """Return the parts of a URL; None if it is malformed, down to its port."""
    try:
        parts = urlsplit(value)
        if "," not in parts.netloc:  # several hosts of a database have a port each
            parts.port  # noqa: B018 — reading it raises ValueError for a port that is no number
    except ValueError:
        return None
    return parts if value.isprintable() and " " not in value else None


def _folder_problem(folder: Path) -> str:
    """Return why a folder, or the one in which it would be created, cannot be written to."""
    if folder.is_symlink() and not folder.exists():
        return f"it is a symbolic link to {os.readlink(folder)}, which does not exist"
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    if not existing.is_dir():
        return f"{existing} is a file"
    if not os.access(existing, os.W_OK | os.X_OK):
        is_read_only = bool(os.statvfs(existing).f_flag & os.ST_RDONLY)
        return f"{existing} is {'on a read-only file system' if is_read_only else 'not writable'}"
    return ""

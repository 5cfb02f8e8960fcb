"""One row of a file against one person: what it wants, or why it is refused. Asks nothing of the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from accounts import avatars
from accounts.forms.person import PHONE
from accounts.imports.columns import (
    FIELDS,
    GENDERS,
    GROUPS,
    IN_CHARGE,
    ROLES,
    Options,
    bare,
    split_groups,
)
from accounts.models.user import user_id_rule
from accounts.roles import REGISTRABLE, STAFF, Role
from console.sheets.csv import inert

LONGEST_NAME, LONGEST_GROUP = 60, 80
_MAIL = forms.EmailField(required=False, max_length=254)
_ADDRESS = forms.URLField(required=False, max_length=500, assume_scheme="https")


class Refused(NamedTuple):
    """`named` fills the words of the reason."""

    column: str
    value: str
    reason: str
    named: str = ""


class Stop(Exception):
    """Carries the Refused of a row."""


@dataclass
class Known:
    """A person as they are: `now` holds FIELDS, GROUPS and IN_CHARGE."""

    pk: int
    now: dict[str, Any]
    erased: bool = False
    active: bool = True


@dataclass
class Judge:
    """What every row of an import is measured by. `groups` are the names that the school has, `archived` are
    those of them into which nobody can be put.
    """

    options: Options
    groups: set[str]
    by_superadmin: bool
    importer: int
    archived: set[str] = field(default_factory=set)

    def wanted(self, told: Mapping[str, str], person: Known | None) -> dict[str, Any] | Refused:
        """FIELDS, GROUPS and IN_CHARGE as the row wants them; equal to `person.now` where nothing changes."""
        try:
            self._may(told, person)
            now = person.now if person else {**dict.fromkeys(FIELDS, ""), GROUPS: [], IN_CHARGE: []}
            wanted: dict[str, Any] = {name: self._field(name, told.get(name), now[name]) for name in FIELDS}
            wanted[GROUPS] = self._groups(told.get(GROUPS), now[GROUPS], wanted["role"])
            wanted[IN_CHARGE] = self._in_charge(told.get(IN_CHARGE), now[IN_CHARGE], wanted["role"], person)
            self._whom(told, wanted, person)
        except Stop as stop:
            refused: Refused = stop.args[0]
            return refused
        return wanted

    def _may(self, told: Mapping[str, str], person: Known | None) -> None:
        user_id = told.get("user_id", "")
        if not user_id:
            raise Stop(Refused("user_id", "", "no_id"))
        if person is None:
            _check(user_id_rule, user_id, Refused("user_id", user_id, "bad_id"))
        elif person.erased:
            raise Stop(Refused("user_id", user_id, "erased"))
        elif person.now["role"] == Role.VISITOR:
            raise Stop(Refused("user_id", user_id, "visitor"))

    def _whom(self, told: Mapping[str, str], wanted: dict[str, Any], person: Known | None) -> None:
        """Whoever is not changed at all may stand in a file, as in one that was exported."""
        if person is None or wanted == person.now:
            return
        if person.now["role"] == Role.SUPERADMIN and not self.by_superadmin:
            raise Stop(Refused("user_id", told["user_id"], "superadmin"))
        if person.pk == self.importer and wanted["role"] != person.now["role"]:
            raise Stop(Refused("role", told.get("role", ""), "yourself"))

    def _field(self, name: str, raw: str | None, now: str) -> str:
        """The value of a cell. One that says what is there already is right, however odd."""
        if raw is None or raw in (now, inert(now)):
            return now or self._default(name)
        text = raw.strip()
        if not text:
            clears = self.options.clear_empty and name not in ("nickname", "role")
            return "" if clears else now or self._default(name)
        if name == "role" and ROLES.get(bare(text)) == now:
            return now
        read: Callable[[str], str] = getattr(self, f"_{name}")
        return read(text)

    def _default(self, name: str) -> str:
        if name == "nickname":
            raise Stop(Refused("nickname", "", "no_name"))
        return self.options.role if name == "role" else ""

    def _nickname(self, text: str) -> str:
        if len(text) > LONGEST_NAME:
            raise Stop(Refused("nickname", text, "long_name"))
        return text

    def _role(self, text: str) -> str:
        role = ROLES.get(bare(text))
        if role is None:
            raise Stop(Refused("role", text, "role"))
        if role not in REGISTRABLE:
            raise Stop(Refused("role", text, "role_not_given"))
        return str(role)

    def _gender(self, text: str) -> str:
        gender = GENDERS.get(bare(text))
        if gender is None:
            raise Stop(Refused("gender", text, "gender"))
        return gender

    def _phone_no(self, text: str) -> str:
        if not PHONE.fullmatch(text):
            raise Stop(Refused("phone_no", text, "phone"))
        return text

    def _e_mail(self, text: str) -> str:
        return _check(_MAIL.clean, text, Refused("e_mail", text, "mail"))

    def _avatar(self, text: str) -> str:
        refused = Refused("avatar", text, "picture")
        address = _check(_ADDRESS.clean, text, refused)
        _check(avatars.check_address, address, refused)
        return address

    def _groups(self, raw: str | None, now: list[str], role: str) -> list[str]:
        """The names of the groups, in order. Groups that the file does not name are left only on demand."""
        refusal = "" if role == Role.STUDENT else "not_student"
        return self._named(GROUPS, raw, now, refusal)

    def _in_charge(self, raw: str | None, now: list[str], role: str, person: Known | None) -> list[str]:
        """The same of the groups that somebody answers for, as services.save_group allows it."""
        refusal = "" if role in STAFF else "not_staff"
        if person is not None and not person.active:
            refusal = "inactive"
        return self._named(IN_CHARGE, raw, now, refusal)

    def _named(self, column: str, raw: str | None, now: list[str], refusal: str) -> list[str]:
        named = split_groups(raw or "")
        if not named:
            return [] if self.options.clear_empty and raw is not None else now
        if set(named) == set(now):
            return now
        if refusal:
            raise Stop(Refused(column, raw or "", refusal))
        for name in named:
            self._group(column, name, raw or "")
        return sorted(set(named) if self.options.leave_groups else {*now, *named})

    def _group(self, column: str, name: str, raw: str) -> None:
        if len(name) > LONGEST_GROUP:
            raise Stop(Refused(column, raw, "long_group"))
        if name in self.archived:
            raise Stop(Refused(column, raw, "archived", name[:100]))
        if name not in self.groups and not self.options.create_groups:
            raise Stop(Refused(column, raw, "group", name[:100]))


def _check(rule: Callable[[str], Any], text: str, refused: Refused) -> Any:
    try:
        return rule(text)
    except ValidationError:
        raise Stop(refused) from None

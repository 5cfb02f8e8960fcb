"""Validate a row against the stored person: the resulting fields, or a refusal. Runs no query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from accounts.imports.columns import (
    AGE_GROUPS,
    FIELDS,
    GENDERS,
    GRADE,
    GROUPS,
    IN_CHARGE,
    ROLES,
    ImportOptions,
)
from accounts.models.phone_number import PHONE_PATTERN
from accounts.models.roles import REGISTRABLE, STAFF, Role
from accounts.models.user import user_id_validator
from accounts.people import avatars
from console.imports.columns import normalize_heading, split_names
from console.sheets.formulas import escape_formula

MAX_NAME_LENGTH, MAX_GROUP_LENGTH = 60, 80
_EMAIL_FIELD = forms.EmailField(required=False, max_length=254)
_URL_FIELD = forms.URLField(required=False, max_length=500, assume_scheme="https")


class RowRefusal(NamedTuple):
    """Why a row is refused; `named` is a parameter of the reason's message."""

    column: str
    value: str
    reason: str
    named: str = ""


class RowRefused(Exception):
    """Raised with a RowRefusal."""


@dataclass
class ExistingPerson:
    """A stored person; `now` holds FIELDS, GROUPS, IN_CHARGE, and an empty GRADE."""

    pk: int
    now: dict[str, Any]
    erased: bool = False
    active: bool = True
    has_birthday: bool = False


@dataclass
class RowValidator:
    """Validator of import rows. `groups` are the names of the school's groups, `archived` some of them.

    `grades` are the names of its grades, `grade_of` those of its groups, by name.
    """

    options: ImportOptions
    groups: set[str]
    by_superadmin: bool
    importer: int
    archived: set[str] = field(default_factory=set)
    grades: set[str] = field(default_factory=set)
    grade_of: dict[str, str] = field(default_factory=dict)

    def validate(
        self, values: Mapping[str, str], person: ExistingPerson | None
    ) -> dict[str, Any] | RowRefusal:
        """Return FIELDS, GROUPS, GRADE and IN_CHARGE after the import; `person.now` if nothing changes.

        GRADE is empty unless it changes the grade of a group in the cell.
        """
        try:
            self._check_user_id(values, person)
            blank: dict[str, Any] = {**dict.fromkeys(FIELDS, ""), GROUPS: [], GRADE: "", IN_CHARGE: []}
            now = person.now if person else blank
            after: dict[str, Any] = {name: self._field(name, values.get(name), now[name]) for name in FIELDS}
            if person and person.has_birthday:
                after["age_group"] = _age_by_date(values, after["age_group"], now["age_group"])
            after[GROUPS] = self._groups(values.get(GROUPS), now[GROUPS], after["role"])
            after[GRADE] = self._grade(values.get(GRADE, "").strip(), split_names(values.get(GROUPS, "")))
            after[IN_CHARGE] = self._in_charge(values.get(IN_CHARGE), now[IN_CHARGE], after["role"], person)
            self.check_protected_person(values, after, person)
        except RowRefused as error:
            refusal: RowRefusal = error.args[0]
            return refusal
        return after

    def _check_user_id(self, values: Mapping[str, str], person: ExistingPerson | None) -> None:
        user_id = values.get("user_id", "")
        if not user_id:
            raise RowRefused(RowRefusal("user_id", "", "no_id"))
        if person is None:
            _validate(user_id_validator, user_id, RowRefusal("user_id", user_id, "bad_id"))
        elif person.erased:
            raise RowRefused(RowRefusal("user_id", user_id, "erased"))
        elif person.now["role"] == Role.VISITOR:
            raise RowRefused(RowRefusal("user_id", user_id, "visitor"))

    def check_protected_person(
        self, values: Mapping[str, str], after: dict[str, Any], person: ExistingPerson | None
    ) -> None:
        """Refuse forbidden changes. Unchanged rows are always allowed, as in an exported file."""
        if person is None or after == person.now:
            return
        if person.now["role"] == Role.SUPERADMIN and not self.by_superadmin:
            raise RowRefused(RowRefusal("user_id", values["user_id"], "superadmin"))
        if person.pk == self.importer and after["role"] != person.now["role"]:
            raise RowRefused(RowRefusal("role", values.get("role", ""), "yourself"))

    def _field(self, name: str, raw: str | None, now: str) -> str:
        """Return the value of a cell. The stored value is always accepted, even if it is invalid."""
        if raw is None or raw in (now, escape_formula(now)):
            return now or self._default(name)
        text = raw.strip()
        if not text:
            clears = self.options.clear_empty and name not in ("nickname", "role")
            return "" if clears else now or self._default(name)
        if name == "role" and ROLES.get(normalize_heading(text)) == now:
            return now
        parse: Callable[[str], str] = getattr(self, f"_{name}")
        return parse(text)

    def _default(self, name: str) -> str:
        if name == "nickname":
            raise RowRefused(RowRefusal("nickname", "", "no_name"))
        return self.options.role if name == "role" else ""

    def _nickname(self, text: str) -> str:
        if len(text) > MAX_NAME_LENGTH:
            raise RowRefused(RowRefusal("nickname", text, "long_name"))
        return text

    def _role(self, text: str) -> str:
        role = ROLES.get(normalize_heading(text))
        if role is None:
            raise RowRefused(RowRefusal("role", text, "role"))
        if role not in REGISTRABLE:
            raise RowRefused(RowRefusal("role", text, "role_not_given"))
        return str(role)

    def _gender(self, text: str) -> str:
        gender = GENDERS.get(normalize_heading(text))
        if gender is None:
            raise RowRefused(RowRefusal("gender", text, "gender"))
        return gender

    def _age_group(self, text: str) -> str:
        group = AGE_GROUPS.get(normalize_heading(text))
        if group is None:
            raise RowRefused(RowRefusal("age_group", text, "age_group"))
        return str(group)

    def _phone_no(self, text: str) -> str:
        if not PHONE_PATTERN.fullmatch(text):
            raise RowRefused(RowRefusal("phone_no", text, "phone"))
        return text

    def _e_mail(self, text: str) -> str:
        return str(_validate(_EMAIL_FIELD.clean, text, RowRefusal("e_mail", text, "mail")))

    def _avatar(self, text: str) -> str:
        refusal = RowRefusal("avatar", text, "picture")
        url: str = _validate(_URL_FIELD.clean, text, refusal)
        _validate(avatars.check_avatar_url, url, refusal)
        return url

    def _groups(self, raw: str | None, now: list[str], role: str) -> list[str]:
        """Return the sorted group names. Groups that the row omits are left only if the options say so."""
        reason = "" if role == Role.STUDENT else "not_student"
        return self._group_names(GROUPS, raw, now, reason)

    def _in_charge(
        self, raw: str | None, now: list[str], role: str, person: ExistingPerson | None
    ) -> list[str]:
        """Return the sorted names of groups in charge, by the rules of group_services.save_group."""
        reason = "" if role in STAFF else "not_staff"
        if person is not None and not person.active:
            reason = "inactive"
        return self._group_names(IN_CHARGE, raw, now, reason)

    def _group_names(self, column: str, raw: str | None, now: list[str], reason: str) -> list[str]:
        """Return the resulting group names; refuse a change if `reason` is not empty."""
        names = split_names(raw or "")
        if not names:
            return [] if self.options.clear_empty and raw is not None else now
        if set(names) == set(now):
            return now
        if reason:
            raise RowRefused(RowRefusal(column, raw or "", reason))
        for name in names:
            self._check_group(column, name, raw or "")
        return sorted(set(names) if self.options.leave_groups else {*now, *names})

    def _grade(self, text: str, groups: list[str]) -> str:
        if not text or (groups and all(self.grade_of.get(name) == text for name in groups)):
            return ""
        if not groups:
            raise RowRefused(RowRefusal(GRADE, text, "grade_alone"))
        if text not in self.grades:
            raise RowRefused(RowRefusal(GRADE, text, "grade", text[:100]))
        return text

    def _check_group(self, column: str, name: str, raw: str) -> None:
        if len(name) > MAX_GROUP_LENGTH:
            raise RowRefused(RowRefusal(column, raw, "long_group"))
        if name in self.archived:
            raise RowRefused(RowRefusal(column, raw, "archived", name[:100]))
        if name not in self.groups and not self.options.create_groups:
            raise RowRefused(RowRefusal(column, raw, "group", name[:100]))


def _age_by_date(values: Mapping[str, str], after: str, now: str) -> str:
    """Return the stored age group, which follows from the date of birth; refuse another one."""
    if after not in ("", now):
        raise RowRefused(RowRefusal("age_group", values["age_group"], "age_by_date"))
    return now


def _validate(validator: Callable[[str], Any], text: str, refusal: RowRefusal) -> Any:
    try:
        return validator(text)
    except ValidationError:
        raise RowRefused(refusal) from None

"""What users.csv and demographics.csv say of a person, as cells of a row of an import of people."""

import re

from accounts.imports.one_roster.roster_data import Record

#: `state` of somebody who is deleted or disabled.
LEFT = "left"
_CHINESE = re.compile("[\u3400-\u9fff]")
_PHONE_NOISE = re.compile(r"[^0-9+() -]")


def person_cells(user: Record, role: str, facts: Record | None) -> dict[str, str]:
    """Return the cells of a person by field; `facts` is their record of demographics.csv."""
    gone = user.is_deleted or user.get("enabledUser").lower() in ("false", "0")
    return {
        "sourced_id": user.sourced_id,
        "state": LEFT if gone else "",
        "username": user.get("username"),
        "identifier": user.get("identifier"),
        "nickname": full_name(user),
        "role": role,
        "gender": gender_of(facts),
        "phone_no": clean_phone(user.get("sms") or user.get("phone")),
        "e_mail": user.get("email"),
        "date_of_birth": facts.get("birthDate") if facts else "",
    }


def full_name(user: Record) -> str:
    """Return the name: in Chinese the family name first, without a space."""
    given = user.get("preferredGivenName") or user.get("givenName")
    family = user.get("preferredFamilyName") or user.get("familyName")
    if _CHINESE.search(family) and not any(one.isascii() and one.isalpha() for one in given):
        return f"{family}{given}"
    return f"{given} {family}".strip()


def gender_of(facts: Record | None) -> str:
    """Return the gender of demographics.csv, "" for one that the console does not have."""
    gender = facts.get("sex").lower() if facts else ""
    return gender if gender in ("male", "female") else ""


def clean_phone(phone: str) -> str:
    """Return a phone number without what the console does not accept in one, such as dots."""
    return _PHONE_NOISE.sub(" ", phone).strip()

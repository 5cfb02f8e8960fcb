"""The policy of fields, as data: role × action × field, beside the rows of `table`."""

from enum import StrEnum


class FieldVisibility(StrEnum):
    """How a field is shown."""

    CLEAR = "clear"
    MASKED = "masked"
    HIDDEN = "hidden"


VISIBILITIES = {"C": FieldVisibility.CLEAR, "M": FieldVisibility.MASKED, "-": FieldVisibility.HIDDEN}

# Fields that need more than the right to their row: `C` clear, `M` masked, `-` hidden. An action that is not
# listed hides the field. Lists mask contacts; revealing one is an action of its own.
_CONTACT = {
    "list": "M M M - - - M -",
    "view": "M M M C C C M -",
    "add": "- C C - - - - -",
    "change": "- C C - - - - -",
    "reveal": "- C C - - - - -",
    "export": "- C C - - - - -",
}
# What only the office of the school sees, not even the person: see `accounts.people.age_and_consent`.
_OFFICE = dict.fromkeys(("list", "view", "add", "change", "export", "import"), "- C C - - - - -")
FIELDS: dict[str, dict[str, dict[str, str]]] = {
    "person": {
        "phone_no": _CONTACT,
        "e_mail": _CONTACT,
        "user_token": {"reveal_token": "- C C - - - - -"},
        "age_group": _OFFICE,
        "consent": _OFFICE,
        "date_of_birth": dict.fromkeys(("change", "export", "import"), "- C C - - - - -"),
    },
    # The phone of a person missing from a running lesson: its staff may call them. The call is audited. At
    # other times a switch of the school gives teachers the phones of their students, also on record.
    "member": {"phone_no": {"reveal": "- C C C C - - -", "phone": "- - - C - - - -"}},
    "lesson": {
        # The two addresses differ in the last digit only, so hiding one is a convenience, not a protection.
        "teacher_url": dict.fromkeys(
            ("list", "view", "add", "change", "start", "stop", "cancel", "pull", "push", "reveal_link"),
            "- C C C C - - -",
        ),
        "student_url": dict.fromkeys(
            ("list", "view", "add", "change", "start", "stop", "cancel", "pull", "push", "reveal_link"),
            "- C C C C C C -",
        ),
    },
}

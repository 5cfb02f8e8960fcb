"""The policy of fields, as data: role × action × field, beside the rows of `table`."""

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
FIELDS: dict[str, dict[str, dict[str, str]]] = {
    "person": {
        "phone_no": _CONTACT,
        "e_mail": _CONTACT,
        "user_token": {"reveal_token": "- C C - - - - -"},
    },
    # The phone of a person missing from a running lesson: its staff may call them. The call is audited.
    "member": {"phone_no": {"reveal": "- C C C C - - -"}},
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

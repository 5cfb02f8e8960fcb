"""The part of the policy table on attendance: registers, leave, warnings and reports. See `table.py`."""

# What the administrators of a school set up for it.
OFFICE = dict.fromkeys(("list", "add", "change", "delete"), "- S S - - - - -")

#    operator · superadmin · admin · teacher · assistant · student · supervisor · visitor
ATTENDANCE_RIGHTS: dict[str, dict[str, str]] = {
    "register": {
        "list": "- S S O O - S -",
    },
    "attendance": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "own": "- - - - - O - -",
        "correct": "- S S O O - - -",
        "close": "- S S O O - - -",
        "reopen": "- S S O O - - -",
        "excuse": "- S S O O - - -",
        "credit": "- S S O O - - -",
        "answer": "- S S O O - - -",
        "set_rules": "- S S - - - - -",
        "export": "- S S O O - - -",
    },
    "samples": {
        "list": "- S S O O O S -",
        "view": "- S S O O O S -",
    },
    "appeal": {
        "list": "- S S O O O S -",
        "view": "- S S O O O S -",
        "add": "- - - - - O - -",
        "export": "- S S - - - - -",
    },
    "leave": {
        "list": "- S S O O O S -",
        "view": "- S S O O O S -",
        "file": "- S S O O O - -",
        "add": "- S S - - O - -",
        "answer": "- S S O O - - -",
        "withdraw": "- S S - - O - -",
        "export": "- S S - - - - -",
    },
    "threshold": OFFICE,
    "attendance_code": {**OFFICE, "view": "- S S O O - S -"},
    "warning": {
        "list": "- S S O O - S -",
        "view": "- S S O O - S -",
        "acknowledge": "- S S O O - - -",
    },
    "attendance_matrix": {
        "list": "- S S O O - S -",
        "export": "- S S O O - - -",
    },
    "attendance_grade": {
        "list": "- S S O O O S -",
        "export": "- S S O O - - -",
        "fix": "- S S - - - - -",
        "send": "- S S - - - - -",
        "set_rules": "- S S - - - - -",
    },
    "tally": {
        "list": "- S S - - - S -",
    },
    "report": {
        "list": "- S S - - - S -",
        "export": "- S S - - - - -",
    },
    "report_schedule": OFFICE,
    "export_schedule": {**OFFICE, "export": "- S S - - - - -"},
}

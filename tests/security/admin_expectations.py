"""What every address of the Django admin is about: the resource and the action of the policy table.

A new model of the admin gets a line in `ADMIN`, or `test_matrix.py` fails.
"""

from tests.security.expected import NOBODY, Expected

#: The policy resource behind each model of the Django admin, and what of it the admin offers at all.
ADMIN: dict[str, tuple[str, str]] = {
    "policy_apitoken": ("token", "list view delete"),
    "classes_lesson": ("lesson", "list view add change delete"),
    "classes_course": ("course", "list view"),
    "classes_entry": ("entry", "list view"),
    "classes_term": ("term", "list view"),
    "classes_holiday": ("term", "list view"),
    "classes_subject": ("subject", "list view"),
    "classes_member": ("member", "list view"),
    **dict.fromkeys(("classes_attendance", "classes_correction"), ("attendance", "list view")),
    **dict.fromkeys(("classes_guestcredit", "classes_callbackdifference"), ("attendance", "list view")),
    "classes_register": ("attendance", "list view"),
    "classes_appeal": ("appeal", "list view"),
    "classes_leave": ("leave", "list view"),
    "classes_alarm": ("alarm", "list view"),
    **dict.fromkeys(("classes_stay", "classes_observation"), ("evidence", "list view")),
    "classes_recording": ("recording", "list view"),
    "documents_document": ("document", "list view"),
    "accounts_enterprise": ("school", "list view add change"),
    "accounts_user": ("person", "list view add change"),
    "accounts_studentgroup": ("group", "list view add change delete"),
    "inbox_callback": ("callback", "list view"),
    "jobs_job": ("job", "list view"),
    "mirror_ignoreddifference": ("drift", "list view"),
    "outbox_operation": ("operation", "list view"),
    "outbox_attempt": ("attempt", "list view"),
    "outbox_gate": ("operation", "list view"),
    "audit_auditentry": ("audit", "list view"),
}
#: Where the row is not called like its resource.
ADMIN_ROWS = {
    "classes_stay": "stay",
    "classes_correction": "correction",
    "classes_guestcredit": "credit",
    "classes_callbackdifference": "callback_difference",
    "classes_register": "register",
    "classes_holiday": "holiday",
    "classes_observation": "observation",
    "mirror_ignoreddifference": "ignored",
    "outbox_gate": "gate",
}
#: The admin's own pages, for everybody whom it admits.
ADMIN_FRAME = {
    *("index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n"),
    *("view_on_site", "app_list", ""),
}
ADMIN_ACTIONS = {"changelist": "list", "add": "add", "change": "view", "history": "view", "delete": "delete"}


def of_admin(name: str, method: str) -> Expected | None:
    """The expectation of an address of the Django admin by its name, without `admin:`; its forms look alike
    to who may only look, and take POST from who may change."""
    if name in ADMIN_FRAME:
        return Expected(who="admitted")
    table, _under, page = name.rpartition("_")
    if table not in ADMIN or page not in ADMIN_ACTIONS:
        return None
    resource, offered = ADMIN[table]
    action = "change" if (page, method) == ("change", "POST") else ADMIN_ACTIONS[page]
    if action not in offered.split():
        return NOBODY
    return Expected(
        resource, action, "" if page in ("changelist", "add") else ADMIN_ROWS.get(table, resource), "admin"
    )

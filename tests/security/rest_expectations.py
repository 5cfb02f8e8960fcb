"""What every address of REST is about, as `expectations` says it of pages."""

from tests.security.expectations import Expected, about, of

RETRIEVE = {"retrieve": "view", "update": "change", "partial_update": "change", "destroy": "delete"}


def rest(name: str, resource: str, **further: str) -> dict[str, dict[str, Expected]]:
    """The list and the single row of a REST resource, and its `further` acts: method name = policy action.

    An act that begins with `many_`, or stands in COLLECTION, names no row in its address.
    """
    rows = {"list": of(resource, "list"), "create": of(resource, "add")}
    single = {method: about(resource, action) for method, action in RETRIEVE.items()}
    pages = {f"{name}-list": rows, f"{name}-detail": single}
    for act, action in further.items():
        whole = act.startswith("many_") or act in COLLECTION
        row = of(resource, action) if whole else about(resource, action)
        pages[f"{name}-{act.replace('_', '-')}"] = {act: row}
    return pages


COLLECTION = {"import_people", "standing", "health", "replay_many"}
_DECISIONS = ("send_again", "mark_done", "park")
_HEALINGS = ("push", "take", "ignore", "restore")
#: REST by the name of the address, then by the method of the view set.
REST_PAGES: dict[str, dict[str, Expected]] = {
    **rest("user", "person", token="new_token", import_people="import"),  # noqa: S106 - the name of an act
    **rest("studentgroup", "group", archive="change", restore="change"),
    **rest("document", "document"),
    "document-uploads": {"create": of("document", "add")},
    "document-upload": dict.fromkeys(("retrieve", "piece", "destroy"), about("document", "add", "upload")),
    "document-upload-done": {"done": about("document", "add", "upload")},
    **rest("lesson", "lesson", start="start", stop="stop", cancel="cancel"),
    **rest("course", "course", cancel="delete"),
    **rest("recording", "recording"),
    **rest("audit", "audit"),
    **rest("attendance", "attendance", correct="correct"),
    **rest("appeal", "appeal"),
    **rest("guestcredit", "attendance", undo="credit"),
    **rest("leave", "leave", approve="answer", send_back="answer", withdraw="withdraw"),
    **rest(
        "operation",
        "operation",
        standing="list",
        **{name: name for name in _DECISIONS},
        **{f"many_{name}": name for name in _DECISIONS},
    ),
    **rest("callback", "callback", health="list", replay_many="replay", replay="replay"),
    **rest(
        "drift",
        "drift",
        **{name: name for name in _HEALINGS},
        **{f"many_{name}": name for name in _HEALINGS},
    ),
    "appeals/<id:pk>/answer/": {"answer": about("attendance", "answer", "appeal")},
    "users/<text:user_id>/attendance/": {"list": about("attendance", "list")},
    "courses/<id:pk>/attendance/": {"list": about("attendance", "list", "course")},
    # These have no names; the address stands for one.
    "lessons/<id:pk>/recording/": {
        "retrieve": about("recording", "view", "lesson"),
        "partial_update": about("recording", "change", "lesson"),
    },
    "lessons/<id:pk>/attendance/": {"list": about("attendance", "list", "lesson")},
    "lessons/<id:pk>/attendance/close/": {"close": about("attendance", "close", "lesson")},
    "lessons/<id:pk>/attendance/reopen/": {"reopen": about("attendance", "reopen", "lesson")},
    "lessons/<id:pk>/attendance/differences/": dict.fromkeys(
        ("list", "keep"), about("attendance", "correct", "lesson")
    ),
    "lessons/<id:pk>/attendance.xlsx": {"xlsx": about("attendance", "export", "lesson")},
    "lessons/<id:pk>/attendance.csv": {"csv": about("attendance", "export", "lesson")},
}

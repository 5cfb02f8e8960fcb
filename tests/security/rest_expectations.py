"""What every address of REST is about, as `expectations` says it of pages."""

from tests.security.expected import Expected, about, of

RETRIEVE = {"retrieve": "view", "update": "change", "partial_update": "change", "destroy": "delete"}

#: Who lists channels sees each of them.
CHANNEL = RETRIEVE | {"retrieve": "list"}


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
    **rest("user", "person", token="new_token", import_people="import", age="view"),  # noqa: S106 - the name of an act
    **rest("studentgroup", "group", archive="change", restore="change"),
    **rest("grade", "grade", move="change"),
    **rest("teacherincharge", "charge", end="change"),
    **rest("document", "document"),
    "document-uploads": {"create": of("document", "add")},
    "document-upload": dict.fromkeys(("retrieve", "piece", "destroy"), about("document", "add", "upload")),
    "document-upload-done": {"done": about("document", "add", "upload")},
    **rest("lesson", "lesson", start="start", stop="stop", cancel="cancel"),
    "lesson-make-up": dict.fromkeys(("make_up", "make_up_times"), about("lesson", "make_up")),
    **rest("course", "course", cancel="delete"),
    **rest("subject", "subject"),
    **rest("recording", "recording"),
    **rest("audit", "audit"),
    **rest("attendance", "attendance", correct="correct"),
    **rest("appeal", "appeal"),
    **rest("guestcredit", "attendance", undo="credit"),
    "guestcredit-list": {"list": of("attendance", "list"), "create": of("attendance", "credit")},
    **rest(
        "leave", "leave", approve="answer", send_back="answer", withdraw="withdraw", attach="add", file="file"
    ),
    **rest("attendancecode", "attendance_code"),
    "attendancecode-list": {"list": of("attendance_code", "view"), "create": of("attendance_code", "add")},
    **rest("attendancewarning", "warning", acknowledge="acknowledge", close="acknowledge"),
    "attendancewarning-follow-up": {"follow_up": about("warning", "acknowledge")},
    **rest("thresholdrule", "threshold"),
    "thresholdrule-detail": {
        **{method: about("threshold", action) for method, action in RETRIEVE.items()},
        "retrieve": about("threshold", "list"),
    },
    "teacherabsence-list": {"list": of("cover", "view"), "create": of("cover", "add")},
    "teacherabsence-detail": {
        "retrieve": about("cover", "view", "absence"),
        "destroy": about("cover", "change", "absence"),
    },
    "teacherabsence-lessons": {
        "lessons": about("cover", "view", "absence"),
        "assign": about("cover", "change", "absence"),
    },
    "cover-list": {"list": of("cover", "list")},
    "cover-detail": {"retrieve": about("cover", "view"), "destroy": about("cover", "change")},
    "exportschedule-list": {"list": of("export_schedule", "list")},
    "exportschedule-detail": {"retrieve": about("export_schedule", "list")},
    "exportrun-list": {"list": of("export_schedule", "list")},
    "exportrun-detail": {"retrieve": about("export_schedule", "list", "export run")},
    "exportrun-file": {"file": about("export_schedule", "export", "export run")},
    **rest("messagingapp", "channel", test="test"),
    "messagingapp-detail": {method: about("channel", act, "app") for method, act in CHANNEL.items()},
    "messagingapp-test": {"test": about("channel", "test", "app")},
    **rest("messagingbot", "channel", test="test"),
    "messagingbot-detail": {method: about("channel", act) for method, act in CHANNEL.items()},
    **rest("webhook", "webhook", test="test", rotate="change"),
    "webhookdelivery-detail": {"retrieve": about("webhook", "view", "webhook delivery")},
    "message-list": {"list": of("channel", "list")},
    "message-detail": {"retrieve": about("channel", "list", "message to a group")},
    "message-again": {"again": about("channel", "change", "message to a group")},
    **{
        f"bulk-{name}": {"bulk_create": of(resource, add), "bulk_update": of(resource, "change")}
        for name, resource, add in (
            *(("users", "person", "add"), ("groups", "group", "add"), ("grades", "grade", "add")),
            *(("charges", "charge", "add"), ("apps", "channel", "add"), ("bots", "channel", "add")),
            *(("lessons", "lesson", "add"), ("courses", "course", "add"), ("subjects", "subject", "add")),
            *(("attendance-codes", "attendance_code", "add"), ("warning-rules", "threshold", "add")),
            *(("leave", "leave", "add"), ("absences", "cover", "add"), ("appeals", "appeal", "add")),
            *(("credits", "attendance", "credit"), ("webhooks", "webhook", "add")),
        )
    },
    "notification-settings": {"retrieve": of("notice", "list"), "partial_update": of("notice", "change")},
    "rights": {"retrieve": of("policy", "view"), "partial_update": of("policy", "change")},
    **rest(
        "operation",
        "operation",
        standing="list",
        **{name: name for name in _DECISIONS},
        **{f"many_{name}": name for name in _DECISIONS},
    ),
    **rest("job", "job"),
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
    "courses/<id:pk>/grades/": {"list": about("attendance_grade", "list", "course")},
    "courses/<id:pk>/grades/revisions/": {"list": about("attendance_grade", "export", "course")},
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

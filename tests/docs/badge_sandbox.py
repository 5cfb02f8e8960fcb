"""The sandbox with endpoints for badges, which the document does not have: step 3 of docs/add-an-endpoint.md.

`python -m tests.docs.badge_sandbox` takes the arguments of `python -m console.sandbox`.
"""

import itertools
import os
import sys
from collections import defaultdict
from pathlib import Path

import django

from console.sandbox.__main__ import main, parse_arguments

os.environ["SANDBOX_DATA"] = str(Path(parse_arguments(sys.argv[1:]).data).resolve())
os.environ["DJANGO_SETTINGS_MODULE"] = "console.sandbox.settings"
django.setup()

from console.sandbox import ledger  # noqa: E402 (models come after the settings)
from console.sandbox.endpoint import Answer, Call, Endpoint  # noqa: E402
from console.sandbox.fields import Int, Text  # noqa: E402
from console.sandbox.paas.users import USER_ID  # noqa: E402
from console.sandbox.paas.views import ENDPOINTS  # noqa: E402
from console.sandbox.services import paging, users  # noqa: E402

NUMBERS = itertools.count(501)
#: The badges of each person, by school and user ID; they end with the process.
BADGES: dict[tuple[int, str], list[Answer]] = defaultdict(list)


def add(call: Call) -> Answer:
    """Make a badge, at each call another one."""
    person = users.find(call.enterprise, call.body["user_id"])
    badge = {"badge_id": next(NUMBERS), "text": call.body["text"]}
    BADGES[call.enterprise.sdkappid, person.user_id].append(badge)
    ledger.record_effect(call.enterprise, "user", person.user_id, "badge_added", text=badge["text"])
    return {"badge_id": badge["badge_id"]}


def list_badges(call: Call) -> Answer:
    """All badges of a person."""
    person = users.find(call.enterprise, call.body["user_id"])
    badges = BADGES[call.enterprise.sdkappid, person.user_id]
    return {"list": badges, "total": len(badges), "finish": True}


ADDED = (
    Endpoint(
        "user/badge/add",
        "授予徽章",
        add,
        (USER_ID, Text("text", required=True, least=1, most=20), Text("colour")),
        (Int("badge_id", required=True),),
        writes=True,
    ),
    Endpoint(
        "user/badge/list",
        "查询徽章列表",
        list_badges,
        (USER_ID,),
        paging.list_answer_fields(Int("badge_id", required=True), Text("text", required=True)),
    ),
)
ENDPOINTS.update((endpoint.path, endpoint) for endpoint in ADDED)

if __name__ == "__main__":
    main(sys.argv[1:])

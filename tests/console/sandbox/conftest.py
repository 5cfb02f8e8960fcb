"""One local iclass service, and two schools in it."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.callback_receiver import CallbackReceiver
from tests.support.class_client import ClassClient
from tests.support.sandbox import Sandbox, start_sandbox

APP, KEY = 1400000001, "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"
OTHER_APP, OTHER_KEY = 1400000002, "another key of thirty-two signs.."
COUNT = itertools.count(1)


class SandboxSchool:
    """A school that talks to the service as its backend would."""

    def __init__(self, sandbox: Sandbox, app: int = APP) -> None:
        self.sandbox, self.app = sandbox, app
        self.tokens: dict[str, str] = {}

    def call(self, path: str, **body: Any) -> dict[str, Any]:
        return self.sandbox.call(path, body, self.app)

    def ok(self, path: str, **body: Any) -> dict[str, Any]:
        """The answer of a call that must succeed."""
        answer = self.call(path, **body)
        assert answer["error_code"] == 0, (path, answer)
        return answer

    def code(self, path: str, **body: Any) -> int:
        return int(self.call(path, **body)["error_code"])

    def people(self, *user_ids: str, role: str = "student", **profile: Any) -> None:
        wanted = [{"user_id": user_id, "role": role, **profile} for user_id in user_ids]
        for one in self.ok("user/register", list=wanted)["user_list"]:
            self.tokens[one["user_id"]] = one["user_token"]

    def person(self, role: str = "student", **profile: Any) -> str:
        """Somebody new."""
        user_id = f"{role}{next(COUNT)}"
        self.people(user_id, role=role, **profile)
        return user_id

    def lesson(self, *students: str, **changes: Any) -> int:
        """A class of a new teacher, 1vN unless said otherwise; answers its id."""
        teacher = changes.pop("teacher_id", None) or self.person("teacher")
        body = {
            "teacher_id": teacher,
            "class_type": "1vN",
            "admin_id": "admin",
            "admin_sig": "sig",
            "members": [{"user_id": user_id, "role": "student"} for user_id in students],
        }
        return int(self.ok("class/create", **(body | changes))["class_id"])

    def info(self, class_id: int) -> dict[str, Any]:
        return self.ok("class/info", class_id=class_id)

    def inside(self, class_id: int) -> dict[str, dict[str, Any]]:
        """Who is in the room, by user id."""
        return {one["user_id"]: one for one in self.ok("member/runtime/list", class_id=class_id)["list"]}

    def client(self, user_id: str) -> ClassClient:
        """The class client of somebody whom this school registered in the test, logged in."""
        return ClassClient(self.sandbox.url, self.app).login(user_id, self.tokens[user_id])

    def knobs(self, **positions: Any) -> None:
        self.sandbox.control("knobs", positions)


REMOTE = {
    "settings": {"record_types": ["remote"]},
    "record_user_id": "tic_record_user_1_1",
    "record_user_sig": "sig",
}


@pytest.fixture
def remote() -> dict[str, Any]:
    """What a class needs to be recorded."""
    return dict(REMOTE)


@pytest.fixture(scope="session")
def receiver() -> Iterator[CallbackReceiver]:
    made = CallbackReceiver()
    yield made
    made.close()


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory, receiver: CallbackReceiver) -> Iterator[Sandbox]:
    """A service with short waits, which starts once a worker."""
    enterprises = [(APP, KEY, receiver.url), (OTHER_APP, OTHER_KEY, None)]
    service = start_sandbox(
        tmp_path_factory.mktemp("sandbox"), enterprises, {"ICLASS_CALLBACK_RETRY_S": "0.3"}
    )
    yield service
    service.kill()


@pytest.fixture(scope="module")
def sandbox(started: Sandbox) -> Sandbox:
    started.start_over()
    started.control("knobs", {"callback_retry_s": 0.3})
    return started


@pytest.fixture
def school(sandbox: Sandbox, receiver: CallbackReceiver) -> Iterator[SandboxSchool]:
    """Alice's school, with every knob, fault and hand of the clock where it belongs afterwards."""
    sandbox.control("callbacks", {"drop_waiting": True})
    receiver.deliveries.clear()
    receiver.script.clear()
    sandbox.control("enterprise", {"sdkappid": APP, "call_back_url": receiver.url})
    yield SandboxSchool(sandbox)
    names = [knob["name"] for knob in sandbox.control("knobs")["knobs"] if knob["value"] != knob["default"]]
    sandbox.control("knobs", dict.fromkeys(names) | {"callback_retry_s": 0.3})
    sandbox.control("faults", {"clear": True})
    sandbox.control("clock", {"reset": True})


@pytest.fixture
def other_school(sandbox: Sandbox) -> SandboxSchool:
    """Charlie's."""
    return SandboxSchool(sandbox, OTHER_APP)

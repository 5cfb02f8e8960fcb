"""A mock service that answers polls of lessons after a fixed delay: `python -m bench.service MS`.

The sandbox implements the whole document as a Django project; at thousands of polls a second it would be the
bottleneck. This service only keeps a counter per class and waits MS milliseconds before each response. It
matches the data of `bench/planting.py`: class `school * 100_000 + lesson`, a teacher and 30 students, all in
the room except one, who leaves and returns every fourth poll.
"""

import asyncio
import json
import signal
import sys
import time
from collections import defaultdict
from typing import Any

SIZE, SPAN, CHANGE_EVERY = 30, 100_000, 4
BEGAN = int(time.time()) // 3600 * 3600 - 3600
LASTS_S = 6 * 3600


class State:
    """The number of polls of each class."""

    def __init__(self) -> None:
        self.looks: dict[int, int] = defaultdict(int)
        self.answered = 0

    def out(self, class_id: int) -> int | None:
        """Return the student who is outside now."""
        turn = (self.looks[class_id] + class_id) // CHANGE_EVERY
        return (turn // 2) % SIZE if turn % 2 else None


def info(class_id: int) -> dict[str, Any]:
    lesson = class_id % SPAN
    return {
        "class_id": class_id,
        "class_topic": f"Lesson {lesson}",
        "class_type": "1vN",
        "class_status": "ing",
        "teacher_id": f"t{lesson}",
        "start_time": BEGAN,
        "stop_time": BEGAN + LASTS_S,
        "create_time": BEGAN - 86400,
        "real_start_time": BEGAN,
        "real_stop_time": 0,
        "member_count": SIZE,
        "max_member_limit": 0,
        "settings": {"record_types": ["local"], "bitrate": 850, "auto_open_mic": 0, "auto_open_camera": 0},
        "members": [{"user_id": f"s{lesson * SIZE + n}", "role": "student"} for n in range(SIZE)],
    }


def people(class_id: int, out: int | None) -> list[dict[str, Any]]:
    """Return everybody in the room."""
    lesson = class_id % SPAN
    devices = {"camera": 1, "mic": 0, "speaker": 1, "silence": 0, "hand_up": 0}
    names = [("teacher", f"t{lesson}"), *(("student", f"s{lesson * SIZE + n}") for n in range(SIZE))]
    if out is not None:
        del names[1 + out]
    return [
        {"user_id": name, "nickname": name, "role": role, "enter_time": BEGAN + 60, "status": devices}
        for role, name in names
    ]


def answer(state: State, path: str, body: dict[str, Any]) -> dict[str, Any]:
    class_id = int(body.get("class_id") or 0)
    out = state.out(class_id)
    success: dict[str, Any] = {"error_code": 0, "error_msg": ""}
    if path.endswith("/class/info"):
        state.looks[class_id] += 1
        return success | info(class_id)
    if path.endswith("/member/runtime/total"):
        return success | {"total": SIZE + 1 - (out is not None)}
    if path.endswith("/member/runtime/list"):
        lines = people(class_id, out)
        return success | {"total": len(lines), "finish": True, "list": lines}
    return {"error_code": 10003, "error_msg": "this service only answers looks"}


class Connection(asyncio.Protocol):
    """One connection; its requests are sequential."""

    def __init__(self, state: State, wait_s: float) -> None:
        self.state, self.wait_s, self.buffer = state, wait_s, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        length = int(lower.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
        content = json.dumps(answer(self.state, path, json.loads(rest[:length] or b"{}"))).encode()
        asyncio.get_running_loop().call_later(self.wait_s, self.send, content)

    def send(self, content: bytes) -> None:
        self.state.answered += 1
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        if not self.transport.is_closing():
            self.transport.write(head.encode() + content)


async def serve(wait_ms: float) -> None:
    """Serve until SIGTERM."""
    loop, over, state = asyncio.get_running_loop(), asyncio.Event(), State()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    server = await loop.create_server(lambda: Connection(state, wait_ms / 1000), "127.0.0.1", 0)
    print(f"ready on http://127.0.0.1:{server.sockets[0].getsockname()[1]} {BEGAN}", flush=True)
    await over.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))

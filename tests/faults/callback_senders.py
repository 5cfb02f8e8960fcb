"""A service that calls back in disorder: events, their shuffled and repeated deliveries, what they led to."""

import hashlib
import http.client
import json
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.mirror.upsert import record_created
from classes.models import Lesson, Observation, Recording
from console.inbox import processing
from console.inbox.models import Callback
from tests.support.iclass_service import create_lesson

KEY = "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"
#: Numbers of lessons: known from the beginning, only later, cancelled, deleted at the service, never known.
KNOWN, LATE, CANCELLED, GONE, STRANGE = range(1, 11), range(11, 15), 15, 16, 17
POISON = "a_poisonous_event"
Deliver = Callable[[str, list[bytes]], list[int]]


@processing.register_handler(POISON)
def _stumble(callback: Callback) -> None:
    raise ZeroDivisionError


def build_events(number: int) -> list[dict[str, Any]]:
    """So many distinct events, the same in every run: of each kind, some that contradict each other."""
    return [_KINDS[place % len(_KINDS)](place) for place in range(number)]


def _class_of(place: int) -> int:
    return (place * 7) % STRANGE + 1


def _begun(place: int) -> dict[str, Any]:
    return {"event": "class_begin", "data": {"class_id": _class_of(place), "real_start_time": place + 1}}


def _over(place: int) -> dict[str, Any]:
    return {"event": "class_over", "data": {"class_id": _class_of(place), "real_stop_time": place + 1}}


def _joined(place: int) -> dict[str, Any]:
    person = {"user_id": f"u{place % 5}", "join_time": 1_600_000_000 + place % 20, "role": f"r{place % 3}"}
    return {"event": "join_class", "data": {"class_id": _class_of(place), "n": place, **person}}


def _recorded(place: int) -> dict[str, Any]:
    """Two tracks that other events of the class name too, with other sizes, and often at the same time."""
    tracks = [
        {"video_id": f"v{(place + more) % 3}", "video_type": more, "video_size": place, "user_id": "bob"}
        for more in range(2)
    ]
    told = {"timestamp": 1_600_000_000 + place % 4, "start_time": place + 1, "video_info": tracks}
    return {"event": "online_record_stop", "data": {"class_id": _class_of(place), **told}}


def _other(place: int) -> dict[str, Any]:
    if place % 3 == 0:
        return {"event": "a_later_event", "data": {"n": place}}
    if place % 3 == 1:
        return {"event": "class_begin", "data": {"n": place}}
    return {"event": POISON, "data": {"n": place}} if place < 100 else _begun(place)


_KINDS = (_begun, _recorded, _joined, _recorded, _over, _other)


def build_deliveries(told: list[dict[str, Any]], number: int, dice: random.Random) -> list[bytes]:
    """Each event at least once, so many in all, in any order and spelling."""
    repeats = [dice.choice(told) for _ in range(number - len(told))]
    bodies = [_spelt(event, dice) for event in (*told, *repeats)]
    dice.shuffle(bodies)
    return bodies


def _spelt(event: dict[str, Any], dice: random.Random) -> bytes:
    """The same event written differently: order, spaces, and the `expire_time` of an old revision."""
    pairs = [*event.items(), ("expire_time", dice.randrange(10**9))]
    dice.shuffle(pairs)
    return json.dumps(dict(pairs), indent=dice.choice([None, 1])).encode()


def signed_callback_path(school: Enterprise) -> str:
    expire = int(time.time()) + 600
    sign = hashlib.md5(f"{KEY}{expire}".encode()).hexdigest()
    query = f"sdkappid={school.sdkappid}&random=7&expire_time={expire}&sign={sign}"
    return f"/callbacks/iclass/{school.callback_token}/?{query}"


def over_http(url: str, connections: int) -> Deliver:
    """Deliver over so many connections that stay open, each with its share, all at once."""

    def deliver(address: str, bodies: list[bytes]) -> list[int]:
        shares = [bodies[place::connections] for place in range(connections)]
        with ThreadPoolExecutor(connections) as pool:
            answers = pool.map(lambda share: _through_one(urlsplit(url).netloc, address, share), shares)
            return [status for share in answers for status in share]

    return deliver


def _through_one(host: str, address: str, bodies: Sequence[bytes]) -> list[int]:
    line = http.client.HTTPConnection(host, timeout=60)
    statuses = []
    try:
        for body in bodies:
            line.request("POST", address, body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            acknowledged = json.loads(answer.read() or b"{}").get("error_code") == 0
            statuses.append(answer.status if acknowledged or answer.status != 200 else 0)
    finally:
        line.close()
    return statuses


def in_process(address: str, bodies: list[bytes]) -> list[int]:
    """The same view without a server, for the controls."""
    client = Client(raise_request_exception=False)
    return [client.post(address, body, content_type="application/json").status_code for body in bodies]


def create_school_with_lessons(number: int) -> Enterprise:
    """A school with its lessons, each with a number at the service except those that become known later."""
    school = Enterprise.objects.create(name=f"School {number}", sdkappid=1_400_001_000 + number, tic_key=KEY)
    alice, bob = (
        User.objects.create(enterprise=school, user_id=name, role=role, nickname=name)
        for name, role in (("alice", Role.ADMIN), ("bob", Role.TEACHER))
    )
    for class_id in (*KNOWN, *LATE, CANCELLED, GONE):
        lesson = create_lesson(bob, alice, topic=str(class_id))
        fields: dict[str, Any] = {} if class_id in LATE else {"remote_id": str(class_id)}
        if class_id == CANCELLED:
            fields["cancelled_at"] = timezone.now()
        if class_id == GONE:
            fields["sync_state"] = "gone"
        Lesson.objects.filter(pk=lesson.pk).update(look_at=None, **fields)
    return school


def link_late_lessons(school: Enterprise) -> None:
    """The answers to our creates arrive: what waited for these lessons is woken."""
    for lesson in Lesson.objects.filter(enterprise=school, remote_id=""):
        record_created(lesson, int(lesson.topic))


def result_state(school: Enterprise) -> dict[str, Any]:
    """What all of it led to, without what counts tries or says when."""
    mine: dict[str, Any] = {"enterprise": school}
    tracks = Recording.objects.filter(**mine).exclude(lesson=None, class_id__in=[str(n) for n in LATE])
    columns = [field.name for field in Recording._meta.fields if field.name not in _MOMENTS]
    evidence = Observation.objects.filter(lesson__enterprise=school)
    return {
        "callbacks": sorted(
            Callback.objects.filter(**mine).values_list("fingerprint", "event", "class_id", "state", "reason")
        ),
        "lessons": sorted(
            (lesson.topic, lesson.status, lesson.look_at is not None)
            for lesson in Lesson.objects.filter(**mine)
        ),
        "recordings": sorted(
            json.dumps([row, topic], default=str, sort_keys=True)
            for row, topic in zip(tracks.values(*columns), tracks.values_list("lesson__topic"), strict=True)
        ),
        "evidence": sorted(
            json.dumps(row, default=str, sort_keys=True)
            for row in evidence.values("lesson__topic", "user_id", "present", "entered_at", "left_at", "raw")
        ),
    }


_MOMENTS = ("id", "enterprise", "lesson", "received_at")

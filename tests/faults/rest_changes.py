"""A program that keeps a copy of people by `updated_since` while others write: what its copy lacks."""

import math
import random
import threading
import time
from typing import Any

from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.models import Enterprise, Role, User

WRITERS = 8
#: Rows that a transaction writes, and the seconds that it stays open at most.
ROWS_EACH, OPEN_S = 3, 0.02
#: The part of the transactions that stay open until some polls later, however slow these are.
HELD, HELD_WAIT_S = 0.3, 60


class _Turn:
    """How many polls there were; writers wait for them."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def polled(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, polls: int) -> None:
        with self._changed:
            goal = self.count + polls
            self._changed.wait_for(lambda: self.count >= goal, HELD_WAIT_S)


def create_people(school: Enterprise, count: int) -> list[int]:
    """Add people who are not changed yet."""
    people = User.objects.bulk_create(
        User(enterprise=school, user_id=f"p{n}", login=f"p{n}@1", role=Role.STUDENT, nickname="before")
        for n in range(count)
    )
    return [one.pk for one in people]


def poll_while_writing(
    client: APIClient, school: Enterprise, chance: random.Random, *, changes: int, polls: int
) -> dict[str, int]:
    """Change people in `changes` transactions of eight writers, each person once, and poll all the while.

    Returns the number of polls, and how many changes the copy lacks after the last one.
    """
    pks = create_people(school, changes * ROWS_EACH)
    chance.shuffle(pks)
    seeds = [chance.random() for _ in range(WRITERS)]
    turn, hold = _Turn(), max(2, math.ceil(polls * WRITERS / (changes * HELD)))
    writers = [
        threading.Thread(target=_write, args=(pks[at::WRITERS], random.Random(seeds[at]), turn, hold))
        for at in range(WRITERS)
    ]
    copy: dict[str, str] = {}
    position = _poll(client, "", copy)
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        position = _poll(client, position, copy)
        turn.polled()
    _poll(client, position, copy)
    kept = dict(User.objects.filter(pk__in=pks).values_list("user_id", "nickname"))
    missed = sum(copy.get(user_id) != nickname for user_id, nickname in kept.items())
    return {"writers": WRITERS, "changes": len(pks), "polls": turn.count + 2, "missed": missed}


def _write(pks: list[int], chance: random.Random, turn: _Turn, hold: int) -> None:
    """Change these people once each, some in one transaction, which commits later than it wrote; some stay
    open for `hold` polls."""
    try:
        for at in range(0, len(pks), ROWS_EACH):
            with transaction.atomic():
                for pk in pks[at : at + ROWS_EACH]:
                    User.objects.filter(pk=pk).update(nickname="after")
                    time.sleep(chance.random() * OPEN_S / ROWS_EACH)
                if chance.random() < HELD:
                    turn.wait(hold)
    finally:
        connection.close()


def _poll(client: APIClient, position: str, copy: dict[str, str]) -> str:
    """Read what changed into the copy, and return the next position."""
    told, address = "", "/api/v1/users/"
    query: Any = {"updated_since": position, "page_size": 200, "fields": "user_id,nickname"}
    while address:
        answer = client.get(address, query)
        assert answer.status_code == 200, answer.content
        copy.update({row["user_id"]: row["nickname"] for row in answer.json()["results"]})
        told = told or answer.headers["Updated-Until"]
        address, query = answer.json()["next"], None
    return told

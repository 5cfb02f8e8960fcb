"""The courier: brings what is owed, oldest first, each enterprise in a line of its own.

A slow address holds up its own enterprise only. An event that was refused waits for its repeat while later
ones go on. What was waiting when the process ended is still in its row and goes out after the next start.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import requests
from django.db import connections

from .. import clock
from ..store.models import Callback
from .delivery import deliver
from .queue import bell

LINES = 8
LOOK_EVERY_S = 0.25


class Courier(threading.Thread):
    """Runs until `end` is called."""

    def __init__(self) -> None:
        super().__init__(name="courier", daemon=True)
        self._ending = threading.Event()
        self._busy: set[int] = set()
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(LINES, thread_name_prefix="courier")

    def run(self) -> None:
        while not self._ending.is_set():
            bell.clear()
            try:
                for enterprise_id in self._owing():
                    self._start_line(enterprise_id)
            except Exception as error:
                print(f"sandbox: {type(error).__name__} while looking for callbacks", flush=True)
            bell.wait(LOOK_EVERY_S)
        connections.close_all()

    def end(self) -> None:
        """Take up nothing more; an event on its way is not waited for: its row is still `waiting`."""
        self._ending.set()
        bell.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _owing(self) -> list[int]:
        due = Callback.objects.filter(state="waiting", due_at__lte=clock.precise())
        return list(due.order_by().values_list("enterprise", flat=True).distinct())

    def _start_line(self, enterprise_id: int) -> None:
        with self._guard:
            if enterprise_id in self._busy or self._ending.is_set():
                return
            self._busy.add(enterprise_id)
        self._pool.submit(self._walk, enterprise_id)

    def _walk(self, enterprise_id: int) -> None:
        try:
            with requests.Session() as web:
                web.trust_env = False
                while not self._ending.is_set() and (owed := _next(enterprise_id)) is not None:
                    deliver(owed, web)
        except Exception as error:
            print(f"sandbox: {type(error).__name__} while delivering callbacks", flush=True)
        finally:
            with self._guard:
                self._busy.discard(enterprise_id)
            connections.close_all()


def _next(enterprise_id: int) -> Callback | None:
    """The event of an enterprise that is due the longest."""
    due = Callback.objects.filter(enterprise=enterprise_id, state="waiting", due_at__lte=clock.precise())
    return due.select_related("enterprise").order_by("due_at", "id").first()

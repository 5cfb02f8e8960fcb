"""Delivery worker: sends queued events, oldest first, with one queue per enterprise.

A slow address holds up its own enterprise only. An event that was refused waits for its repeat while later
ones go on. What was waiting when the process ended is still in its row and goes out after the next start.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import requests
from django.db import connections

from console.sandbox import clock
from console.sandbox.callbacks.callback_queue import wakeup
from console.sandbox.callbacks.delivery import deliver_callback
from console.sandbox.store.models import Callback

MAX_PARALLEL = 8
POLL_INTERVAL_S = 0.25


class DeliveryWorker(threading.Thread):
    """Thread that runs until `end` is called."""

    def __init__(self) -> None:
        super().__init__(name="courier", daemon=True)
        self._ending = threading.Event()
        self._busy: set[int] = set()
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(MAX_PARALLEL, thread_name_prefix="courier")

    def run(self) -> None:
        while not self._ending.is_set():
            wakeup.clear()
            try:
                for enterprise_id in self._enterprises_with_due_callbacks():
                    self._start_delivery(enterprise_id)
            except Exception as error:
                print(f"sandbox: {type(error).__name__} while looking for callbacks", flush=True)
            wakeup.wait(POLL_INTERVAL_S)
        connections.close_all()

    def end(self) -> None:
        """Start no more deliveries. A running one is not awaited: its row is still `waiting`."""
        self._ending.set()
        wakeup.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _enterprises_with_due_callbacks(self) -> list[int]:
        due = Callback.objects.filter(state="waiting", due_at__lte=clock.timestamp())
        return list(due.order_by().values_list("enterprise", flat=True).distinct())

    def _start_delivery(self, enterprise_id: int) -> None:
        with self._guard:
            if enterprise_id in self._busy or self._ending.is_set():
                return
            self._busy.add(enterprise_id)
        self._pool.submit(self._walk, enterprise_id)

    def _walk(self, enterprise_id: int) -> None:
        try:
            with requests.Session() as web:
                web.trust_env = False
                while not self._ending.is_set() and (owed := _next_due(enterprise_id)) is not None:
                    deliver_callback(owed, web)
        except Exception as error:
            print(f"sandbox: {type(error).__name__} while delivering callbacks", flush=True)
        finally:
            with self._guard:
                self._busy.discard(enterprise_id)
            connections.close_all()


def _next_due(enterprise_id: int) -> Callback | None:
    """Return the event of an enterprise that has been due the longest."""
    due = Callback.objects.filter(enterprise=enterprise_id, state="waiting", due_at__lte=clock.timestamp())
    return due.select_related("enterprise").order_by("due_at", "id").first()

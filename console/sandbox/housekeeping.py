"""What time alone brings about: due steps, silent clients, classes left behind, the queued ledger."""

import threading

from django.db import connections

from . import clock, knobs, ledger
from .rules import documents, lifecycle, presence, recordings, steps
from .store.models import Document, Recording, Setting, Stay
from .store.write import writing

LOOK_EVERY_S = 0.2


def take_due_steps() -> None:
    """Take every step whose time has come. Call inside `writing()`."""
    for step in steps.due():
        step.delete()
        if step.kind == "transcode":
            documents.progress(Document.objects.select_related("enterprise").get(pk=step.ref), step.name)
        else:
            recordings.finish(Recording.objects.select_related("classroom__enterprise").get(pk=step.ref))


def drop_silent_clients() -> None:
    """End the stays of class clients that have shown no sign of life for too long."""
    if not (limit := knobs.value("heartbeat_s")):
        return
    silent = Stay.objects.filter(quit_time=None, beat_at__lte=clock.now() - limit)
    for stay in silent.select_related("classroom__enterprise", "person"):
        presence.end_stay(stay, stay.beat_at or stay.enter_time, "fell silent")


def keep_clock() -> None:
    """Keep the hands of the clock for the next start."""
    Setting.objects.update_or_create(name="clock", defaults={"value": clock.state()})


def restore_clock() -> None:
    """Take up the clock as it stood."""
    kept = Setting.objects.filter(name="clock").first()
    if kept is not None:
        clock.restore(kept.value["offset"], kept.value["frozen_at"])


def look() -> None:
    """One look at everything that time may have brought about."""
    ledger.drain()
    if not _anything_due():
        return
    with writing(), ledger.caused_by("clock"):
        take_due_steps()
        drop_silent_clients()
        lifecycle.end_abandoned()


def _anything_due() -> bool:
    """A look without the pen first, so that an idle service never writes."""
    now = clock.now()
    limit = knobs.value("heartbeat_s")
    if steps.due().exists():
        return True
    if limit and Stay.objects.filter(quit_time=None, beat_at__lte=now - limit).exists():
        return True
    return lifecycle.overdue().exists()


class Housekeeper(threading.Thread):
    """Looks five times a second until `end` is called."""

    def __init__(self) -> None:
        super().__init__(name="housekeeper", daemon=True)
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(LOOK_EVERY_S):
            try:
                look()
            except Exception as error:
                print(f"sandbox: {type(error).__name__} while keeping house", flush=True)
        ledger.drain()
        connections.close_all()

    def end(self) -> None:
        """Write what is queued and stop."""
        self._ending.set()
        self.join(5)

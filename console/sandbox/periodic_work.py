"""Periodic work: due steps, silent clients, overdue classes, the queue of the ledger."""

import threading

from django.db import connections

from console.sandbox import clock, knobs, ledger
from console.sandbox.services import documents, lifecycle, presence, recordings, steps
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Document, Recording, Setting, Stay

INTERVAL_S = 0.2


def run_due_steps() -> None:
    """Run all due steps. Call inside `writing()`."""
    for step in steps.due_steps():
        step.delete()
        if step.kind == "transcode":
            documents.advance_transcoding(
                Document.objects.select_related("enterprise").get(pk=step.ref), step.name
            )
        else:
            recordings.finish_recording(
                Recording.objects.select_related("classroom__enterprise").get(pk=step.ref)
            )


def end_timed_out_stays() -> None:
    """End the stays of class clients without a recent heartbeat."""
    if not (limit := knobs.value("heartbeat_s")):
        return
    silent = Stay.objects.filter(quit_time=None, beat_at__lte=clock.now() - limit)
    for stay in silent.select_related("classroom__enterprise", "person"):
        presence.end_stay(stay, stay.beat_at or stay.enter_time, "fell silent")


def save_clock() -> None:
    """Store the state of the clock for the next start."""
    Setting.objects.update_or_create(name="clock", defaults={"value": clock.state()})


def restore_clock() -> None:
    """Restore the state of the clock."""
    kept = Setting.objects.filter(name="clock").first()
    if kept is not None:
        clock.restore(kept.value["offset"], kept.value["frozen_at"])


def run_due_work() -> None:
    """Run all periodic work once."""
    ledger.write_queued_entries()
    if not _anything_due():
        return
    with write_transaction(), ledger.attribute_effects_to("clock"):
        run_due_steps()
        end_timed_out_stays()
        lifecycle.end_abandoned_classes()


def _anything_due() -> bool:
    """Look for work without the write lock first, so that an idle service never writes."""
    now = clock.now()
    limit = knobs.value("heartbeat_s")
    if steps.due_steps().exists():
        return True
    if limit and Stay.objects.filter(quit_time=None, beat_at__lte=now - limit).exists():
        return True
    return lifecycle.overdue_classes().exists()


class PeriodicWorker(threading.Thread):
    """Thread that runs the periodic work five times a second until `end` is called."""

    def __init__(self) -> None:
        super().__init__(name="housekeeper", daemon=True)
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(INTERVAL_S):
            try:
                run_due_work()
            except Exception as error:
                print(f"sandbox: {type(error).__name__} while keeping house", flush=True)
        ledger.write_queued_entries()
        connections.close_all()

    def end(self) -> None:
        """Write the queue and stop."""
        self._ending.set()
        self.join(5)

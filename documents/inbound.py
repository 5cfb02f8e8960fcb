"""Callbacks about courseware → a look. `transport_progress` names no document, so it decides nothing."""

from django.db import transaction

from console.bell import ring
from console.inbox.models import Callback
from console.inbox.process import handles
from console.mirror.leases import look_now
from documents.models import Document
from documents.queries import being_converted


@handles("transport_progress")
def look(callback: Callback) -> None:
    """Something of the school is being converted: ask `/document/info` about all that is not finished."""
    waiting = being_converted(Document.objects.filter(enterprise_id=callback.enterprise_id))
    if look_now(waiting):
        transaction.on_commit(lambda: ring("console.mirror.tasks.poll"))

"""What `/metrics` tells of the inbox."""

from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise
from console.inbox import spool
from console.inbox.refusals import count_refusal


def test_the_spool_and_what_was_refused_are_told(school: Enterprise, settings: Any, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path
    spool.append_event(school.pk, b"{}", timezone.now())
    (tmp_path / "1-2-3.unsealed.bad").write_bytes(b"x\n")
    for _ in range(2):
        count_refusal(school.pk, "expired")
    count_refusal(None, "expired")
    lines = Client().get("/metrics").content.decode().splitlines()
    assert 'console_spool_files{state="waiting"} 1.0' in lines
    assert 'console_spool_files{state="bad_unsealed"} 1.0' in lines
    assert f"console_spool_bytes {float(spool.total_bytes())}" in lines
    assert 'console_callbacks_refused{reason="expired"} 3.0' in lines

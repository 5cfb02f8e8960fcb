"""The longest that one statement may take: in requests, in workers, and in tasks that name it themselves.

A statement without a limit holds its locks for as long as it takes, and its process as well. Web, worker and
beat set `statement_timeout` for each transaction. Commands, such as `migrate`, have no limit.
"""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from console.postgresql.transaction_settings import set_for_process, use_settings

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
SETTING = "statement_timeout"


def limit_statements(seconds: float) -> None:
    """Limit each statement of this process from its next transaction on; 0 is no limit."""
    set_for_process(SETTING, f"{seconds}s" if seconds else "")


def limit_worker_statements(**_signal: Any) -> None:
    """A receiver for signals of Celery."""
    limit_statements(settings.WORKER_STATEMENT_TIMEOUT_S)


@contextmanager
def allow_long_statements() -> Iterator[None]:
    """Allow each statement in this context or function LONG_STATEMENT_TIMEOUT_S seconds."""
    with use_settings({SETTING: f"{settings.LONG_STATEMENT_TIMEOUT_S}s"}):
        yield


def is_statement_timeout(error: BaseException | None) -> bool:
    """Return whether an error says that a statement met its limit; log where in our code, if so."""
    if not isinstance(getattr(error, "__cause__", None), psycopg.errors.QueryCanceled):
        return False
    log.error("statement timeout", extra={"place": _place(error)})
    return True


def _place(error: BaseException | None) -> str:
    """Return file, line and function of the innermost frame in our packages, the backend left out."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    ours = [frame for frame in frames if _is_ours(Path(frame.filename))]
    if not ours:
        return ""
    last = ours[-1]
    return f"{Path(last.filename).relative_to(ROOT)}:{last.lineno} {last.name}"


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(ROOT) and not {".venv", "postgresql"} & set(path.parts)

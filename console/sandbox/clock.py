"""Clock of the service, which tests can move or stop.

Everything the service says about time (class times, stays, due progress, repeats of callbacks) is read
here. Signatures have a knob of their own (`sign_clock`), since the other side's clock may not move along.
"""

import threading
import time
from dataclasses import dataclass


@dataclass
class _ClockState:
    offset: float = 0.0
    frozen_at: float | None = None


_state = _ClockState()
_guard = threading.Lock()


def timestamp() -> float:
    """Return the service's time in seconds since 1970."""
    if _state.frozen_at is not None:
        return _state.frozen_at
    return time.time() + _state.offset


def now() -> int:
    """Return the service's time in whole seconds since 1970."""
    return int(timestamp())


def move(seconds: float) -> None:
    """Move the clock forward (or back)."""
    with _guard:
        if _state.frozen_at is not None:
            _state.frozen_at += seconds
        else:
            _state.offset += seconds


def set_time(moment: float, *, frozen: bool) -> None:
    """Set the clock to a time, running or stopped."""
    with _guard:
        _state.offset = moment - time.time()
        _state.frozen_at = moment if frozen else None


def reset() -> None:
    """Return to the clock of the machine."""
    with _guard:
        _state.offset, _state.frozen_at = 0.0, None


def state() -> dict[str, object]:
    """Return the state for the control interface, which is also stored across restarts."""
    return {"now": timestamp(), "offset": _state.offset, "frozen_at": _state.frozen_at}


def restore(offset: float, frozen_at: float | None) -> None:
    """Restore the state from before a restart."""
    with _guard:
        _state.offset, _state.frozen_at = offset, frozen_at

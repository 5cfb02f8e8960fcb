"""The one clock of the service, which a test can move or stop.

Everything the service says about time (class times, stays, due progress, repeats of callbacks) is read
here. Signatures have a knob of their own (`sign_clock`), since the other side's clock may not move along.
"""

import threading
import time
from dataclasses import dataclass


@dataclass
class _Hands:
    offset: float = 0.0
    frozen_at: float | None = None


_hands = _Hands()
_guard = threading.Lock()


def precise() -> float:
    """The service's time in seconds since 1970."""
    if _hands.frozen_at is not None:
        return _hands.frozen_at
    return time.time() + _hands.offset


def now() -> int:
    """The service's time in whole seconds since 1970."""
    return int(precise())


def move(seconds: float) -> None:
    """Put the clock forward (or back)."""
    with _guard:
        if _hands.frozen_at is not None:
            _hands.frozen_at += seconds
        else:
            _hands.offset += seconds


def put(moment: float, *, frozen: bool) -> None:
    """Set the clock to a moment and let it run on, or stop it there."""
    with _guard:
        _hands.offset = moment - time.time()
        _hands.frozen_at = moment if frozen else None


def reset() -> None:
    """Back to the machine's own clock."""
    with _guard:
        _hands.offset, _hands.frozen_at = 0.0, None


def state() -> dict[str, object]:
    """What the control interface shows; also what is kept over a restart."""
    return {"now": precise(), "offset": _hands.offset, "frozen_at": _hands.frozen_at}


def restore(offset: float, frozen_at: float | None) -> None:
    """Take up the hands as they stood before a restart."""
    with _guard:
        _hands.offset, _hands.frozen_at = offset, frozen_at

"""What the two callbacks tell of a recording as a whole: a fold over everything told, whatever its order."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from classes.models import Footage, Lesson
from classes.tracks import moment, number
from console.inbox.models import Callback

STARTED, STOPPED = "online_record_start", "online_record_stop"
INT32 = 2**31 - 1


def newest(tellings: Iterable[Any]) -> tuple[str, Mapping[str, Any]]:
    """The telling that is the latest by its own `timestamp`, with its rank; equal ones are told apart by what
    they say, so that the same one wins whenever it came."""
    ranked = [(rank_of(one), one) for one in tellings if isinstance(one, Mapping)]
    return max(ranked, key=lambda pair: pair[0], default=("", {}))


def rank_of(telling: Mapping[str, Any]) -> str:
    told = json.dumps(telling, sort_keys=True, default=str)
    digest = hashlib.sha256(told.encode()).hexdigest()
    return f"{number(telling.get('timestamp'), 2**62) or 0:020d}:{digest}"


def tell(callback: Callback, lesson: Lesson | None) -> Footage:
    """Write what all tellings of this class together say; what older messages said before stays."""
    place = {"enterprise_id": callback.enterprise_id, "class_id": callback.class_id}
    footage, _new = Footage.objects.get_or_create(**place)
    told = Callback.objects.filter(**place, event__in=(STARTED, STOPPED), body__isnull=False)
    bodies = [(event, body.get("data")) for event, body in told.values_list("event", "body")]
    changed = _began(footage, newest(data for event, data in bodies if event == STARTED))
    changed |= _ended(footage, newest(data for event, data in bodies if event == STOPPED))
    if lesson is not None and footage.lesson_id != lesson.pk:
        footage.lesson, changed = lesson, True
    if changed:
        footage.save()
    return footage


def _began(footage: Footage, newest_one: tuple[str, Mapping[str, Any]]) -> bool:
    rank, telling = newest_one
    if rank <= footage.begin_rank:
        return False
    footage.begin_rank = rank
    footage.begin_at = moment(telling.get("timestamp")) or footage.begin_at
    footage.begin_code, footage.begin_message = _outcome(telling)
    return True


def _ended(footage: Footage, newest_one: tuple[str, Mapping[str, Any]]) -> bool:
    rank, telling = newest_one
    if rank <= footage.end_rank:
        return False
    footage.end_rank = rank
    footage.end_at = moment(telling.get("stop_time")) or moment(telling.get("timestamp"))
    footage.end_code, footage.end_message = _outcome(telling)
    return True


def _outcome(telling: Mapping[str, Any]) -> tuple[int, str]:
    """The number and the words; a number that nobody can keep is an error all the same."""
    told = telling.get("error_code")
    try:
        code = int(told) if isinstance(told, int | str) else 0
    except ValueError:
        code = -1
    return code if abs(code) <= INT32 else -1, str(telling.get("error_msg") or "")[:200]

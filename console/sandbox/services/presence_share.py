"""Share of the time taught so far that each person has been present; never above 1."""

from console.sandbox import clock
from console.sandbox.store.models import Classroom, Stay


class PresenceShares:
    """Stays of a class, summed once for a page of people."""

    def __init__(self, room: Classroom) -> None:
        self._now = clock.now()
        self._begin = room.real_start_time or self._now
        self.taught = max((room.real_stop_time or self._now) - self._begin, 0)
        self._earlier: dict[int, int] = {}
        closed = Stay.objects.filter(classroom=room, quit_time__gt=self._begin)
        for person, enter, leave in closed.values_list("person", "enter_time", "quit_time"):
            self._earlier[person] = self._earlier.get(person, 0) + self._inside(enter, leave or enter)

    def seconds(self, person_id: int, enter_time: int) -> int:
        """Return the seconds of the time taught that a person, inside since `enter_time`, was present."""
        return self._earlier.get(person_id, 0) + self._inside(enter_time, self._now)

    def _inside(self, enter: int, leave: int) -> int:
        return max(leave - max(enter, self._begin), 0)

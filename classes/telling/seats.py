"""Those who came into a lesson or were taken out of it after its people had been told: each hears it once."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from classes.kinds import Status
from classes.models import Lesson, Member, Seat
from classes.telling.letters import args_of, invited, readers, week_of
from console.notices.tell import tell

#: People of one transaction.
BATCH = 100


def tell_of_seats() -> int:
    """Tell whoever is pending; how many notices that were.

    All that one person lost or got since is one letter. Who was taken out and put back hears nothing.
    """
    pending = Seat.objects.filter(pending=True)
    began = Q(lesson__starts_at__lte=timezone.now()) | ~Q(lesson__status=Status.WILL)
    pending.filter(began | Q(lesson__told__starts_at=None)).update(pending=False)
    told = 0
    while True:
        with transaction.atomic():
            people = list(
                pending.order_by("person_id").values_list("person_id", flat=True).distinct()[:BATCH]
            )
            rows = pending.filter(person__in=people).select_for_update(of=("self",), skip_locked=True)
            seats = list(
                rows.select_related("person", "lesson__enterprise", "lesson__teacher").order_by(
                    "lesson__starts_at", "lesson"
                )
            )
            if not seats:
                return told
            told += _tell(seats)


def _tell(seats: list[Seat]) -> int:
    there = sitting(seats)
    came: dict[User, list[Seat]] = defaultdict(list)
    gone: dict[User, list[Seat]] = defaultdict(list)
    for seat in seats:
        here = seat.pk in there
        if here == seat.believes:
            continue
        if not here:
            gone[seat.person].append(seat)
        elif seat.lesson.cancelled_at is None:
            came[seat.person].append(seat)
    reached = _reached([*came, *gone])
    told = sum(_invite(one, those) for one, those in came.items() if one.pk in reached)
    told += sum(_take_off(one, those) for one, those in gone.items() if one.pk in reached)
    # A cancelled lesson invites nobody: who came into it goes on believing what they were told.
    known = [one.pk for those in (*came.values(), *gone.values()) for one in those]
    Seat.objects.filter(pk__in=known).update(believes=~F("believes"))
    Seat.objects.filter(pk__in=[one.pk for one in seats]).update(pending=False)
    return told


def sitting(seats: Iterable[Seat]) -> set[int]:
    """The keys of those seats whose person is expected in the lesson, or teaches it, now."""
    members = Member.objects.filter(lesson=OuterRef("lesson"), user=OuterRef("person"))
    rows = Seat.objects.filter(pk__in=[one.pk for one in seats])
    return set(rows.filter(Exists(members) | Q(lesson__teacher=F("person"))).values_list("pk", flat=True))


def _reached(people: Iterable[User]) -> set[int]:
    wanted = User.objects.filter(readers(), pk__in=[one.pk for one in people])
    return set(wanted.values_list("pk", flat=True))


def _invite(person: User, those: list[Seat]) -> int:
    return invited(person, [one.lesson for one in those], key=_key("came", those))


def _take_off(person: User, those: list[Seat]) -> int:
    """Told with the words and the time that they know."""
    lessons = [_as_known(one) for one in those]
    return tell(
        "lesson.taken_off_many" if len(those) > 1 else "lesson.taken_off",
        people=[person],
        key=_key("gone", those),
        args=args_of(lessons) | {"more": len(lessons) - 1},
        link=week_of(lessons[0]),
    )


def _as_known(seat: Seat) -> Lesson:
    lesson = seat.lesson
    lesson.topic, lesson.starts_at, lesson.ends_at = seat.topic, seat.starts_at, seat.ends_at
    return lesson


def _key(what: str, those: list[Seat]) -> str:
    first, last = those[0], those[-1]
    return f"{what} {len(those)} {first.pk} {first.changes} {last.pk} {last.changes}"

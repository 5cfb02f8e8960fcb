"""What wants a look now, as the home page says it: a number, words, and the list that the number counts."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.licence import licence_of
from accounts.models import Enterprise
from accounts.queries import people_for
from accounts.readiness import missing_keys
from accounts.watch import callback_state, held_reason
from classes.courseware.attaching import wanting
from classes.kinds import Status
from classes.models import Alarm, Appeal, Attachment, Lesson
from classes.queries import NEEDS, TROUBLE, needing
from classes.wall.troubles import SORTS
from console.badges import sync_badge
from console.mirror.choosing import number_of_differences
from console.outbox.words import words_of
from console.policy import Scope, may, scope_of, scoped
from console.templatetags.ui import when


class Need(NamedTuple):
    """`number` is 0 where there is nothing to count; `tone` is bad or warn."""

    number: int
    words: str | Promise
    icon: str
    tone: str
    url: str


#: Lessons that begin so soon, and how many of them, are asked for their courseware.
SOON = timedelta(hours=36)
MOST_LOOKED_AT = 200

WORDS: dict[str, tuple[str | Promise, str, str]] = {
    "teacher_out": (_("running without their teacher"), "user-off", "bad"),
    "not_begun": (_("should have begun"), "clock-exclamation", "bad"),
    "not_ready": (_("lessons of the next day are not ready"), "alert-triangle", "bad"),
    "trouble": (_("lessons in trouble at iclass"), "cloud-x", "bad"),
    "double": (_("lessons that may be second copies of others"), "copy", "bad"),
    "not_held": (_("lessons of this week that were not held"), "calendar-x", "warn"),
    "provisional": (_("registers still provisional"), "list-check", "warn"),
}


def needs_of(reader: Any, lessons: QuerySet[Lesson]) -> list[Need]:
    """What this reader can do something about; only what is there."""
    found = [_lessons(name, needing(lessons, name).count()) for name in NEEDS]
    if scope_of(reader, "push", "person") == Scope.SCHOOL:
        people = people_for(reader).filter(sync_state__in=TROUBLE, is_active=True)
        states = people.order_by().values_list("sync_state").annotate(n=Count("pk"))
        found += [_people(state, count) for state, count in states]
    alarms = scoped(Alarm.objects.filter(resolved_at=None, acknowledged_at=None), reader, "alarm", "list")
    kinds = alarms.order_by().values_list("kind").annotate(n=Count("pk"))
    found += [_alarms(kind, count) for kind, count in sorted(kinds)]
    found.append(_appeals(reader))
    found.append(_differences(number_of_differences(reader)))
    found.append(_decks(lessons))
    needs = [need for need in found if need.number]
    if may(reader, "pull", "school"):
        needs = [*_of_school(reader.enterprise), *needs]
    return needs


def _lessons(name: str, count: int) -> Need:
    words, icon, tone = WORDS[name]
    return Need(count, words, icon, tone, f"{reverse('classes:lessons')}?{urlencode({'need': name})}")


def _people(state: str, count: int) -> Need:
    badge = sync_badge(state)
    words = gettext("people at iclass: %(state)s") % {"state": badge.word}
    url = f"{reverse('accounts:people')}?{urlencode({'sync': state})}"
    return Need(count, words, "users-minus", badge.tone, url)


def _alarms(kind: str, count: int) -> Need:
    words = gettext("alarm: %(what)s") % {"what": Alarm.Kind(kind).label}
    sort = SORTS.get(kind)
    tone = sort.tone if sort else "warn"
    url = f"{reverse('classes:alarms')}?{urlencode({'kind': kind})}"
    return Need(count, words, "alarm", tone, url)


def _appeals(reader: Any) -> Need:
    """Appeals that wait, for who may answer them."""
    waiting = scoped(Appeal.objects.filter(state=Appeal.State.OPEN), reader, "appeal", "list")
    count = waiting.count() if may(reader, "answer", "attendance") else 0
    words = ngettext("appeal waits for your answer", "appeals wait for your answer", count)
    url = f"{reverse('classes:appeals')}?{urlencode({'state': Appeal.State.OPEN})}"
    return Need(count, words, "message-report", "warn", url)


def _decks(lessons: QuerySet[Lesson]) -> Need:
    """Courseware that is not ready, for the next lesson that wants it and begins within a day and a half."""
    now = timezone.now()
    coming = lessons.filter(
        status=Status.WILL, cancelled_at=None, starts_at__gt=now, starts_at__lt=now + SOON
    )
    own = Attachment.objects.filter(lesson=OuterRef("pk"))
    of_course = Attachment.objects.filter(course=OuterRef("course"))
    rows = list(coming.filter(Exists(own) | Exists(of_course)).order_by("starts_at", "id")[:MOST_LOOKED_AT])
    counts = wanting(rows)
    first = next((one for one in rows if one.pk in counts), None)
    if first is None:
        return Need(0, "", "presentation", "warn", "")
    words = ngettext("deck not ready for %(at)s", "decks not ready for %(at)s", counts[first.pk])
    url = reverse("classes:lesson", args=[first.pk])
    return Need(counts[first.pk], words % {"at": when(first.starts_at)}, "presentation", "warn", url)


def _differences(count: int) -> Need:
    words = ngettext("difference from iclass to decide", "differences from iclass to decide", count)
    return Need(count, words, "arrows-diff", "warn", reverse("mirror:differences"))


def _of_school(school: Enterprise | None) -> list[Need]:
    """What is wrong with the school as such: each is nothing to count, and mended on its page."""
    page = reverse("accounts:school")
    found = []
    if school and (reason := held_reason(school)):
        found.append(Need(0, words_of(reason).what, "lock", "bad", page))
    if school and (licence := licence_of(school)) and licence.tone != "ok" and not licence.over:
        words = ngettext(
            "The licence ends in %(n)s day.", "The licence ends in %(n)s days.", licence.days
        ) % {"n": licence.days}
        found.append(Need(0, words, "calendar-due", licence.tone, page))
    if school:
        found += [Need(0, f"{one.words} {one.next}", "key", "bad", page) for one in missing_keys(school)]
    if school and callback_state(school) in ("other", "none") and school.observed:
        found.append(Need(0, _ELSEWHERE, "antenna-bars-off", "warn", page))
    return found


_ELSEWHERE = _("iclass sends its news elsewhere: the console does not hear at once what happens in lessons.")

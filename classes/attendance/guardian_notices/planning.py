"""Make the notices of a day: once for each school, at the time that it chose, in one transaction.

The lock of the school's settings and `planned_on` keep a day from being planned twice, whichever processes
try; what a killed one had written is rolled back. Each lesson and warning is told once to a guardian and
taken back once, so a mark that is corrected there and back is not told of again.
"""

import json
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Enterprise, Guardian, GuardianNotice, GuardianNoticeSettings, Role
from accounts.people.guardian_notices.sections import facts_of
from accounts.people.guardian_notices.sending import has_consent
from accounts.people.guardian_notices.services import TASK
from classes.attendance.guardian_notices.news import (
    News,
    absences_by_student,
    is_taken_back,
    marks_of,
    recent_notices,
    warnings_by_student,
    withdrawn_warnings,
)
from classes.models import Mark, ThresholdRule
from console.concurrency import service
from console.failpoints import point
from console.notifications.channels.mail_server import mail_is_set_up
from console.notifications.channels.models import Delivery
from console.wakeup import wake_worker

log = logging.getLogger(__name__)
PLANNED = point("guardian_notices.planned", "the notices of a day are written, the transaction not committed")
#: Section of a notice → the column that holds the keys of what it tells.
COLUMNS = {
    "absences": "lessons",
    "corrections": "corrected",
    "warnings": "warnings",
    "withdrawn": "withdrawn",
}
Sections = dict[str, list[News]]


@dataclass
class Told:
    """What a guardian was told: keys by column, and of each lesson the notice that told of it."""

    keys: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    notice_of: dict[int, int] = field(default_factory=dict)


def plan_due_notices() -> int:
    """Make the notices of all schools whose time has come; return how many."""
    by_rules = ThresholdRule.objects.filter(tells_guardians=True, is_on=True, removed_at=None)
    by_switch = GuardianNoticeSettings.objects.filter(is_on=True)
    schools = Enterprise.objects.filter(
        Q(pk__in=by_rules.values("enterprise")) | Q(pk__in=by_switch.values("enterprise"))
    )
    done = 0
    for school in schools.order_by("pk"):
        try:
            done += plan_notices(school)
        except Exception:  # the other schools must not wait for it
            log.exception("the notifications to guardians of school %s could not be made", school.pk)
    return done


@service
def plan_notices(school: Enterprise) -> int:
    """Make the notices of today if they are due; return how many."""
    now = timezone.now()
    local = now.astimezone(school.tz)
    GuardianNoticeSettings.objects.get_or_create(enterprise=school)
    settings = GuardianNoticeSettings.objects.select_for_update(of=("self",)).get(enterprise=school)
    settings.enterprise = school  # the same row, without a query
    if local.time() < settings.notify_at or (settings.planned_on and settings.planned_on >= local.date()):
        return 0
    news = _news_by_guardian(settings, now, local.date())
    _create_notices(school, news, local.date())
    settings.planned_on = local.date()
    settings.save(update_fields=["planned_on"])
    PLANNED.hit()
    return len(news)


def _news_by_guardian(
    settings: GuardianNoticeSettings, now: datetime, today: date
) -> list[tuple[Guardian, Sections]]:
    """Return whom to tell what; guardians without news are left out."""
    school = settings.enterprise_id
    absences, warnings = absences_by_student(settings, now), warnings_by_student(school, now)
    told = _told_by_guardian(school, today)
    people = {*absences, *warnings}
    guardians = _guardians(school, Q(person__in=people) | Q(pk__in=list(told)))
    may_be_told = [one for one in guardians if has_consent(one.person, needed=settings.needs_consent)]
    corrections = _corrections(school, may_be_told, told) if settings.is_on else {}
    withdrawn = withdrawn_warnings(key for one in told.values() for key in one.keys["warnings"])
    found = []
    for guardian in may_be_told:
        known = told.get(guardian.pk, Told())
        sections = {
            "absences": _new(guardian, absences.get(guardian.person_id, []), known.keys["lessons"]),
            "corrections": corrections.get(guardian.pk, []),
            "warnings": _new(guardian, warnings.get(guardian.person_id, []), known.keys["warnings"]),
            "withdrawn": [
                withdrawn[key]
                for key in sorted(known.keys["warnings"] - known.keys["withdrawn"])
                if key in withdrawn
            ],
        }
        if any(sections.values()):
            found.append((guardian, sections))
    return found


def _guardians(school: int, who: Q) -> list[Guardian]:
    """Return guardians who are told about attendance, locked so that none is deleted meanwhile."""
    rows = Guardian.objects.filter(
        who,
        enterprise=school,
        told_attendance=True,
        person__role=Role.STUDENT,
        person__is_active=True,
        person__erased_at=None,
    )
    locked = rows.select_for_update(of=("self",), no_key=True).select_related("person")
    return list(locked.order_by("pk"))


def _new(guardian: Guardian, news: list[News], known: set[int]) -> list[News]:
    return [one for one in news if one.key not in known and one.at >= guardian.created_at]


def _told_by_guardian(school: int, today: date) -> dict[int, Told]:
    found: dict[int, Told] = defaultdict(Told)
    names = ("pk", "guardian", *COLUMNS.values())
    for pk, guardian, *columns in recent_notices(school, today).order_by("pk").values_list(*names):
        told = found[guardian]
        for column, keys in zip(COLUMNS.values(), columns, strict=True):
            told.keys[column] |= set(keys)
        told.notice_of |= dict.fromkeys(columns[0], pk)
    return dict(found)


def _corrections(school: int, guardians: list[Guardian], told: dict[int, Told]) -> dict[int, list[News]]:
    """Return what was told of lessons and is no longer so, by guardian. Only notices with one are opened."""
    with_told = [one for one in guardians if one.pk in told]
    lessons = {key for one in with_told for key in told[one.pk].keys["lessons"]}
    marks = marks_of(school, lessons, {one.person_id for one in with_told})
    doubted: dict[int, list[tuple[int, str]]] = {}
    for guardian in with_told:
        keys = told[guardian.pk].keys
        now = {key: marks.get((key, guardian.person_id), "") for key in keys["lessons"] - keys["corrected"]}
        doubted[guardian.pk] = [(key, mark) for key, mark in sorted(now.items()) if mark != Mark.ABSENT]
    notices = {told[pk].notice_of[key] for pk, changed in doubted.items() for key, _mark in changed}
    opened = {row.pk: facts_of(row) for row in GuardianNotice.objects.filter(pk__in=notices)}
    facts = {
        (pk, fact["lesson"]): fact for pk, by_section in opened.items() for fact in by_section["absences"]
    }
    return {
        pk: [
            News(key, timezone.now(), {**fact, "now": mark})
            for key, mark in changed
            if (fact := facts[told[pk].notice_of[key], key]) and is_taken_back(fact["mark"], mark)
        ]
        for pk, changed in doubted.items()
    }


def _create_notices(school: Enterprise, news: list[tuple[Guardian, Sections]], day: date) -> None:
    has_server = mail_is_set_up()
    GuardianNotice.objects.bulk_create(
        [_notice(school, guardian, sections, day, has_server) for guardian, sections in news], batch_size=500
    )
    if news:
        transaction.on_commit(lambda: wake_worker(TASK))


def _notice(
    school: Enterprise, guardian: Guardian, sections: Sections, day: date, has_server: bool
) -> GuardianNotice:
    """Return a notice that waits, or that cannot leave by e-mail, which the office sees at once."""
    facts = {name: [one.fact for one in news] for name, news in sections.items() if news}
    keys: dict[str, Any] = {
        column: [one.key for one in sections.get(name, [])] for name, column in COLUMNS.items()
    }
    reason = "" if guardian.e_mail and has_server else "no_server" if guardian.e_mail else "no_mail"
    return GuardianNotice(
        enterprise=school,
        guardian=guardian,
        day=day,
        facts=json.dumps(facts, ensure_ascii=False),
        delivery=Delivery.REFUSED if reason else Delivery.WAITING,
        reason=reason,
        **keys,
    )

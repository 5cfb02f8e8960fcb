"""Raise and end warnings: of the students of a register that changed, and of everybody every night.

Writers of final marks hold a lock of the school until they commit (`lock_final_marks`). An evaluation takes
the same lock before it reads, so it sees all marks, and no two evaluations of a school overlap. The nightly
one reads without the lock and takes it only for those whose warnings differ from what it found.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Enterprise
from classes.attendance.thresholds.crossings import Crossing, find_crossings
from classes.attendance.thresholds.evidence import build_facts, changed_marks, marks_now, stands_without
from classes.attendance.thresholds.leases import claim_rule, release_rule, renew_lease
from classes.attendance.thresholds.notifications import notify_warnings, notify_withdrawals
from classes.lessons.cancellation import lessons_counted_again
from classes.locking import lock_final_marks
from classes.models import Attendance, AttendanceWarning, Lesson, ThresholdRule
from console.bulk_sql import bulk_insert, bulk_update
from console.concurrency import run_with_retry
from console.failpoints import point

CLAIMED = point("thresholds.claimed", "a warning rule is leased for the night, and nothing is evaluated")
EVALUATED = point("thresholds.evaluated", "warnings of a batch are committed, the rule is not done")
log = logging.getLogger(__name__)
#: Hour of the school's day from which on the rules of the day are evaluated.
NIGHT_HOUR = 2
#: People whose warnings are changed in one transaction of the nightly evaluation.
BATCH = 200
State, Ending = AttendanceWarning.State, AttendanceWarning.Ending
#: Warnings that an evaluation may change: the condition holds, or somebody still has to do something.
_CHANGEABLE = Q(ended_at=None) | Q(state__in=AttendanceWarning.UNHANDLED_STATES)


def evaluate_registers(lessons: Iterable[Lesson]) -> None:
    """Evaluate the students of final registers that have changed, in the transaction of the change."""
    by_school: dict[int, list[int]] = defaultdict(list)
    for lesson in lessons:
        by_school[lesson.enterprise_id].append(lesson.pk)
    with_rules = ThresholdRule.objects.filter(enterprise__in=by_school) if by_school else None
    if with_rules is None or not with_rules.exists():
        return
    for school in Enterprise.objects.filter(pk__in=with_rules.values("enterprise")).order_by("pk"):
        marks = Attendance.objects.filter(
            lesson__in=by_school[school.pk], expected=True, person__isnull=False
        )
        people = marks.exclude(mark="").order_by().values_list("person", flat=True)
        evaluate_people(school, set(people))


@receiver(lessons_counted_again, dispatch_uid="classes.attendance.thresholds.evaluation")
def evaluate_after_cancellation(*, lessons: Iterable[Lesson], **_more: Any) -> None:
    """Evaluate registers that count again because their make-up lessons were cancelled."""
    evaluate_registers(lessons)


@transaction.atomic(savepoint=False)
def evaluate_people(school: Enterprise, people: Collection[int], only: ThresholdRule | None = None) -> int:
    """Bring the warnings of these people up to date, of one rule or of all; return how many changed."""
    lock_final_marks(school.pk)
    now = timezone.now()
    # The rules are locked, so that a warning follows what they say when it is written.
    active = active_rules(school.pk).select_for_update(of=("self",), no_key=True).order_by("pk")
    rules = list(active.filter(pk=only.pk) if only else active)
    rows = AttendanceWarning.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    rows = rows.filter(_CHANGEABLE, enterprise=school, person__in=people)
    warnings = list(rows.filter(rule=only) if only else rows)
    opened: list[AttendanceWarning] = []
    over: set[int] = set()
    for rule in rules:
        holding = {one.person_id: one for one in warnings if one.rule_id == rule.pk and one.ended_at is None}
        crossed = find_crossings(rule, school.tz, now, people)
        new = {person: found for person, found in crossed.items() if person not in holding}
        opened += _open_warnings(rule, new, now)
        over |= {one.pk for person, one in holding.items() if person not in crossed}
    notify_warnings(school, rules, opened)
    return len(opened) + _end_warnings(warnings, over, now)


def active_rules(school: int) -> QuerySet[ThresholdRule]:
    return ThresholdRule.objects.filter(enterprise=school, is_on=True, removed_at=None)


def _open_warnings(
    rule: ThresholdRule, crossings: dict[int, Crossing], now: datetime
) -> list[AttendanceWarning]:
    facts = build_facts(rule, crossings)
    opened = [
        AttendanceWarning(
            enterprise_id=rule.enterprise_id, rule=rule, person_id=person, facts=facts[person], opened_at=now
        )
        for person in sorted(crossings)
    ]
    bulk_insert(opened)
    return opened


def _end_warnings(warnings: list[AttendanceWarning], over: Collection[int], now: datetime) -> int:
    """End the warnings in `over`, and take back those that the marks of their evidence no longer bear."""
    doubted = [one for one in warnings if one.ended_at or one.pk in over]
    current = marks_now(doubted)
    withdrawn, changed = [], []
    for one in doubted:
        changes = changed_marks(one, current)
        if changes and not stands_without(one.facts, changes):
            one.changes, one.state, one.ending = (
                [dict(change) for change in changes],
                State.WITHDRAWN,
                Ending.CORRECTED,
            )
            withdrawn.append(one)
        elif one.ended_at is None:
            one.ending = Ending.OVER
        else:
            continue
        one.ended_at = one.ended_at or now
        changed.append(one)
    if changed:
        bulk_update(changed, ["ended_at", "ending", "state", "changes"])
    notify_withdrawals(withdrawn)
    return len(changed)


def evaluate_due_rules() -> int:
    """Evaluate new and changed rules, and each rule once a night; return how many were due."""
    now, done = timezone.now(), 0
    rules = ThresholdRule.objects.filter(is_on=True, removed_at=None).select_related("enterprise")
    for rule in rules.order_by("pk"):
        today = (now - timedelta(hours=NIGHT_HOUR)).astimezone(rule.enterprise.tz).date()
        if rule.checked_on is not None and rule.checked_on >= today:
            continue
        if not claim_rule(rule):
            continue
        CLAIMED.hit()
        done += 1
        checked_on = rule.checked_on
        try:
            evaluate_rule(rule)
            checked_on = today
        except Exception:  # the rules of other schools must not wait for it
            log.exception("the warning rule %s could not be evaluated", rule.pk)
        # Only now: the rule of a worker that is killed stays due. So does one that was changed meanwhile.
        release_rule(rule, checked_on)
    return done


def evaluate_rule(rule: ThresholdRule) -> int:
    """Bring the warnings of a rule up to date, of everybody; return how many changed."""
    school = rule.enterprise
    crossed = find_crossings(rule, school.tz, timezone.now())
    warnings = list(AttendanceWarning.objects.filter(_CHANGEABLE, rule=rule).order_by("pk"))
    holding = {one.person_id for one in warnings if one.ended_at is None}
    current = marks_now(warnings)
    doubted = {one.person_id for one in warnings if one.ended_at and changed_marks(one, current)}
    people = sorted((crossed.keys() ^ holding) | doubted)
    changed = 0
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        changed += run_with_retry(partial(evaluate_people, school, batch, rule))
        EVALUATED.hit()
        renew_lease(rule)
    return changed

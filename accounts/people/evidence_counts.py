"""Counts about minors, consent and access to personal data for the yearly evidence pack (docs/privacy.md)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from accounts.models.consent import AgeGroup, ConsentState
from accounts.models.roles import Role
from console.audit.evidence_counts import Count, register_evidence_counts
from console.audit.models import AuditEntry, PersonalDataAccess

MINORS = (AgeGroup.UNDER_14, AgeGroup.MINOR)
PIPL_28, PIPL_31, PIPL_45, PIPL_47 = ("PIPL 28", "PIPL 31", "PIPL 45", "PIPL 47")
PIPL_51, PIPL_54 = "PIPL 51", "PIPL 54"
MINORS_34, MINORS_36, MINORS_37 = (
    "Minors in Cyberspace 34",
    "Minors in Cyberspace 36",
    "Minors in Cyberspace 37",
)
CARDS = ("person.reveal_token", "entry.reveal", "lesson.reveal_token")
EXPORTS = ("person.export", "group.export")


@register_evidence_counts
def count_minors(school: Any, _since: datetime, _until: datetime) -> Iterator[Count]:
    """Count active students by age group and consent, as they are now."""
    students = User.objects.filter(enterprise=school, role=Role.STUDENT, is_active=True, erased_at=None)
    young = students.filter(age_group=AgeGroup.UNDER_14)
    yield Count("students", _("active students"), students.count(), PIPL_54)
    yield Count("under_14", _("students under 14"), young.count(), f"{PIPL_28}, {PIPL_31}")
    minors = students.filter(age_group=AgeGroup.MINOR)
    yield Count("from_14_to_17", _("students of 14 to 17"), minors.count(), MINORS_37)
    unknown = students.filter(age_group="")
    yield Count("age_not_recorded", _("students without a recorded age"), unknown.count(), PIPL_51)
    for name, label, state in (
        ("under_14_with_consent", _("students under 14 with consent"), ConsentState.GIVEN),
        (
            "under_14_consent_withdrawn",
            _("students under 14 whose consent was withdrawn"),
            ConsentState.WITHDRAWN,
        ),
        ("under_14_without_consent", _("students under 14 without a recorded consent"), ""),
    ):
        yield Count(name, label, young.filter(consent=state).count(), PIPL_31)


@register_evidence_counts
def count_consents(school: Any, since: datetime, until: datetime) -> Iterator[Count]:
    """Count what was recorded about consent in the year."""
    rows = Consent.objects.filter(enterprise=school, at__gte=since, at__lt=until)
    given = rows.filter(state=ConsentState.GIVEN)
    yield Count("consents_given", _("consents recorded in the year"), given.count(), PIPL_31)
    withdrawn = rows.filter(state=ConsentState.WITHDRAWN)
    yield Count(
        "consents_withdrawn", _("withdrawals of consent recorded in the year"), withdrawn.count(), "PIPL 15"
    )


@register_evidence_counts
def count_accesses(school: Any, since: datetime, until: datetime) -> Iterator[Count]:
    """Count who saw personal data of minors, and requests of people about their data, in the year."""
    entries = AuditEntry.objects.filter(enterprise=school, at__gte=since, at__lt=until)
    seen = PersonalDataAccess.objects.filter(entry__in=entries.filter(looks=True).values("pk"))
    minors = seen.filter(person__age_group__in=MINORS)
    yield Count("accesses_to_minors", _("accesses to data of minors"), minors.count(), MINORS_36)
    staff = minors.order_by().values("entry__actor").distinct()
    yield Count(
        "people_with_access", _("people who saw data of minors"), staff.count(), f"{MINORS_36}, {PIPL_51}"
    )
    reasoned = minors.exclude(entry__reason="")
    yield Count(
        "accesses_with_reason", _("of these accesses: with a recorded reason"), reasoned.count(), MINORS_36
    )
    for name, label, actions, basis in (
        ("reveals", _("phones, e-mails or ages viewed"), ("person.reveal",), MINORS_36),
        ("cards", _("entry cards, tokens and passes viewed"), CARDS, MINORS_36),
        ("exports", _("exports of people and groups"), EXPORTS, PIPL_51),
        ("copies", _("copies of personal data made"), ("person.subject_access",), f"{PIPL_45}, {MINORS_34}"),
        ("erasures", _("erasures of people"), ("person.erase",), f"{PIPL_47}, {MINORS_34}"),
        ("deletions", _("deletions by the retention periods"), ("school.clear",), "PIPL 19"),
    ):
        yield Count(name, label, _count_actions(entries, actions), basis)


def _count_actions(entries: QuerySet[AuditEntry], actions: tuple[str, ...]) -> int:
    return entries.filter(action__in=actions).count()

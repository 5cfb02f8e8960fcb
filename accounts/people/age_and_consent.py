"""Services of age and consent: two facts that only the office sees, and that iclass never gets.

The date of birth is encrypted. The age group is stored in clear beside it, because a list cannot be filtered
by an encrypted column (docs/decisions/0038-age-groups-in-clear.md); it follows from the date and is brought
up to date every hour.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Consent, Enterprise, User
from accounts.models.consent import AgeGroup, ConsentState, age_group_on
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from console.audit.trail import record, record_data_access
from console.concurrency import lock_row, service, value_digest
from console.policy import FieldVisibility, field_visibility

PRIVATE_FIELDS = ("date_of_birth", "guardian")
MAX_AGE_YEARS = 120


@service
def record_age(
    *, person: User, by: User | None, date_of_birth: date | None = None, age_group: str = "", seen: str = ""
) -> User:
    """Store the date of birth, or the age group alone. Neither of them removes what was stored.

    `seen` is the digest of what the editor saw. Raise ValidationError for a date in the future, and if
    somebody else changed the age in the meantime.
    """
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    if seen and seen != age_digest(stored):
        raise ValidationError(_("Somebody changed the age in the meantime. Open the page again."))
    if date_of_birth is not None:
        check_date_of_birth(date_of_birth)
        age_group = age_group_on(date_of_birth, today_at(stored.enterprise))
    before = {"age_group": stored.age_group, "date_of_birth": _iso(birthday_of(stored))}
    after = {"age_group": str(age_group), "date_of_birth": _iso(date_of_birth)}
    if before == after:
        return stored
    stored.age_group, stored.date_of_birth = after["age_group"], after["date_of_birth"]
    stored.save(update_fields=["age_group", "date_of_birth"])
    record("person.age", stored, by=by, before=before, after=after)
    return stored


def check_date_of_birth(day: date) -> None:
    """Raise ValidationError unless somebody of the school can be born on this day."""
    if day > timezone.localdate():
        raise ValidationError({"date_of_birth": _("The date of birth is in the future.")})
    if timezone.localdate().year - day.year > MAX_AGE_YEARS:
        raise ValidationError({"date_of_birth": _("The date of birth is too long ago.")})


@service
def record_consent(
    *, person: User, by: User | None, state: str, day: date, guardian: str, how: str
) -> Consent:
    """Record that consent was given or withdrawn on a day.

    Raise ValidationError for a day in the future, or if consent that nobody gave is withdrawn.
    """
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    if day > today_at(stored.enterprise):
        raise ValidationError({"day": _("Enter today or an earlier day.")})
    if state == ConsentState.WITHDRAWN and stored.consent != ConsentState.GIVEN:
        raise ValidationError({"state": _("No consent is recorded that could be withdrawn.")})
    before = {"consent": stored.consent}
    consent = Consent.objects.create(
        enterprise=stored.enterprise,
        person=stored,
        state=state,
        day=day,
        guardian=guardian,
        how=how,
        by=by,
    )
    stored.consent = state
    stored.save(update_fields=["consent"])
    after = {"consent": state, "day": day, "how": how}
    record("person.consent", stored, by=by, before=before, after=after)
    return consent


def record_view(*, person: User, by: User) -> None:
    """Record that somebody saw the date of birth and the guardians in clear, if there are any."""
    names = ["date_of_birth"] * bool(person.date_of_birth)
    names += ["guardian"] * Consent.objects.filter(person=person, guardian__isnull=False).exists()
    if names:
        record_data_access("person.reveal", [person], names, by=by, reason=_("opened age and consent"))


def age_digest(person: User) -> str:
    """Return a digest of what is stored about the age, by which a concurrent change is noticed."""
    return value_digest([_iso(birthday_of(person)), person.age_group])


def birthday_of(person: User) -> date | None:
    """Return the date of birth, decrypted."""
    return date.fromisoformat(person.date_of_birth.reveal()) if person.date_of_birth else None


def current_age_group(person: User) -> str:
    """Return the age group of today: by the date of birth, or as stored without one."""
    born = birthday_of(person)
    return age_group_on(born, today_at(person.enterprise)) if born else str(person.age_group)


def sees_age(reader: User, action: str = "view") -> bool:
    """Whether this user may see age groups and consent."""
    return field_visibility(reader, action, "person").get("age_group") == FieldVisibility.CLEAR


def today_at(school: Enterprise) -> date:
    """Return the day in the time zone of the school."""
    return timezone.localdate(timezone=school.tz)


def refresh_age_groups() -> int:
    """Bring the age groups of people who had a birthday up to date; return how many changed.

    Adults stay adults, so that only the dates of minors are decrypted.
    """
    people = User.objects.filter(date_of_birth__isnull=False).exclude(age_group=AgeGroup.ADULT)
    changed = 0
    for person in people.select_related("enterprise").order_by("pk").iterator(chunk_size=1_000):
        group = current_age_group(person)
        if group != person.age_group:
            same = User.objects.filter(pk=person.pk, age_group=person.age_group)
            changed += same.update(age_group=group)
    return changed


def _iso(day: date | None) -> Any:
    return day.isoformat() if day else None

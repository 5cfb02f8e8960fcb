"""Give a row of what waits to another person of the office, on whose Today it stands first."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Case, Model, QuerySet, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.audit.trail import record
from console.concurrency import service
from console.lists.models import WaitingMark
from console.notifications.services import notify
from console.notifications.topics import Topic, register_topic
from console.notifications.types import NotificationType, register_type
from console.ui.waiting import RowName, waits_for

#: Who can be given something: those for whom rows wait that they may settle.
ROLES = ("admin", "superadmin", "teacher")
#: Days after which it is forgotten to whom a row was given.
KEPT_DAYS = 90


def people_to_give_to(by: Any, concerned: Collection[int]) -> QuerySet[Any]:
    """Return the others of the school who can be given something: whom it concerns, then administrators."""
    first = Case(When(pk__in=concerned, then=0), default=1)
    people = get_user_model()._default_manager.filter(enterprise=by.enterprise_id, is_active=True)
    return people.filter(role__in=ROLES).exclude(pk=by.pk).order_by(first, "role", "nickname", "pk")


def given_in_school(enterprise_id: int | None) -> QuerySet[WaitingMark]:
    """Return the marks of what is given to people of a school, with both people."""
    marks = WaitingMark.objects.filter(enterprise=enterprise_id, given_by__isnull=False)
    return marks.select_related("user", "given_by")


@service
def give(*, name: RowName, row: Model, to: Any, by: Any) -> None:
    """Give a row to `to`, in place of whom it was given to before, and notify them.

    Raise ValidationError if it does not wait for them: they could not settle it.
    """
    if waits_for(to, name) is None:
        raise ValidationError(
            _("This does not wait for this person, who cannot settle it. Choose somebody else.")
        )
    now = timezone.now()
    given_in_school(by.enterprise_id).filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    former = _end(name, by)
    mark, _is_new = WaitingMark.objects.update_or_create(
        user=to,
        kind=name.kind,
        model=name.model,
        row=name.key,
        defaults={"enterprise": by.enterprise, "given_by": by, "until": None, "created_at": now},
    )
    before = {"person": former.user.user_id} if former else None
    record("waiting.give", row, by=by, before=before, after={"person": to.user_id})
    key = f"waiting {mark.pk} {now.isoformat()}"
    notify("waiting.given", people=[to], key=key, args={"by": str(by)}, link=reverse("classes:home"))


@service
def take_back(*, name: RowName, row: Model, by: Any) -> bool:
    """Take a row back from whom it was given to; return False if nobody has it."""
    former = _end(name, by)
    if former is not None:
        record("waiting.take_back", row, by=by, before={"person": former.user.user_id})
    return former is not None


def _end(name: RowName, by: Any) -> WaitingMark | None:
    """Return the mark that gave the row to somebody, and end it. What they put off stays put off."""
    marks = given_in_school(by.enterprise_id).select_for_update(of=("self",))
    mark = marks.filter(kind=name.kind, model=name.model, row=name.key).first()
    if mark is not None and mark.until is not None:
        mark.given_by = None
        mark.save(update_fields=["given_by"])
    elif mark is not None:
        WaitingMark.objects.filter(pk=mark.pk).delete()
    return mark


register_topic(Topic("waiting", gettext_lazy("What is given to you on Today"), ROLES))
register_type(
    NotificationType(
        "waiting.given",
        gettext_lazy("%(by)s gave you something to do"),
        gettext_lazy("It stands first on Today until it is settled."),
        "waiting",
        icon="user-share",
    )
)

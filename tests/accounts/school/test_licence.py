"""The end of a licence is announced 30, 7 and 1 days before and on the day: each once, to those who act."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.models import Enterprise, Role, User
from accounts.school import licence
from accounts.tasks import check_school_deadlines
from console.notifications.models import Notification
from console.notifications.types import notification_text
from console.ui.date_words import in_words
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_text

DAY = timedelta(days=1)


@pytest.fixture
def ending(school: Enterprise, quinn: User, alice: User, bob: User, charlie: User) -> Enterprise:
    """Wonderland, whose licence ends in 40 days."""
    begun = timezone.now() - 100 * DAY
    Enterprise.objects.filter(pk=school.pk).update(create_time=begun, valid_seconds=140 * 86_400)
    create_person(school, "gone", Role.ADMIN)
    User.objects.filter(user_id="gone").update(is_active=False)
    return Enterprise.objects.get(pk=school.pk)


def notified() -> list[tuple[str, str]]:
    return sorted(Notification.objects.values_list("person__user_id", "kind"))


def test_each_step_is_announced_once_to_those_who_can_renew_it(ending: Enterprise) -> None:
    counts = {}
    for days in range(45):
        with time_machine.travel(ending.licence_ends_at + (days - 40) * DAY + timedelta(minutes=1)):
            counts[40 - days] = licence.notify_licence_ends()
            assert licence.notify_licence_ends() == 0
    assert {left: count for left, count in counts.items() if count} == {30: 2, 7: 2, 1: 2, 0: 2}
    kinds = ["school.licence_ends", "school.licence_over", "school.licence_soon", "school.licence_soon"]
    assert notified() == [(who, kind) for who in ("alice", "quinn") for kind in kinds]


def test_a_console_that_was_off_announces_the_nearest_step_alone(ending: Enterprise) -> None:
    with time_machine.travel(ending.licence_ends_at - 5 * DAY):
        assert check_school_deadlines() == 2
    assert [kind for _who, kind in notified()] == ["school.licence_soon"] * 2


def test_the_end_of_a_renewed_licence_is_announced_anew(ending: Enterprise) -> None:
    with time_machine.travel(ending.licence_ends_at - 20 * DAY):
        assert licence.notify_licence_ends() == 2
        Enterprise.objects.filter(pk=ending.pk).update(valid_seconds=ending.valid_seconds + 365 * 86_400)
        assert licence.notify_licence_ends() == 0
    with time_machine.travel(ending.licence_ends_at + 345 * DAY):
        assert licence.notify_licence_ends() == 2


def test_nothing_is_announced_while_the_end_is_not_known(school: Enterprise, alice: User) -> None:
    assert licence.notify_licence_ends() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_names_the_day_in_the_schools_zone_and_leads_to_its_page(
    ending: Enterprise, alice: User, language: str
) -> None:
    with time_machine.travel(ending.licence_ends_at - 5 * DAY):
        licence.notify_licence_ends()
    notice = Notification.objects.filter(person=alice).get()
    with translation.override(language):
        words = notification_text(notice.kind, notice.args)
        assert in_words(ending.licence_ends_at.astimezone(ending.tz).date()) in words.title
    assert "5" in words.text
    assert notice.link == "/school/"


def test_the_home_page_counts_the_days(ending: Enterprise, alice: User) -> None:
    assert "The licence expires in" not in page_text(client_for(alice).get("/"))
    Enterprise.objects.filter(pk=ending.pk).update(valid_seconds=105 * 86_400 + 60)
    assert "The licence expires in 5 days." in page_text(client_for(alice).get("/"))

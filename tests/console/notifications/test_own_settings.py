"""Changes of one's own notification settings at once: none is lost."""

from datetime import time

import pytest

from accounts.models import User
from console.concurrency import EditConflict
from console.notifications.own_settings import change_own_settings, own_settings
from console.notifications.preferences import save_preferences

pytestmark = pytest.mark.django_db


def test_changes_of_different_topics_are_both_saved(alice: User) -> None:
    seen = own_settings(alice).digests()
    save_preferences(alice, {"mail-reminders": "daily"}, console=False)
    wanted = {"lessons": {"mail": "weekly"}}
    after = change_own_settings(person=alice, topics=wanted, hours={}, seen=seen)
    assert after.topics["reminders"].channels.mail == "daily"
    assert after.topics["lessons"].channels.mail == "weekly"


def test_a_topic_that_changed_meanwhile_is_a_conflict(alice: User) -> None:
    seen = own_settings(alice).digests()
    save_preferences(alice, {"mail-lessons": "daily"}, console=False)
    for wanted in ({"mail": "weekly"}, {"console": False}):
        with pytest.raises(EditConflict):
            change_own_settings(person=alice, topics={"lessons": wanted}, hours={}, seen=seen)
    same = change_own_settings(person=alice, topics={"lessons": {"mail": "daily"}}, hours={}, seen=seen)
    assert same.topics["lessons"].channels.mail == "daily"


def test_quiet_hours_that_changed_meanwhile_are_a_conflict(alice: User) -> None:
    seen = own_settings(alice).digests()
    hours = {"quiet_from": time(21), "quiet_until": time(6)}
    change_own_settings(person=alice, topics={}, hours=hours, seen=seen)
    with pytest.raises(EditConflict):
        change_own_settings(person=alice, topics={}, hours=hours | {"quiet_from": time(22)}, seen=seen)
    stored = own_settings(alice)
    assert (stored.quiet_from, stored.quiet_until) == (time(21), time(6))
    half = change_own_settings(person=alice, topics={}, hours={"quiet_until": time(7)}, seen=stored.digests())
    assert (half.quiet_from, half.quiet_until) == (time(21), time(7))

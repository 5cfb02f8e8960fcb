"""Every state that a row can show has its word, its icon and its next step."""

import pytest

from console.assets import icon_shape
from console.badges import SYNC, sync_badge
from console.outbox.states import SyncState


@pytest.mark.parametrize("state", SyncState.values)
def test_every_state_of_a_row_has_a_badge_with_a_next_step(state: str) -> None:
    badge = SYNC[state]
    assert str(badge.word)
    assert str(badge.next_step)
    assert icon_shape(badge.icon)


def test_only_states_that_want_a_person_are_trouble() -> None:
    trouble = {state for state, badge in SYNC.items() if badge.trouble}
    assert trouble == {"held", "refused", "needs_you", "changed_outside", "gone"}


def test_a_state_from_the_future_is_shown_by_its_name() -> None:
    assert sync_badge("quarantined").word == "quarantined"

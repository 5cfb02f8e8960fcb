"""Every state that a row can show has its word, its icon and its next step."""

import pytest

from console.outbox.states import SyncState
from console.ui.assets import icon_svg_body
from console.ui.badges import SYNC_BADGES, sync_badge


@pytest.mark.parametrize("state", SyncState.values)
def test_every_state_of_a_row_has_a_badge_with_a_next_step(state: str) -> None:
    badge = SYNC_BADGES[state]
    assert str(badge.word)
    assert str(badge.next_step)
    assert icon_svg_body(badge.icon)


def test_only_states_that_want_a_person_are_trouble() -> None:
    trouble = {state for state, badge in SYNC_BADGES.items() if badge.trouble}
    assert trouble == {"held", "refused", "needs_you", "changed_outside", "gone"}


def test_a_state_from_the_future_is_shown_by_its_name() -> None:
    assert sync_badge("quarantined").word == "quarantined"

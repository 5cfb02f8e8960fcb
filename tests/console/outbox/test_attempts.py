"""What the page of an operation says of each try."""

import pytest
from django.utils import translation

from console.outbox.models import Attempt
from console.outbox.presentation import AttemptRow


@pytest.mark.parametrize(
    ("outcome", "http_status", "code", "says"),
    [
        ("unknown", None, None, "iclass did not answer."),
        ("not_reached", None, None, "iclass could not be reached."),
        ("unknown", 502, None, "iclass sent an answer that could not be read."),
        ("refused", 200, 10217, "iclass rejected the API key."),
    ],
)
def test_a_try_that_failed_says_why_in_the_readers_words(outcome, http_status, code, says):
    tried = Attempt(outcome=outcome, http_status=http_status, error_code=code, message="class/modify: cut")
    with translation.override("en"):
        assert str(AttemptRow(tried).why) == says


def test_a_try_that_went_well_says_nothing():
    assert AttemptRow(Attempt(outcome="found", http_status=200, error_code=0)).why == ""


@pytest.mark.parametrize(
    ("outcome", "code", "tone"),
    [
        ("ok", 0, "ok"),
        ("found", None, "ok"),
        ("unknown", 10217, "warn"),
        ("refused", 10217, "bad"),
        ("unrecorded", None, "idle"),
    ],
)
def test_the_colour_of_a_try_says_whether_it_went_well_is_unclear_or_was_refused(outcome, code, tone):
    assert AttemptRow(Attempt(outcome=outcome, error_code=code)).tone == tone

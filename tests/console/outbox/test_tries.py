"""What the page of an operation says of each try."""

import pytest
from django.utils import translation

from console.outbox.lines import Try
from console.outbox.models import Attempt


@pytest.mark.parametrize(
    ("outcome", "http_status", "code", "says"),
    [
        ("unknown", None, None, "The answer was lost on the way."),
        ("not_reached", None, None, "The iclass service could not be reached."),
        ("unknown", 502, None, "The service answered in a form that nobody can read."),
        ("refused", 200, 10217, "The service refused our key."),
    ],
)
def test_a_try_that_failed_says_why_in_the_readers_words(outcome, http_status, code, says):
    tried = Attempt(outcome=outcome, http_status=http_status, error_code=code, message="class/modify: cut")
    with translation.override("en"):
        assert str(Try(tried).why) == says


def test_a_try_that_went_well_says_nothing():
    assert Try(Attempt(outcome="found", http_status=200, error_code=0)).why == ""

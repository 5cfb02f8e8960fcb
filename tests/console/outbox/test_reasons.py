"""Every error code of the service and every stop of ours: a sentence and a next step, in both languages."""

import pytest
from django.utils import translation

from console.outbox.reasons import REASONS, reason_text

#: The codes of the later revision of the document, and those that only the vendor's own client knows.
CODES = (
    *(-1, 10000, 10001, 10002, 10003, 10005, 10200, 10201, 10202, 10203, 10210, 10211, 10212, 10213, 10214),
    *(10215, 10216, 10217, 10218, 10220, 10221, 10222, 10223, 10224, 10225, 10226, 10227, 10228, 10230),
    *(10240, 10250, 10270, 10280, 10300),
)


@pytest.mark.parametrize("code", CODES)
def test_a_code_of_the_service_is_explained(code: int) -> None:
    words = REASONS[str(code)]
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert len(str(words.what)) > 4
            assert len(str(words.next)) > 4
            assert str(code) not in str(words.what)


@pytest.mark.parametrize("reason", REASONS)
def test_no_reason_is_left_in_english_for_a_chinese_reader(reason: str) -> None:
    words = REASONS[reason]
    with translation.override("en"):
        english = (str(words.what), str(words.next))
    with translation.override("zh-hans"):
        assert (str(words.what), str(words.next)) != english
        assert all(
            any("一" <= letter <= "龥" for letter in said) for said in map(str, (words.what, words.next))
        )


def test_a_code_that_nobody_knows_is_named_with_what_to_do() -> None:
    with translation.override("en"):
        words = reason_text("4711")
        assert "4711" in str(words.what)
        assert "iclass support" in str(words.next)

"""Each setting that makes no sense is refused at start, by its number."""

import pytest

from console.checks import settings_make_sense


def numbers():
    return {message.id for message in settings_make_sense()}


def test_the_settings_of_the_tests_make_sense():
    assert numbers() == set()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("FIELD_KEYS", [], "console.E001"),
        ("FIELD_KEYS", ["short"], "console.E002"),
        ("ICLASS_BASE_URL", "iclass.api.qcloud.com", "console.E003"),
        ("ICLASS_BASE_URL", "https://iclass.api.qcloud.com/paas/v1", "console.E003"),
        ("PUBLIC_URL", "console.example", "console.E004"),
        ("ICLASS_SIGNATURE_LIFE_S", 86400, "console.E005"),
        ("LEASE_S", 10, "console.E006"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_with_a_hint(settings, name, value, number):
    setattr(settings, name, value)
    assert numbers() == {number}
    assert all(message.hint for message in settings_make_sense())


def test_debug_is_refused_at_an_address_that_others_reach(settings):
    settings.PUBLIC_URL, settings.DEBUG = "https://console.example", True
    assert numbers() == {"console.E007"}

"""Each page with personal data says how long they are kept, by the settings of the school."""

import pytest
from django.urls import reverse

from accounts.models import Enterprise
from accounts.school.retention import ALWAYS_KEPT, CATEGORIES, retention_sentence
from tests.support.page_client import LANGUAGES, client_for, page_says

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("audit:entries", ALWAYS_KEPT["audit"]),
        ("audit:looks", ALWAYS_KEPT["audit"]),
        ("classes:leaves", ALWAYS_KEPT["leave"]),
    ],
)
def test_what_is_always_kept_says_so(alice, name, sentence, language):
    page = client_for(alice, language).get(reverse(name))
    assert page_says(page, str(sentence), language)


def test_the_page_of_a_person_says_until_when(alice, bob):
    page = client_for(alice).get(f"/people/{bob.pk}/")
    assert page_says(page, "Kept until the personal data of this person are erased.")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("classes:recordings", "keep_recordings_days"),
        ("inbox:callbacks", "keep_messages_days"),
        ("notices:notices", "keep_notices_days"),
    ],
)
def test_a_page_shows_the_period_that_the_school_chose(alice, name, column):
    assert "kept indefinitely" in client_for(alice).get(reverse(name)).content.decode()
    Enterprise.objects.filter(pk=alice.enterprise_id).update(**{column: 77})
    assert " 77 days." in client_for(alice).get(reverse(name)).content.decode()


@pytest.mark.parametrize("column", sorted(CATEGORIES))
def test_every_category_has_a_sentence(school, column):
    setattr(school, column, 60)
    assert "60" in retention_sentence(school, column)
    setattr(school, column, None)
    assert "60" not in retention_sentence(school, column)

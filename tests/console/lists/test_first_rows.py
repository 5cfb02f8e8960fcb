"""The first rows of a list know whether there are more, and the sentence below them says so."""

import pytest
from django.template.loader import render_to_string

from accounts.models import User
from console.lists.first_rows import first_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "alice", "bob", "charlie")]


def test_the_last_row_is_not_taken_for_one_of_many() -> None:
    people = User.objects.order_by("user_id")
    three, two = first_rows(people, 3), first_rows(people, 2)
    assert (len(three), three.more, three.number) == (3, False, "3")
    assert (len(two), two.more, two.number) == (2, True, "2+")
    assert two.map(str) == [str(one) for one in people[:2]]
    assert two.map(str).more


def test_the_sentence_names_how_many_and_where_the_others_are() -> None:
    people = User.objects.order_by("user_id")
    context = {"rows": first_rows(people, 2), "more_url": "/people/", "more_label": "Show all"}
    text = render_to_string("partials/more_rows.html", context)
    assert "Only the first 2 are shown." in text
    assert '<a href="/people/">Show all</a>' in text
    assert not render_to_string("partials/more_rows.html", {"rows": first_rows(people, 3)}).strip()

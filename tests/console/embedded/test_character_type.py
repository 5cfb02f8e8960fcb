"""The embedded database knows Chinese letters, or trigram indexes would leave out Chinese names."""

import locale

import pytest
from django.db import connection


@pytest.mark.django_db
def test_trigrams_are_made_of_chinese_characters() -> None:
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        pytest.skip("this machine has no C.UTF-8")
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm('陈伟')")
        assert len(cursor.fetchone()[0]) == 3

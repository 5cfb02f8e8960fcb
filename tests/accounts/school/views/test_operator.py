"""An operator adds a school: number and key in, the rest from the service."""

import pytest

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.support.cast import TIC_KEY
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text
from tests.support.sandbox import Sandbox

PAGE = "/schools/new/"
NEW = {"name": "Looking-Glass", "sdkappid": "1400000009", "tic_key": TIC_KEY}


def test_an_operator_adds_a_school_and_hears_at_once_whether_the_key_fits(
    olga: User, iclass: Sandbox
) -> None:
    answer = client_for(olga).post(PAGE, NEW, follow=True)
    added = Enterprise.objects.get(sdkappid=1400000009)
    assert (added.name, added.tic_key.reveal()) == ("Looking-Glass", TIC_KEY)
    assert Operation.objects.get().kind == "school.pull"
    assert "“Looking-Glass” has been added." in page_text(answer)
    assert TIC_KEY not in page_text(answer)
    acts = {entry.action for entry in AuditEntry.objects.filter(enterprise=added)}
    assert acts == {"school.add", "school.test"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_that_is_taken_and_a_missing_key_are_told_at_their_field(
    olga: User, school: Enterprise, language: str
) -> None:
    answer = client_for(olga, language).post(PAGE, NEW | {"sdkappid": str(school.sdkappid), "tic_key": ""})
    assert set(answer.context["form"].errors) == {"sdkappid", "tic_key"}
    assert page_says(answer, "A school with this number (SDKAppID) already exists.", language)
    assert Enterprise.objects.count() == 1


def test_nobody_of_a_school_adds_one(quinn: User, alice: User) -> None:
    assert [client_for(one).post(PAGE, NEW).status_code for one in (quinn, alice)] == [403, 403]
    assert Enterprise.objects.count() == 1

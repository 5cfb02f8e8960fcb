"""The generic pages as a reader gets them, drawn without a database."""

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Enterprise, User
from console.outbox.states import SyncState
from console.ui.template_tags import person, sync_badge_tag

#: The menu counts what waits for the reader, so that a page with a menu reads the database.
pytestmark = [pytest.mark.urls("tests.support.stub_urls"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _english():  # type: ignore[no-untyped-def]
    with translation.override("en"):
        yield


def page(template: str, context: dict[str, Any], path: str = "/", signed_in: bool = True) -> str:
    request = RequestFactory().get(path)
    school = Enterprise(pk=1, name="Sunshine <School>")
    request.user = User(pk=1, role="admin", nickname="Alice", enterprise=school)
    if not signed_in:
        request.user = SimpleNamespace(is_authenticated=False)  # type: ignore[assignment]
    return render_to_string(template, context, request=request)


class LessonForm(forms.Form):
    topic = forms.CharField(max_length=50)
    kind = forms.ChoiceField(choices=[("1", "one")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


def test_the_frame_has_its_landmarks_and_its_menu() -> None:
    text = page("generic/detail.html", {"title": "Fractions"})
    for part in ('<main id="content"', '<header class="top"', 'href="#content"', "Today", "<h1>Fractions"):
        assert part in text
    assert "Sunshine &lt;School&gt;" in text
    assert "All times are in Beijing time (UTC+8)." in text


def test_a_form_with_errors_links_each_to_its_field_and_keeps_what_was_typed() -> None:
    form = LessonForm({"topic": "x" * 51, "note": "keep <me>"})
    text = page("generic/form.html", {"title": "Schedule", "form": form, "cancel_url": "/back/"})
    assert 'href="#id_topic"' in text
    assert 'href="#id_kind_0"' in text or 'href="#id_kind"' in text
    assert 'id="id_topic_error"' in text
    assert 'value="keep &lt;me&gt;"' in text
    assert "<title>Error: Schedule" in text


def test_every_link_of_the_error_list_has_a_target() -> None:
    text = page("generic/form.html", {"title": "Schedule", "form": LessonForm({})})
    for target in ("id_topic", "id_kind"):
        assert f'href="#{target}"' in text
        assert f'id="{target}"' in text


def test_an_empty_list_says_what_to_do_and_an_empty_search_how_to_leave_it() -> None:
    nothing = Paginator([], 10).get_page(1)
    context = {"title": "People", "page_obj": nothing, "search_label": "Name"}
    assert "Nothing here yet" in page("generic/list.html", context)
    searched = page("generic/list.html", context, "/?q=zzz")
    assert "No matching entries. Try fewer keywords, or view all entries." in searched
    assert 'value="zzz"' in searched


def test_paging_keeps_the_search_in_the_address() -> None:
    context = {"title": "People", "page_obj": Paginator(list(range(30)), 10).get_page(2)}
    text = page("generic/list.html", context, "/?q=li&page=2")
    assert "q=li&amp;page=3" in text
    assert "Page 2 of 3" in text


def test_a_big_list_is_paged_by_its_keys() -> None:
    context = {"title": "Operations", "keyset": SimpleNamespace(rows=[1], next="abc")}
    text = page("generic/list.html", context, "/?after=zz&state=refused")
    assert "after=abc" in text
    assert 'href="?state=refused"' in text


@pytest.mark.parametrize("state", SyncState.values)
def test_a_state_is_word_and_icon_and_its_reason_shows_in_trouble(state: str) -> None:
    reason = SimpleNamespace(what="teacher <unknown>")
    row = SimpleNamespace(sync_state=state, remote_id="7", sync_reason_text=reason)
    text = sync_badge_tag(row)
    assert "<svg" in text
    trouble = state in ("held", "refused", "needs_you", "changed_outside", "gone")
    assert ("teacher &lt;unknown&gt;" in text) == trouble


def test_a_person_is_shown_with_what_tells_two_of_one_name_apart_and_nothing_of_it_is_markup() -> None:
    somebody = SimpleNamespace(pk=7, nickname="Li <b>", user_id='"li"')
    assert '<a href="' in person(somebody)
    unlinked = person(somebody, link="no")
    assert "<a " not in unlinked
    assert "<span>Li &lt;b&gt;</span><small>&quot;li&quot;</small>" in unlinked
    assert "<span>&quot;li&quot;</span>" in person(
        SimpleNamespace(pk=7, nickname="", user_id='"li"'), link="no"
    )


def test_a_question_leads_to_its_plain_page_where_no_script_runs() -> None:
    context = {"id": "ask", "url": "/lessons/1/cancel/", "question": "Cancel?", "submit_label": "Cancel it"}
    text = page("partials/confirm.html", context)
    assert 'href="/lessons/1/cancel/" data-dialog="ask"' in text
    assert 'method="post" action="/lessons/1/cancel/"' in text
    assert "csrfmiddlewaretoken" in text


def test_a_copied_text_cannot_break_out_of_its_attribute() -> None:
    text = render_to_string("partials/copy.html", {"text": '"><b>', "label": "Link", "id": "link"})
    assert "<b>" not in text


@pytest.mark.parametrize("name", ["403.html", "404.html"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_an_error_page_fits_its_reader(name: str, signed_in: bool) -> None:
    assert ('id="messages"' in page(name, {}, signed_in=signed_in)) is True
    assert ('class="side"' in page(name, {}, signed_in=signed_in)) is signed_in


def test_the_page_of_our_own_fault_needs_no_context() -> None:
    text = get_template("500.html").render()
    assert 'href="/static/css/error.css"' in text
    assert "<script" not in text

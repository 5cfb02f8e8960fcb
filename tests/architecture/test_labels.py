"""Labels tell the fields of a model or form apart, and contexts tell the meanings of a word apart."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from django import forms
from django.apps import apps
from django.forms.utils import pretty_name
from django.urls import get_resolver
from django.utils import translation
from jinja2 import Environment, nodes

from tests.architecture.test_translations import CATALOGUES, IN_CONTEXT, calls, constant, entries, sources
from tests.support.environment import ROOT
from tests.support.page_client import LANGUAGES

OURS = ("accounts.", "classes.", "console.", "documents.")
CONTEXT_IN_TEMPLATES = re.compile(
    r"""{%\s*(?:translate|blocktrans(?:late)?)\b[^%]*?\bcontext\s+(?:"([^"]+)"|'([^']+)')"""
)


def twice(labels: Iterable[object]) -> list[str]:
    counts = Counter(str(label).casefold() for label in labels if label)
    return [label for label, number in counts.items() if number > 1]


def form_classes() -> Iterator[type[forms.BaseForm]]:
    """All forms of ours, which the URLconf imports."""
    assert get_resolver("console.urls").url_patterns
    found: list[type[forms.BaseForm]] = [forms.BaseForm]
    for form in found:
        found += [one for one in form.__subclasses__() if one not in found]
        if form.__module__.startswith(OURS):
            yield form


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_fields_of_a_model_have_one_label(language: str) -> None:
    with translation.override(language):
        found = {
            model._meta.label: labels
            for model in apps.get_models()
            if model.__module__.startswith(OURS)
            and (labels := twice(f.verbose_name for f in (*model._meta.fields, *model._meta.many_to_many)))
        }
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_fields_of_a_form_have_one_label(language: str) -> None:
    with translation.override(language):
        found = {
            f"{form.__module__}.{form.__qualname__}": labels
            for form in form_classes()
            if (
                labels := twice(
                    pretty_name(name) if field.label is None else field.label
                    for name, field in form.base_fields.items()  # type: ignore[attr-defined]
                    if not field.widget.is_hidden
                )
            )
        }
    assert found == {}


def test_every_context_of_the_catalogue_is_used() -> None:
    """An entry that no call looks up leaves the other meaning of its msgid in its place."""
    looked_up = set(contexts_of_modules()) | set(contexts_of_templates())
    unused = {
        f"{entry['msgctxt']}: {entry['msgid']}"
        for entry in entries(CATALOGUES[0])
        if "msgctxt" in entry and not {(entry["msgctxt"], entry["msgid"]), (entry["msgctxt"], "")} & looked_up
    }
    assert unused == set()


def contexts_of_modules() -> Iterator[tuple[str, str]]:
    for _, tree in sources(r"\bn?pgettext"):
        for name, call in calls(tree):
            if name in IN_CONTEXT:
                yield constant(call.args[0]), constant(call.args[1])


def contexts_of_templates() -> Iterator[tuple[str, str]]:
    """The contexts of templates; in those of Django without the msgid, which may be a whole block."""
    for template in (ROOT / "templates").rglob("*.html"):
        for match in CONTEXT_IN_TEMPLATES.finditer(template.read_text(encoding="utf-8")):
            yield match[1] or match[2], ""
    for template in (ROOT / "templates").rglob("*.jinja"):
        tree = Environment(extensions=["jinja2.ext.do"]).parse(template.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if getattr(call.node, "name", "") in IN_CONTEXT:
                context, msgid = (getattr(one, "value", "") for one in call.args[:2])
                yield context, msgid

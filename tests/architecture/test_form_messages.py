"""No form says a sentence of Django's: each message that one can produce is ours, in both languages."""

from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.auth.password_validation import get_default_password_validators
from django.utils import translation

from tests.architecture.test_labels import form_classes
from tests.architecture.test_translations import entries

#: Language → folder of its catalogue.
FOLDERS = {"en": "en", "zh-hans": "zh_Hans"}
PACKAGES = ("django.conf", "django.contrib.admin", "django.contrib.auth", "django.contrib.postgres")


def filled_in(message: Any) -> str:
    """A message with a 3 in each of its places."""
    try:
        return str(message % defaultdict(lambda: 3))
    except (TypeError, ValueError):
        return str(message)


def sentences_of_django(language: str) -> set[str]:
    found = set()
    for package in PACKAGES:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin).parent / f"locale/{FOLDERS[language]}/LC_MESSAGES/django.po"
        parts = ("msgid", "msgid_plural") if language == "en" else ("msgstr", "msgstr[0]")
        found |= {one[part] for one in entries(path) for part in parts if one.get(part)}
    return {filled_in(one.replace('\\"', '"').replace("\\n", "\n")) for one in found}


def messages_of_validators(validators: Any, own: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The messages of these validators; those that a field has of its own for their codes come first."""
    for validator in validators:
        if not hasattr(validator, "message") and not hasattr(validator, "messages"):
            assert not validator.__module__.startswith("django."), validator
            continue
        messages = getattr(validator, "messages", None) or {validator.code: validator.message}
        yield from ((code, own.get(code, message)) for code, message in messages.items())


def messages_of_field(field: Any) -> Iterator[tuple[str, Any]]:
    yield from field.error_messages.items()
    yield from messages_of_validators(field.validators, field.error_messages)
    for part in getattr(field, "fields", ()):
        yield from messages_of_field(part)


def messages_of_model(form: Any) -> Iterator[tuple[str, str, Any]]:
    """Field, code and message of what the model of a form says after the fields of the form."""
    options = form._meta.model._meta
    fields = {field.name: field for field in (*options.fields, *options.many_to_many)}
    for name in fields.keys() & form.base_fields:
        field = fields[name]
        reached = {"null", "blank", "invalid_choice", "unique", *(["invalid"] if field.is_relation else [])}
        for code in reached & field.error_messages.keys():
            yield name, code, field.error_messages[code]
        for code, message in messages_of_validators(field.validators, field.error_messages):
            yield name, code, message
    for constraint in options.constraints:
        yield "__all__", constraint.name, constraint.violation_error_message


def messages_of(form: Any) -> Iterator[tuple[str, str, Any]]:
    """Field, code and message of everything that a form can say by itself."""
    for name, field in form.base_fields.items():
        yield from ((name, code, message) for code, message in messages_of_field(field))
    if issubclass(form, forms.ModelForm) and form._meta.model:
        yield from messages_of_model(form)
    yield from (("__all__", code, message) for code, message in getattr(form, "error_messages", {}).items())


def in_language(message: Any, language: str) -> str:
    with translation.override(language):
        return filled_in(message)


@pytest.mark.parametrize("language", FOLDERS)
def test_no_form_says_a_sentence_of_django(language: str) -> None:
    theirs = sentences_of_django(language)
    assert len(theirs) > 300, "the catalogues were read"
    found = {
        f"{form.__module__}.{form.__qualname__}.{field}.{code}": said
        for form in form_classes()
        for field, code, message in messages_of(form)
        if (said := in_language(message, language)) in theirs
    }
    assert found == {}


def test_every_message_of_a_form_is_translated() -> None:
    found = {
        said
        for form in form_classes()
        for _field, _code, message in messages_of(form)
        if (said := in_language(message, "zh-hans")) == in_language(message, "en")
    }
    assert found == set()


@pytest.mark.parametrize("language", FOLDERS)
def test_no_refusal_of_a_password_is_a_sentence_of_django(language: str) -> None:
    with translation.override(language):
        said = {
            filled_in(validator.get_error_message())
            for validator in get_default_password_validators()
            if hasattr(validator, "get_error_message")
        }
    assert len(said) == 4
    assert said & sentences_of_django(language) == set()

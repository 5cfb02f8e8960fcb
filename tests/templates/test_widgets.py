"""The templates of form widgets write what Django's do."""

import re
from typing import Any

import pytest
from django.forms import (
    CheckboxInput,
    DateInput,
    EmailInput,
    HiddenInput,
    NumberInput,
    PasswordInput,
    Select,
    SelectMultiple,
    TextInput,
    TimeInput,
    URLInput,
)
from django.forms.renderers import DjangoTemplates

from console.ui.form_renderer import JINJA_TEMPLATES, FormRenderer

CHOICES = [("", "---"), (1, "7A <b>"), ("Grade 8", [("2", "8A & “8B”"), (None, "none")])]
INPUTS = [
    CheckboxInput,
    DateInput,
    EmailInput,
    HiddenInput,
    NumberInput,
    PasswordInput,
    TextInput,
    TimeInput,
    URLInput,
]


def written(widget: Any, value: Any, renderer: Any, **attrs: Any) -> str:
    drawn = widget.render("group", value, {"id": "id_group"} | attrs, renderer)
    return re.sub(r"(?<=>)\s+(?=<)", "", re.sub(r"\s+", " ", drawn))


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (Select(choices=CHOICES), 1),
        (Select(attrs={"class": "form-select", "required": True, "hidden": False}, choices=CHOICES), "2"),
        (SelectMultiple(choices=CHOICES), ["1", "2"]),
        (Select(choices=[]), None),
    ],
)
def test_a_select_is_written_as_by_django(widget: Any, value: Any) -> None:
    ours, django = (written(widget, value, renderer) for renderer in (FormRenderer(), DjangoTemplates()))
    assert ours == django
    assert ours.count("selected") == len(value if isinstance(value, list) else [value] if value else [])


@pytest.mark.parametrize("widget", INPUTS)
@pytest.mark.parametrize("value", [None, "", "7 & <b>", 7, True])
def test_an_input_is_written_as_by_django(widget: Any, value: Any) -> None:
    attrs = {"class": "form-control", "required": True, "hidden": False, "maxlength": 7}
    ours, django = (
        written(widget(), value, renderer, **attrs) for renderer in (FormRenderer(), DjangoTemplates())
    )
    assert ours == django


def test_every_input_of_ours_is_tested() -> None:
    drawn = {widget.template_name for widget in (*INPUTS, Select)}
    assert drawn == set(JINJA_TEMPLATES)

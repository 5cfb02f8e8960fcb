"""Draws the widgets of forms: those of nearly every form as Jinja templates, the others as Django does.

Django includes a template for the attributes of each widget, and two for each option of a list to choose
from; with 200 groups to choose from that was a third of a page.
"""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.template.loader import get_template

_FOLDER = "django/forms/widgets"
#: The widgets that are an `<input>` and nothing else.
_INPUTS = ("checkbox", "date", "email", "hidden", "number", "password", "text", "time", "url")
JINJA_TEMPLATES = {f"{_FOLDER}/{name}.html": f"{_FOLDER}/input.jinja" for name in _INPUTS} | {
    f"{_FOLDER}/select.html": f"{_FOLDER}/select.jinja"
}


class FormRenderer(TemplatesSetting):
    """Finds templates in the project's folder, like the class of Django."""

    def get_template(self, template_name: str) -> Any:
        jinja = JINJA_TEMPLATES.get(template_name)
        return get_template(jinja, using="jinja2") if jinja else super().get_template(template_name)

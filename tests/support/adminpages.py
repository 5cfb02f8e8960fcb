"""Filling in the forms of the Django admin as a person would: what stands there is sent back."""

from typing import Any

from django.db.models import Model
from django.forms import Form, MultiWidget, PasswordInput
from django.test import Client
from django.urls import reverse

from accounts.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(row: Model | type[Model], act: str, *args: Any) -> str:
    """The address of an admin page of a model: page(lesson, "change", lesson.pk)."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{act}", args=args)


def fill(client: Client, url: str, **values: Any) -> Any:
    """Open a form, change some of it, send it; the answer is the form again where something is wrong."""
    opened = client.get(url)
    assert opened.status_code == 200, opened.status_code
    return client.post(url, sent_by(opened.context["adminform"].form) | values)


def sent_by(form: Form) -> dict[str, Any]:
    """What a browser would send of an untouched form."""
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if isinstance(widget, PasswordInput):
            continue
        if isinstance(widget, MultiWidget):
            for place, part in enumerate(widget.decompress(value)):
                data[f"{bound.html_name}_{place}"] = "" if part is None else str(part)
        elif value is not None and value is not False:
            data[bound.html_name] = value
    return data


def run_action(client: Client, rows: list[Any], action: str, **more: Any) -> Any:
    """Choose rows in the list and run an action on them."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(page(rows[0], "changelist"), chosen, follow=True)


def errors_of(response: Any) -> dict[str, list[str]]:
    """The sentences on a form that was sent back."""
    assert response.status_code == 200, response.status_code
    return {name: list(said) for name, said in response.context["adminform"].form.errors.items()}


def said_on(response: Any) -> str:
    """The messages on top of a page."""
    return " ".join(str(message) for message in response.context["messages"])

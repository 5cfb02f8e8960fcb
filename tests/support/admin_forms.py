"""Filling in the forms of the Django admin as a person would: what stands there is sent back."""

from typing import Any

from django.db.models import Model
from django.forms import Form, MultiWidget, PasswordInput
from django.test import Client
from django.urls import reverse

from accounts.models import User


def signed_in_client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def admin_url(row: Model | type[Model], act: str, *args: Any) -> str:
    """The address of an admin page of a model: page(lesson, "change", lesson.pk)."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{act}", args=args)


def submit_admin_form(client: Client, url: str, **values: Any) -> Any:
    """Open a form, change some of it, send it; the answer is the form again where something is wrong."""
    opened = client.get(url)
    assert opened.status_code == 200, opened.status_code
    return client.post(url, initial_form_data(opened.context["adminform"].form) | values)


def initial_form_data(form: Form) -> dict[str, Any]:
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
            if bound.field.show_hidden_initial:
                data[bound.html_initial_name] = value
    return data


def run_action(client: Client, rows: list[Any], action: str, **more: Any) -> Any:
    """Choose rows in the list and run an action on them."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(admin_url(rows[0], "changelist"), chosen, follow=True)


def form_errors(response: Any) -> dict[str, list[str]]:
    """The sentences on a form that was sent back."""
    assert response.status_code == 200, response.status_code
    return {name: list(said) for name, said in response.context["adminform"].form.errors.items()}


def messages_on(response: Any) -> str:
    """The messages on top of a page."""
    return " ".join(str(message) for message in response.context["messages"])

"""Views of masked contacts: shown once for a recorded reason, in place for htmx, else on a page."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from console.policy.views import SchoolView


class InPlaceReveal(SchoolView):
    """Base of pages that show contacts of a person; `partials/reveal.html` draws their link.

    The view has a form with a reason and the template `generic/confirm.html`; `back_url` is the page
    that has the link.
    """

    def back_url(self) -> str:
        raise NotImplementedError

    def get_template_names(self) -> list[str]:
        generic: Any = super()
        return ["partials/reveal_form.html"] if self.request.htmx else generic.get_template_names()

    def get_form_kwargs(self) -> dict[str, Any]:
        """Several of these forms may be open on one page, so that each has IDs of its own."""
        generic: Any = super()
        return {**generic.get_form_kwargs(), "auto_id": f"reveal-{self.kwargs['pk']}-%s"}

    def get_form(self, form_class: Any = None) -> Any:
        generic: Any = super()
        form = generic.get_form(form_class)
        form.fields["reason"].widget.attrs["autofocus"] = True
        return form

    def render_contacts(self, person: Any, names: Iterable[str], back_label: str) -> HttpResponse:
        """Return the contacts of these names, after their view was recorded."""
        contacts = {name: getattr(person, name) for name in names}
        template = "partials/revealed.html" if self.request.htmx else "generic/revealed.html"
        context = {"title": str(person), "contacts": contacts, "back_label": back_label}
        return render(self.request, template, context | {"back_url": self.back_url()})

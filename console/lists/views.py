"""Base class of pages with a list whose columns, order and density each reader chooses.

    class GroupList(TableView, ListView): resource, action = "group", "list"; table = GROUP_TABLE

The template extends `generic/list.html`. The list's own address also stores what its reader chooses, by POST
with the query string of the list.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from console.inputs.bounds import parse_id
from console.lists import services
from console.lists.forms import SaveViewForm, ViewNameForm
from console.lists.models import SavedView
from console.lists.state import TableState
from console.lists.tables import Density, ListTable
from console.policy import refusal_message, scoped
from console.policy.views import SchoolView


class KeysFirstPaginator(Paginator):
    """Finds the keys of a page before it joins what its rows show, in one query.

    Otherwise the database may join all rows of the school, and sort them afterwards.
    """

    def page(self, number: int | str) -> Any:
        found: Any = super().page(number)
        rows: Any = self.object_list
        found.object_list = rows.filter(pk__in=found.object_list.values("pk"))
        return found


class TableView(SchoolView):
    """`table` declares the list; `table_state` is how the reader sees it."""

    table: ClassVar[ListTable]
    reads_replica = True

    @cached_property
    def table_state(self) -> TableState:
        return TableState(self.table, self.request, self.default_sort)

    def default_sort(self) -> str:
        """Return how the rows are sorted where the reader chose nothing, if that depends on the filter."""
        return self.table.default_sort

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        generic: Any = super()
        state = self.table_state
        context: dict[str, Any] = generic.get_context_data(table=state, shown=state.shown, **kwargs)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Store a choice (`choice` names it) and show the list again."""
        choices: dict[str, Callable[[], str]] = {
            "columns": self._save_columns,
            "density": self._save_density,
            "save": self._save_view,
            "rename": self._rename_view,
            "delete": self._delete_view,
        }
        choose = choices.get(request.POST.get("choice", ""))
        if choose is None:
            raise BadRequest("unknown choice")
        if not self.table_state.may_save:
            raise PermissionDenied(refusal_message(self.request.user, "add", "saved_view"))
        try:
            query = choose()
        except ValidationError as error:
            self.warning(" ".join(error.messages))
            query = request.GET.urlencode()
        return redirect(f"{request.path}{'?' if query else ''}{query}")

    def _query(self, *without: str) -> str:
        """Return the query string of the list without these fields, and from the first page on."""
        params = self.request.GET.copy()
        for name in (*without, "after", "page"):
            params.pop(name, None)
        return params.urlencode()

    def _save_columns(self) -> str:
        columns = self.table.known_columns(self.request.POST.getlist("columns"))
        services.save_columns(by=self.request.user, table=self.table, columns=columns)
        return self._query("view")

    def _save_density(self) -> str:
        density = self.request.POST.get("density", "")
        if density not in Density.values:
            raise BadRequest("unknown density")
        services.save_density(by=self.request.user, density=density)
        return self._query("view")

    def _save_view(self) -> str:
        form = SaveViewForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(form.error_text)
        settings = self.table_state.to_settings()
        view = services.save_view(
            by=self.request.user,
            table=self.table,
            settings=settings,
            opened=self.table_state.current,
            **form.cleaned_data,
        )
        self.success(_("The view “%(name)s” has been saved.") % {"name": view.name})
        return settings.query_string(view=str(view.pk))

    def _rename_view(self) -> str:
        form = ViewNameForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(form.error_text)
        services.rename_view(view=self._view(), by=self.request.user, **form.cleaned_data)
        self.success(_("The view has been renamed."))
        return self.request.GET.urlencode()

    def _delete_view(self) -> str:
        view = self._view()
        services.delete_view(view=view, by=self.request.user)
        self.success(_("The view “%(name)s” has been deleted.") % {"name": view.name})
        return ""

    def _view(self) -> SavedView:
        """Return the view of this list that the form names. Http404 if the reader cannot see it."""
        rows = scoped(SavedView.objects.exclude(name=""), self.request.user, "saved_view", "list")
        number = parse_id(self.request.POST.get("view", ""))
        view = rows.filter(list_name=self.table.name, pk=number or 0).first()
        if view is None:
            raise Http404(_("This view does not exist any more."))
        return view

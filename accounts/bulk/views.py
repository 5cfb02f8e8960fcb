"""Pages of actions on many people: selected in the list, or all that match its filter."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, TemplateView

from accounts.bulk.forms import BULK_FORMS
from accounts.bulk.job import BULK_JOB, BULK_SERVICES, MAX_IN_REQUEST, start_job
from accounts.bulk.services import (
    BulkRefused,
    RowRefusal,
    add_people_revocably,
    create_password_links,
    find_refusals,
)
from accounts.imports.export import export_people
from accounts.models import Role, User
from accounts.people.age_and_consent import sees_age
from accounts.people.bulk_actions import BULK_ACTIONS, BulkAction
from accounts.people.entry_cards import issue_cards
from accounts.people.forms.filters import PeopleFilter
from accounts.people.queries import BY_NAME, groups_by_name
from accounts.people.views.password_links import CardProgress, show_password_cards
from accounts.sign_in.password_links import Delivery
from console.inputs.bounds import parse_id, parse_ids
from console.jobs.models import Job
from console.jobs.views import JobProgress
from console.policy import may, refusal_message, scoped
from console.policy.bulk_views import MAX_BULK_ROWS
from console.policy.views import SchoolView
from console.undo import offer_undo

#: People whom the confirmation names, and refusals that it explains.
MAX_NAMED = 20
#: Password links of one selection: those of a whole school.
MAX_CARD_ROWS = 5000


class BulkPeople(SchoolView, TemplateView):
    """Two steps at one URL: the confirmation with number and effect, and the action (`sure`). By POST.

    People outside of the reader's school, or without the right to the row, count as not selected.
    """

    resource, action = "person", "list"
    action_name = ""
    template_name = "accounts/bulk/confirm.html"
    http_method_names = ("get", "post", "options")

    def require(self) -> None:
        super().require()
        if not self.act.may(self.request.user):
            raise PermissionDenied(refusal_message(self.request.user, self.act.action, self.act.resource))

    @property
    def act(self) -> BulkAction:
        return BULK_ACTIONS[self.action_name]

    @property
    def most(self) -> int:
        """The most people of one selection. Cards are created in parts, so that a whole school has room."""
        return MAX_CARD_ROWS if self.act.name == "password" else MAX_BULK_ROWS

    @property
    def back_url(self) -> str:
        params = self.request.GET.urlencode()
        return f"{reverse('accounts:people')}{'?' if params else ''}{params}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.back_url)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        people = list(self.people()[: self.most + 1])
        if len(people) > self.most:
            self.warning(_("More than %(n)d people are selected. Narrow the filter.") % {"n": self.most})
            return redirect(self.back_url)
        if not people:
            self.warning(_("Nothing is selected. Select entries first, then choose an action."))
            return redirect(self.back_url)
        sure = "sure" in request.POST
        form = BULK_FORMS[self.act.name](request.POST if sure else None, reader=request.user)
        refusals = find_refusals(self.act.name, people, self.request.user)
        if sure and not refusals and form.is_valid():
            try:
                return self.apply(people, form.cleaned_data)
            except BulkRefused as error:
                refusals = error.refusals
            except ValidationError as error:
                form.add_error(None, error.messages)
        return self.render_to_response(self.confirmation(people, refusals, form))

    def people(self) -> QuerySet[User]:
        """Return the selected people of the reader's school; "all" stands for the filter of the list."""
        posted, reader = self.request.POST, self.request.user
        rows = User.objects.exclude(role=Role.VISITOR).select_related("enterprise")
        rows = scoped(rows, reader, "person", "list")
        if self.act.resource == "person":
            rows = scoped(rows, reader, "person", self.act.action)
        if "all" in posted and "sure" not in posted:
            chosen = PeopleFilter(
                self.request.GET,
                reader=reader,
                groups=groups_by_name(reader),
                school=reader.enterprise_id,
                ages=sees_age(reader, "list"),
            )
            rows = chosen.narrow(rows, phones=may(reader, "reveal", "person"))
        else:
            rows = rows.filter(pk__in=parse_ids(posted.getlist("chosen"))[: self.most + 1])
        return rows.order_by(*BY_NAME)

    def apply(self, people: list[User], data: dict[str, Any]) -> HttpResponseBase:
        """Perform the action. BulkRefused or ValidationError if nothing was changed."""
        by: Any = self.request.user
        if self.act.name == "cards":
            return self.show_cards(people, data["reason"])
        if self.act.name == "password":
            return self.create_password_links(people, data["delivery"])
        if self.act.name == "export":
            return self.export(people, data)
        if len(people) > MAX_IN_REQUEST:
            return redirect(
                "accounts:people_bulk_result", start_job(self.act.name, people, by=by, options=data).pk
            )
        if self.act.name == "group":
            number, values = add_people_revocably(people=people, by=by, **data)
            offer_undo(self.request, _done_text(number), "group.join", data["group"].pk, values)
        else:
            self.success(_done_text(BULK_SERVICES[self.act.name](people=people, by=by, **data)))
        return redirect(self.back_url)

    def show_cards(self, people: list[User], reason: str) -> HttpResponse:
        sheet = issue_cards(people, by=self.request.user, reason=reason)
        context = {"title": _("Entry cards"), "sheet": sheet}
        response = render(self.request, "accounts/people/group_entry_cards.html", context)
        add_never_cache_headers(response)
        return response

    def create_password_links(self, people: list[User], delivery: str) -> HttpResponse:
        by: Any = self.request.user
        if delivery == Delivery.CARD:
            return self.show_password_cards(people)
        if len(people) > MAX_BULK_ROWS:
            limit = _("Links can be e-mailed to at most %(n)d people at a time. Select fewer.")
            raise ValidationError(limit % {"n": MAX_BULK_ROWS})
        if len(people) > MAX_IN_REQUEST:
            options = {"delivery": delivery}
            return redirect(
                "accounts:people_bulk_result", start_job(self.act.name, people, by=by, options=options).pk
            )
        number = len(create_password_links(people=people, by=by, delivery=delivery))
        done = ngettext(
            "The link of %(n)d person will be e-mailed within a minute.",
            "The links of %(n)d people will be e-mailed within a minute.",
            number,
        )
        self.success(done % {"n": number})
        return redirect(self.back_url)

    def show_password_cards(self, people: list[User]) -> HttpResponse:
        """Create and show the next cards; a form in the page goes on with the others.

        They are not created in a job, because their tokens exist in this answer alone.
        """
        by: Any = self.request.user
        now, later = people[:MAX_IN_REQUEST], people[MAX_IN_REQUEST:]
        issued = create_password_links(people=now, by=by, delivery=Delivery.CARD)
        before = parse_id(self.request.POST.get("before", "")) or 0
        progress = CardProgress(
            before, len(issued), [person.pk for person in later], self.request.get_full_path()
        )
        return show_password_cards(self.request, issued, progress=progress)

    def export(self, people: list[User], data: dict[str, Any]) -> HttpResponseBase:
        rows = User.objects.filter(pk__in=[person.pk for person in people])
        return export_people(
            rows,
            by=self.request.user,
            suffix=data["format"],
            contacts=data.get("contacts", False),
            reason=data.get("reason", ""),
        )

    def confirmation(self, people: list[User], refusals: list[RowRefusal], form: Any) -> dict[str, Any]:
        refused = {one.person.pk for one in refusals}
        return self.get_context_data(
            title=self.act.question % {"n": len(people)},
            act=self.act,
            people=people,
            possible=[person for person in people if person.pk not in refused],
            named=people[:MAX_NAMED],
            unnamed=max(0, len(people) - MAX_NAMED),
            refusals=refusals[:MAX_NAMED],
            unlisted=max(0, len(refusals) - MAX_NAMED),
            cards_at_once=MAX_IN_REQUEST
            if len(people) > MAX_IN_REQUEST and self.act.name == "password"
            else 0,
            as_job=self.act.name in BULK_SERVICES and len(people) > MAX_IN_REQUEST,
            form=form,
            cancel_url=self.back_url,
        )


def _done_text(number: int) -> str:
    return ngettext("Done for %(n)d person.", "Done for %(n)d people.", number) % {"n": number}


def describe_failure(job: Job) -> str:
    """Return why a job that ended without effect changed nobody, or what to do next."""
    if job.result.get("refused"):
        return _("Fix this or leave these people out, then start the action again.")
    if reason := job.result.get("error") or (job.reason and _(job.reason)):
        return f"{reason}"
    if job.state == Job.State.STOPPED:
        return _("It was stopped before it began. Nothing was changed. To go on, start the action again.")
    return _("Start the action again. If it fails again, contact your operator.")


class BulkPeopleResult(SchoolView, DetailView):
    """What became of an action that runs as a job."""

    resource = "job"
    queryset = Job.objects.filter(kind=BULK_JOB).select_related("created_by")
    template_name = "accounts/bulk/result.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job: Job = self.object
        action = BULK_ACTIONS.get(job.args.get("act", ""))
        reasons = dict(job.result.get("refused", ()))
        visible = scoped(User.objects.filter(pk__in=reasons), self.request.user, "person", "view")
        return super().get_context_data(
            title=action.label if action else _("Change many people"),
            line=JobProgress(job),
            is_done=job.state == Job.State.DONE and not job.failed,
            outcome=describe_failure(job),
            refusals=[RowRefusal(person, reasons[person.pk]) for person in visible.order_by(*BY_NAME)],
            **kwargs,
        )

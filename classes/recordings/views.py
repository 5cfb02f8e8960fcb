"""The library, the page of a lesson's recording, and our own link to a track."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from classes.courseware.hosts import PLAIN
from classes.models import Footage, Lesson, Recording
from classes.recordings.archive import copy_lesson
from classes.recordings.chapters import chapters_of
from classes.recordings.copies import served
from classes.recordings.forms import DescribeForm
from classes.recordings.keeping import kept_until
from classes.recordings.library import (
    LibraryFilter,
    in_tracks,
    library,
    lines_of,
    names_of,
    narrowed,
    tracks_of,
)
from classes.recordings.services import BIN, put_into_bin, take_out_of_bin
from classes.recordings.states import states_of
from classes.views.lesson import find_lesson
from console.audit.trail import record
from console.policy import may, refusal
from console.policy.pages import SchoolPage, keyset

#: Seconds within which going on watching is not another viewing.
ONE_VIEWING = 1800


class Library(SchoolPage, TemplateView):
    resource, action = "recording", "list"
    template_name = "recordings/library.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        chosen = LibraryFilter(self.request.GET, reader=reader)
        chosen.is_valid()
        lessons = narrowed(library(reader), chosen.cleaned_data, reader.enterprise_id or 0)
        page = keyset(lessons, self.request, ("-starts_at", "-id"))
        return super().get_context_data(
            title=_("Recordings"),
            search_label=_("Topic, title or tag"),
            filter_form=chosen,
            keyset=page,
            lines=lines_of(page.rows),
            homeless=self._homeless(),
            **more,
        )

    def _homeless(self) -> int:
        """Tracks of classes that are not known here, for who runs the school."""
        if not may(self.request.user, "list", "callback"):
            return 0
        mine = Recording.objects.filter(enterprise=self.request.user.enterprise_id)
        return mine.filter(lesson=None, emptied_at=None).count()


class People(SchoolPage, View):
    """Who fits what is typed, of the people in tracks that the reader may see."""

    resource, action = "recording", "list"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:64]
        found = in_tracks(request.user, words) if words else []
        answer = JsonResponse({"people": [{"id": one.user_id, "name": one.nickname} for one in found]})
        answer["Cache-Control"] = "private, no-store"
        return answer


class OfLesson(SchoolPage):
    """A page about the recording of one lesson."""

    resource = "recording"

    @cached_property
    def lesson(self) -> Lesson:
        lesson = find_lesson(self.request.user, self.kwargs["pk"])
        probe = Recording(enterprise_id=lesson.enterprise_id, lesson=lesson)
        if self.action in ("view", "change") and not self._may_here(lesson, probe):
            raise PermissionDenied(refusal(self.action, self.resource))
        return lesson

    def _may_here(self, lesson: Lesson, probe: Recording) -> bool:
        """Whoever may do it to a lesson's tracks may do it before there are any."""
        return may(self.request.user, {"view": "view", "change": "start"}[self.action], "lesson", lesson)


class RecordingPage(OfLesson, TemplateView):
    """How the recording stands, its tracks, a player, chapters."""

    template_name = "recordings/recording.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Our link leads the player to where the track lies: this page alone may play from there."""
        context = self.get_context_data(**kwargs)
        response = self.render_to_response(context)
        origins = sorted({one.origin for one in context["tracks"] if one.origin})
        policy = {"media-src": [SELF, *origins]}
        allowed: HttpResponse = csp_update(policy)(lambda asked: response)(request)
        return allowed

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson, reader = self.lesson, self.request.user
        footage = Footage.objects.filter(lesson=lesson).first()
        state = states_of([lesson])[lesson.pk]
        binned = state.name == "binned"
        rows = [] if binned else list(tracks_of([lesson]))
        names = names_of(rows)
        tracks = [Track(one, reader, lesson, names.get(one.user_id, "")) for one in rows]
        chosen = next((one for one in tracks if str(one.row.pk) == self.request.GET.get("track")), None)
        return super().get_context_data(
            title=(footage and footage.title) or lesson.topic,
            lesson=lesson,
            footage=footage,
            until=kept_until(lesson, footage),
            leaves=footage.binned_at + BIN if binned and footage and not footage.emptied_at else None,
            school_days=lesson.enterprise.keep_recordings_days,
            state=state,
            tracks=tracks,
            player=chosen or next((one for one in tracks if one.embedded), None),
            may_change=may(reader, "start", "lesson", lesson) and may(reader, "change", "recording"),
            may_delete=may(reader, "delete", "recording"),
            may_copy=may(reader, "copy", "recording")
            and any(not one.row.copy for one in tracks if one.there),
            **more,
        )


class Track:
    """A track as its page shows it; its address at the vendor's stands nowhere on the page."""

    def __init__(self, row: Recording, reader: Any, lesson: Lesson, name: str) -> None:
        self.row, self.reader, self.lesson, self.name = row, reader, lesson, name
        parts = urlsplit(row.url)
        self.secure = parts.scheme == "https" and bool(PLAIN.fullmatch(parts.netloc.lower()))
        there = f"https://{parts.netloc.lower()}" if self.secure else ""
        self.origin = row.copy.storage.origin if row.copy else there

    @property
    def embedded(self) -> bool:
        """Whether it plays on the page: ours does, and what is encrypted on its way."""
        return bool(self.row.copy) or self.secure

    @property
    def there(self) -> bool:
        return bool(self.row.copy) or self.row.url.startswith(("https://", "http://"))

    @property
    def chapters(self) -> Any:
        return chapters_of(self.reader, self.lesson, self.row)


class Play(SchoolPage, View):
    """Our link to a track: asks the right, writes down the viewing, and only then leads on."""

    resource = "recording"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        tracks = Recording.objects.filter(lesson__isnull=False, emptied_at=None)
        track = self.find(tracks.select_related("lesson"), pk=pk)
        if Footage.objects.filter(lesson=track.lesson, binned_at__isnull=False).exists():
            raise Http404(_("This recording is in the bin."))
        self._write_down(track)
        if track.copy:
            return served(track, request)
        if not track.url.startswith(("https://", "http://")):
            raise Http404(_("iclass told no address of this track."))
        response = HttpResponseRedirect(track.url)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "private, no-store"
        return response

    def _write_down(self, track: Recording) -> None:
        """A player asks many times: that is one viewing."""
        seen = self.request.session.get("watched", {})
        now = int(timezone.now().timestamp())
        if now - seen.get(str(track.pk), 0) > ONE_VIEWING:
            record("recording.view", track, by=self.request.user)
            self.request.session["watched"] = {
                key: at for key, at in seen.items() if now - at <= ONE_VIEWING
            } | {str(track.pk): now}


class Describe(OfLesson, FormView):
    """Title, tags, and how long it is kept."""

    action = "change"
    form_class = DescribeForm
    template_name = "recordings/edit.html"

    def get_initial(self) -> dict[str, Any]:
        found = Footage.objects.filter(lesson=self.lesson).first() or Footage()
        own = {"keep_until": found.keep_until, "keep_for_good": found.keep_for_good}
        return {"title": found.title, "tags": ", ".join(found.tags), **own}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Title, tags and keeping"),
            lesson=self.lesson,
            cancel_url=reverse("classes:recording", args=[self.lesson.pk]),
            **more,
        )

    def form_valid(self, form: DescribeForm) -> HttpResponse:
        if not form.save_by(self.request.user, self.lesson):
            return self.form_invalid(form)
        self.say(_("Saved."))
        return redirect("classes:recording", self.lesson.pk)


class Bin(OfLesson, TemplateView):
    """Asks, then puts the recording into the bin."""

    action = "delete"
    template_name = "generic/confirm.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Put the recording of %(name)s into the bin?") % {"name": self.lesson.topic},
            detail=_(
                "Nobody can watch it any more. For 30 days it can be taken out again; then our copies and "
                "the addresses are gone for good. What the vendor keeps stays there."
            ),
            submit_label=_("Put into the bin"),
            cancel_url=reverse("classes:recording", args=[self.lesson.pk]),
            **more,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        put_into_bin(lesson=self.lesson, by=request.user)
        self.say(_("It is in the bin for 30 days."))
        return redirect("classes:recording", pk)


class Copy(OfLesson, View):
    """Begin to copy the tracks into our own storage, as long work."""

    action = "copy"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = copy_lesson(lesson=self.lesson, by=request.user)
        if job is None:
            self.warn(_("There is nothing to copy: each track has a copy, or no address."))
            return redirect("classes:recording", pk)
        return redirect("jobs:job", job.pk)


class OutOfBin(OfLesson, View):
    action = "delete"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            take_out_of_bin(lesson=self.lesson, by=request.user)
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        else:
            self.say(_("It stands in the library again, and is kept for good until you choose a day."))
        return redirect("classes:recording", pk)

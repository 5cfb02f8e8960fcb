"""Views of the library, of the recording of a lesson, and of a track."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View

from classes.lessons.lookup import find_lesson
from classes.lessons.tables import RECORDING_TABLE
from classes.models import Lesson, LessonRecording, Recording
from classes.recordings.copy_job import start_copy
from classes.recordings.copy_response import serve_copy
from classes.recordings.forms import RecordingForm
from classes.recordings.library import (
    LibraryFilter,
    filter_library,
    library_lessons,
    library_rows,
    people_in_tracks,
)
from classes.recordings.player import TrackDisplay, choose_tracks, parse_offset, track_displays
from classes.recordings.retention import last_kept_day
from classes.recordings.services import BIN_RETENTION, bin_recording, restore_recording
from classes.recordings.states import recording_states
from classes.recordings.url_guard import playback_url
from classes.recordings.viewings import record_viewing
from console.lists.views import TableView
from console.policy import may, refusal_message
from console.policy.views import SchoolView, paginate_by_key
from console.undo import offer_undo

UNREACHABLE_NOTE = gettext_lazy(
    "This track's link is not on the list of allowed hosts or is not encrypted, so it "
    "cannot be opened. Contact your operator."
)


class LibraryPage(TableView, TemplateView):
    resource, action = "recording", "list"
    table = RECORDING_TABLE
    template_name = "classes/recordings/library.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        chosen = LibraryFilter(self.request.GET, reader=reader)
        chosen.is_valid()
        lessons = filter_library(library_lessons(reader), chosen.cleaned_data, reader.enterprise_id or 0)
        page = paginate_by_key(lessons, self.request, self.table_state.order or ("-starts_at", "-id"))
        return super().get_context_data(
            title=_("Recordings"),
            search_label=_("Topic, title or tag"),
            filter_form=chosen,
            keyset=page,
            lines=library_rows(page.rows, reader),
            unassigned_tracks=self._unassigned_tracks(),
            **more,
        )

    def _unassigned_tracks(self) -> int:
        """Return the number of tracks without a lesson; 0 if the reader may not see callbacks."""
        if not may(self.request.user, "list", "callback"):
            return 0
        tracks = Recording.objects.filter(enterprise=self.request.user.enterprise_id)
        return tracks.filter(lesson=None, emptied_at=None).count()


class PeopleSuggestions(SchoolView, View):
    """Suggestions of people in tracks that the reader may see."""

    resource, action = "recording", "list"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:64]
        found = people_in_tracks(request.user, words) if words else []
        answer = JsonResponse({"people": [{"id": one.user_id, "name": one.nickname} for one in found]})
        answer["Cache-Control"] = "private, no-store"
        return answer


class RecordingBase(SchoolView):
    """Base of pages about the recording of one lesson."""

    resource = "recording"

    @cached_property
    def lesson(self) -> Lesson:
        lesson = find_lesson(self.request.user, self.kwargs["pk"])
        probe = Recording(enterprise_id=lesson.enterprise_id, lesson=lesson)
        if self.action in ("view", "change") and not self._may_access(lesson, probe):
            raise PermissionDenied(refusal_message(self.request.user, self.action, self.resource))
        return lesson

    def _may_access(self, lesson: Lesson, probe: Recording) -> bool:
        """Return whether the reader has access; a lesson without tracks follows the same rules."""
        return may(self.request.user, {"view": "view", "change": "start"}[self.action], "lesson", lesson)


class RecordingPage(RecordingBase, TemplateView):
    """State of the recording, tracks, player and chapters."""

    template_name = "classes/recordings/recording.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Allow this page, and no other, to play media from the origins of its tracks."""
        context = self.get_context_data(**kwargs)
        response = self.render_to_response(context)
        origins = sorted({one.origin for one in context["tracks"] if one.origin})
        policy = {"media-src": [SELF, *origins]}
        allowed = csp_update(policy)(lambda asked: response)(request)
        assert isinstance(allowed, HttpResponse)  # the same response
        return allowed

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson, reader = self.lesson, self.request.user
        footage = LessonRecording.objects.filter(lesson=lesson).first()
        state = recording_states([lesson])[lesson.pk]
        binned = state.name == "binned"
        tracks = [] if binned else track_displays(lesson, reader)
        chosen = choose_tracks(tracks, self.request.GET.get("track", ""))
        return super().get_context_data(
            title=(footage and footage.title) or lesson.topic,
            lesson=lesson,
            footage=footage,
            until=last_kept_day(lesson, footage),
            leaves=footage.binned_at + BIN_RETENTION
            if binned and footage and footage.binned_at and not footage.emptied_at
            else None,
            school_days=lesson.enterprise.keep_recordings_days,
            state=state,
            tracks=tracks,
            elsewhere=UNREACHABLE_NOTE,
            player=chosen.main,
            beside=chosen.beside,
            offset=parse_offset(self.request.GET.get("t", "")),
            may_change=may(reader, "start", "lesson", lesson) and may(reader, "change", "recording"),
            may_delete=may(reader, "delete", "recording"),
            sees_technical=may(reader, "list", "operation"),
            may_copy=may(reader, "copy", "recording")
            and any(not one.row.copy for one in tracks if one.available),
            **more,
        )


class PlayTrack(SchoolView, View):
    """Link to a track: check the permission, record the viewing, then serve or redirect."""

    resource = "recording"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        tracks = Recording.objects.filter(lesson__isnull=False, emptied_at=None)
        track = self.get_row(tracks.select_related("lesson"), pk=pk)
        if LessonRecording.objects.filter(lesson=track.lesson, binned_at__isnull=False).exists():
            raise Http404(_("This recording is in the recycle bin."))
        url = playback_url(track.url, settings.RECORDING_HOSTS)
        if not track.copy and not track.url:
            raise Http404(_("iclass provided no link for this track."))
        if not track.copy and not url:
            return self._elsewhere(track)
        reader: Any = request.user
        record_viewing(track, reader)
        if track.copy:
            return serve_copy(track, request)
        response = HttpResponseRedirect(url)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "private, no-store"
        return response

    def _elsewhere(self, track: Recording) -> HttpResponse:
        """Show the URL as text instead of redirecting to an untrusted host."""
        assert track.lesson is not None
        shown = TrackDisplay(track, self.request.user, track.lesson, "", of_student=False)
        context = {
            "title": _("Recording"),
            "lesson": track.lesson,
            "track": shown,
            "elsewhere": UNREACHABLE_NOTE,
        }
        return render(self.request, "classes/recordings/unreachable.html", context, status=404)


class RecordingEdit(RecordingBase, FormView):
    """Change title, tags and retention."""

    action = "change"
    form_class = RecordingForm
    template_name = "classes/recordings/edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "footage": self.footage}

    @cached_property
    def footage(self) -> LessonRecording:
        return LessonRecording.objects.filter(lesson=self.lesson).first() or LessonRecording()

    def get_initial(self) -> dict[str, Any]:
        found = self.footage
        own = {"keep_until": found.keep_until, "keep_for_good": found.keep_for_good}
        return {"title": found.title, "tags": ", ".join(found.tags), **own}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Title, tags and retention"),
            lesson=self.lesson,
            cancel_url=reverse("classes:recording", args=[self.lesson.pk]),
            **more,
        )

    def form_valid(self, form: RecordingForm) -> HttpResponse:
        if not form.save_by(self.request.user, self.lesson):
            return self.form_invalid(form)
        self.success(_("Saved."))
        return redirect("classes:recording", self.lesson.pk)


class RecordingBin(RecordingBase, View):
    """Move the recording into the bin, which can be taken back."""

    action = "delete"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        was_binned = LessonRecording.objects.filter(lesson=self.lesson).exclude(binned_at=None).exists()
        footage = bin_recording(lesson=self.lesson, by=self.request.user)
        at = None if was_binned else footage.binned_at
        values = {"at": at.isoformat()} if at else None
        offer_undo(request, _("It is in the recycle bin for 30 days."), "recording.bin", pk, values)
        return redirect("classes:recording", pk)


class RecordingCopy(RecordingBase, View):
    """Start the job that copies the tracks to our storage."""

    action = "copy"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = start_copy(lesson=self.lesson, by=self.request.user)
        if job is None:
            self.warning(_("There is nothing to copy: each track already has a copy or has no link."))
            return redirect("classes:recording", pk)
        return redirect("jobs:job", job.pk)


class RecordingRestore(RecordingBase, View):
    action = "delete"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            restore_recording(lesson=self.lesson, by=self.request.user)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            self.success(_("It has been restored and is kept indefinitely until you choose another day."))
        return redirect("classes:recording", pk)

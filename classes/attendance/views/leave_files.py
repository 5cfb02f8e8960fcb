"""Views of the attachments of leave: add one, and download one."""

from typing import Any

from csp.constants import NONE
from csp.decorators import csp
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.generic import FormView, View

from classes.attendance.forms.leave_files import AttachmentForm
from classes.attendance.leave_files import attach_file
from classes.attendance.views.leave import LeaveBase
from classes.models import Leave, LeaveFile
from classes.models.leave_file import leave_file_storage
from console.audit.trail import record_data_access
from console.concurrency import Conflict


class LeaveFileAdd(LeaveBase, FormView):
    """Add an attachment to one's own leave, or to that of a student."""

    action = "add"
    form_class = AttachmentForm
    template_name = "classes/attendance/leave.html"

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("classes:leave", self.leave.pk)

    def form_valid(self, form: Any) -> HttpResponse:
        by: Any = self.request.user
        try:
            attach_file(leave=self.leave, file=form.attached, by=by)
        except Conflict as error:
            self.warning(" ".join(error.messages))
            return redirect("classes:leave", self.leave.pk)
        except ValidationError as error:
            form.add_error("attachment", error)
            return self.form_invalid(form)
        self.success(_("The file has been attached."))
        return redirect("classes:leave", self.leave.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        form = more.pop("form", None) or self.get_form()
        return super().get_context_data(form=None, **self.leave_context() | {"file_form": form}, **more)


@method_decorator(csp({"default-src": [NONE], "sandbox": True}), name="dispatch")
@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class LeaveFileDownload(LeaveBase, View):
    """Download an attachment. It is never shown within the page."""

    action = "file"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
        return download(self.leave, file, by=request.user)


def download(leave: Leave, file: int, *, by: Any) -> HttpResponseBase:
    """Return an attachment of the leave as a file, and record the access. Raise Http404 without one."""
    found = LeaveFile.objects.filter(leave=leave, pk=file).first()
    if found is None:
        raise Http404(_("This does not exist in your school."))
    storage: Any = leave_file_storage()
    try:
        opened = storage.stream(found.file.name)
    except FileNotFoundError:
        raise Http404(_("This file has been deleted.")) from None
    record_data_access("leave.download", [leave.person], ("attachment",), by=by, obj=leave)
    # Not as a redirect to the bucket, whose address would work for anybody who learns it.
    response = FileResponse(
        opened, as_attachment=True, filename=str(found), content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response

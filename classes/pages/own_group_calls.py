"""Calls about students who should be in a lesson now, recorded on the page of their teacher in charge."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.models import User
from classes.live.group_presence import StudentNow, groups_now
from classes.live.room.calls import record_call
from classes.live.room.forms import CallOutcomeForm
from classes.models import Lesson
from classes.pages.own_group import OwnGroupBase
from console.inputs.bounds import parse_id


class OwnGroupCall(OwnGroupBase, View):
    """Record a call to a student of the group, `?group=`, about a lesson that they should be in now.

    It is saved also if they came in, or their leave was approved, while the reader called.
    The reader returns to the group, or to the grade, `?grade=`, where they called.
    The reader may not be able to open the lesson: it is enough that its student is in their charge.
    """

    action = "call"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CallOutcomeForm(request.POST)
        student = self.student
        if self.group is None or student is None:
            self.warning(_("This student does not have this lesson now. The call was not saved."))
        elif not form.is_valid():
            self.warning(" ".join(str(text) for texts in form.errors.values() for text in texts))
        else:
            lesson = Lesson.objects.get(pk=student.lesson.pk)
            person = User.objects.get(pk=student.pk)
            record_call(lesson=lesson, person=person, by=self.request.user, **form.cleaned_data)
            self.success(_("The call has been saved."))
        query = f"?group={self.group.pk}" if self.group else ""
        query = f"?grade={self.grade.pk}" if self.grade else query
        return redirect(f"{reverse('classes:own_group')}{query}")

    @cached_property
    def student(self) -> StudentNow | None:
        """The student of the group whom the form names, if they have its lesson now."""
        if self.group is None:
            return None
        asked = tuple(parse_id(self.request.POST.get(name, "")) for name in ("student", "lesson"))
        now = groups_now(self.group.enterprise_id, [self.group.pk])
        return next((one for one in now.students if (one.pk, one.lesson.pk) == asked), None)

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console.policy import register


class ClassesConfig(AppConfig):
    name = "classes"
    verbose_name = _("Lessons")

    def ready(self) -> None:
        """Say what is somebody's own: what they teach, assist or attend; of the marks, a student's own."""
        import_module("classes.leaving")  # by their names, because they need the models
        import_module("classes.retention")
        import_module("classes.attendance.ruling")
        import_module("classes.groups.doubling")
        import_module("classes.groups.following")
        import_module("classes.later")
        register("lesson", of_school="enterprise", own=self._own_lessons)
        register("wall", of_school="enterprise", own=self._own_lessons)
        register("member", of_school="lesson__enterprise", own=self._in_own_lessons)
        register("recording", of_school="enterprise", own=self._in_own_lessons)
        register("attendance", of_school="lesson__enterprise", own=self._own_marks)
        register("samples", of_school="lesson__enterprise", own=self._own_marks)
        register("appeal", of_school="lesson__enterprise", own=self._own_marks)
        register("leave", of_school="enterprise", own=lambda user: Q(person=user))
        register("entry", of_school="enterprise", own=self._in_own_lessons)
        register("evidence", of_school="lesson__enterprise", own=lambda user: Q(pk__in=()))
        register("alarm", of_school="enterprise", own=self._led)
        register("tally", of_school="lesson__enterprise")
        register("report", of_school="enterprise")
        register("call", of_school="lesson__enterprise", own=self._in_own_lessons)
        register("timetable_import", of_school="enterprise")
        register("feed", of_school="enterprise", own=lambda user: Q(person=user))
        register("term", of_school="enterprise")
        register("course", of_school="enterprise", own=self._own_courses)

    def _memberships(self, user: Any) -> Any:
        return self.get_model("Member")._default_manager.filter(user=user)

    def _own_lessons(self, user: Any) -> Q:
        return Q(teacher=user) | Q(pk__in=self._memberships(user).values("lesson"))

    def _in_own_lessons(self, user: Any) -> Q:
        return Q(lesson__teacher=user) | Q(lesson__in=self._memberships(user).values("lesson"))

    def _led(self, user: Any) -> Q:
        """About lessons that one teaches or assists in, not those that one attends."""
        helped = self._memberships(user).exclude(role="student").values("lesson")
        return Q(lesson__teacher=user) | Q(lesson__in=helped)

    def _own_marks(self, user: Any) -> Q:
        return Q(person=user) | self._led(user)

    def _own_courses(self, user: Any) -> Q:
        courses = self.get_model("Course")._default_manager
        part = Q(assistants=user) | Q(members=user) | Q(groups__students=user)
        return Q(teacher=user) | Q(pk__in=courses.filter(part).values("pk"))

from typing import Any

from django.apps import AppConfig, apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console.policy import register


class ClassesConfig(AppConfig):
    name = "classes"
    verbose_name = _("Lessons")

    def ready(self) -> None:
        """Import modules that register themselves, and register the school and "own" filter of each resource.

        "Own" are the lessons that a person teaches, assists in or attends; of marks, a student's own; of
        leave, also that of students in groups of which the person is in charge.
        """
        self._import_registrations()
        register("lesson", of_school="enterprise", own=self._own_lessons)
        register("wall", of_school="enterprise", own=self._own_lessons)
        register("member", of_school="lesson__enterprise", own=self._in_own_lessons)
        register("recording", of_school="enterprise", own=self._in_own_lessons)
        register("attendance", of_school="lesson__enterprise", own=self._own_marks)
        register("samples", of_school="lesson__enterprise", own=self._own_marks)
        register("appeal", of_school="lesson__enterprise", own=self._own_marks)
        register("leave", of_school="enterprise", own=self._own_leave)
        register("entry", of_school="enterprise", own=self._in_own_lessons)
        register("evidence", of_school="lesson__enterprise", own=lambda user: Q(pk__in=()))
        register("alarm", of_school="enterprise", own=self._leading)
        register("tally", of_school="lesson__enterprise")
        register("attendance_matrix", of_school="enterprise", own=self._led_lessons)
        register("report", of_school="enterprise")
        register("report_schedule", of_school="enterprise")
        register("register", of_school="enterprise", own=self._led_lessons)
        register("threshold", of_school="enterprise")
        register("warning", of_school="enterprise", own=self._own_warnings)
        register("call", of_school="lesson__enterprise", own=self._in_own_lessons)
        register("timetable_import", of_school="enterprise")
        register("feed", of_school="enterprise", own=lambda user: Q(person=user))
        register("term", of_school="enterprise")
        register("cover", of_school="enterprise", own=lambda user: Q(covering=user))
        register("course", of_school="enterprise", own=self._own_courses)

    def _import_registrations(self) -> None:
        """Import here because these modules need the models."""
        import classes.attendance.policy_changes
        import classes.attendance.thresholds.notification_types
        import classes.demo.history
        import classes.inbound.handlers
        import classes.inbound.replay_preview
        import classes.jobs
        import classes.menu_counts
        import classes.mirror.differences
        import classes.mirror.outdated_registers
        import classes.mirror.polling
        import classes.mirror.reconcile
        import classes.models.data_rules
        import classes.notifications.notification_types
        import classes.outbound.extended_fields
        import classes.outbound.operations
        import classes.person_removal
        import classes.retention
        import classes.search
        import classes.timetable.group_changes.conflicts
        import classes.timetable.group_changes.propagation

    def _memberships(self, user: Any) -> Any:
        return self.get_model("Member")._default_manager.filter(user=user)

    def _own_lessons(self, user: Any) -> Q:
        return Q(teacher=user) | Q(pk__in=self._memberships(user).values("lesson"))

    def _in_own_lessons(self, user: Any) -> Q:
        return Q(lesson__teacher=user) | Q(lesson__in=self._memberships(user).values("lesson"))

    def _leading(self, user: Any) -> Q:
        """Match rows of lessons that the user teaches or assists in, not of those that they attend."""
        return Q(lesson__teacher=user) | Q(lesson__in=self._assisted_lessons(user))

    def _led_lessons(self, user: Any) -> Q:
        """Match as one list of keys: with an OR, PostgreSQL would go through all lessons of the school."""
        taught = self.get_model("Lesson")._default_manager.filter(teacher=user).order_by().values("pk")
        return Q(pk__in=taught.union(self._assisted_lessons(user), all=True))

    def _assisted_lessons(self, user: Any) -> Any:
        return self._memberships(user).exclude(role="student").values("lesson")

    def _own_marks(self, user: Any) -> Q:
        return Q(person=user) | self._leading(user)

    def _own_leave(self, user: Any) -> Q:
        memberships = apps.get_model("accounts", "GroupMembership")._default_manager
        in_charge = memberships.filter(group__teacher=user, group__archived_at=None)
        return Q(person=user) | Q(person__in=in_charge.values("student"))

    def _own_warnings(self, user: Any) -> Q:
        """Match warnings of students of groups in their charge, and of rules of courses that they lead."""
        groups = user.groups_in_charge.filter(archived_at=None)
        courses = self.get_model("Course")._default_manager.filter(Q(teacher=user) | Q(assistants=user))
        return Q(person__in=groups.values("students")) | Q(rule__course__in=courses.values("pk"))

    def _own_courses(self, user: Any) -> Q:
        courses = self.get_model("Course")._default_manager
        part = Q(assistants=user) | Q(members=user) | Q(groups__students=user)
        return Q(teacher=user) | Q(pk__in=courses.filter(part).values("pk"))

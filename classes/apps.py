from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console.policy import register


class ClassesConfig(AppConfig):
    name = "classes"
    verbose_name = _("Lessons")

    def ready(self) -> None:
        """Import modules that register themselves, and register the school and "own" filter of each resource.

        "Own" are the lessons that a person teaches, assists in or attends; of marks, a student's own; of
        leave and warnings, also those of students of groups that the person is in charge of today. Whoever
        is in charge sees the marks of these students, and changes none. What a switch of the school lets
        teachers change (console/policy/switches.py) is narrower: the lessons that they teach.
        """
        self._import_registrations()
        taught = (self._taught_lessons, lambda user, lesson: lesson.teacher_id == user.pk)
        register(
            "lesson",
            of_school="enterprise",
            own=self._own_lessons,
            narrower=dict.fromkeys(("change", "cancel"), taught),
            not_own=_("This is not one of your lessons. Ask a school administrator."),
        )
        register("wall", of_school="enterprise", own=self._own_lessons)
        register(
            "member",
            of_school="lesson__enterprise",
            own=self._in_own_lessons,
            narrower=dict.fromkeys(("add", "change", "delete"), (self._in_taught, self._is_in_taught))
            | {"phone": (self._taught_students, self._is_taught_student)},
        )
        register("recording", of_school="enterprise", own=self._in_own_lessons)
        register("attendance", of_school="lesson__enterprise", own=self._own_marks, seen=self._seen_marks)
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
        register("export_schedule", of_school="enterprise")
        register("register", of_school="enterprise", own=self._led_lessons)
        register("threshold", of_school="enterprise")
        register("attendance_code", of_school="enterprise", own=lambda user: Q(enterprise=user.enterprise_id))
        register("attendance_grade", of_school="enterprise", own=self._led_courses, seen=self._own_courses)
        register("warning", of_school="enterprise", own=self._own_warnings)
        register("call", of_school="lesson__enterprise", own=self._in_own_lessons)
        register("timetable_import", of_school="enterprise")
        register("feed", of_school="enterprise", own=lambda user: Q(person=user))
        register("term", of_school="enterprise")
        register("subject", of_school="enterprise", own=self._own_subjects)
        register("roll_over", of_school="enterprise")
        register("cover", of_school="enterprise", own=lambda user: Q(covering=user))
        register(
            "course",
            of_school="enterprise",
            own=self._own_courses,
            not_own=_("This is not one of your courses. Ask a school administrator."),
        )

    def _import_registrations(self) -> None:
        """Import here because these modules need the models."""
        import classes.attendance.codes.services
        import classes.attendance.credit_undo
        import classes.attendance.guardian_notices.sections
        import classes.attendance.held_data
        import classes.attendance.leave_undo
        import classes.attendance.policy_changes
        import classes.attendance.reports.exports.files
        import classes.attendance.reports.exports.notification_types
        import classes.attendance.reports.exports.services
        import classes.attendance.reports.schedules.services
        import classes.attendance.thresholds.evaluation
        import classes.attendance.thresholds.grade_deletion
        import classes.attendance.thresholds.notification_types
        import classes.attendance.thresholds.undo
        import classes.demo.history
        import classes.inbound.handlers
        import classes.inbound.replay_preview
        import classes.jobs
        import classes.lessons.undo
        import classes.mirror.differences
        import classes.mirror.outdated_registers
        import classes.mirror.polling
        import classes.mirror.reconcile
        import classes.models.data_rules
        import classes.notifications.calendar_feeds.tokens
        import classes.notifications.notification_types
        import classes.notifications.webhook_events
        import classes.outbound.extended_fields
        import classes.outbound.operations
        import classes.person_removal
        import classes.recordings.undo
        import classes.retention
        import classes.search
        import classes.timetable.bulk.change_undo
        import classes.timetable.bulk.undo
        import classes.timetable.courses.change_undo
        import classes.timetable.cover.undo
        import classes.timetable.group_changes.conflicts
        import classes.timetable.group_changes.propagation
        import classes.timetable.group_changes.undo
        import classes.timetable.roll_over.retention
        import classes.timetable.subjects.services
        import classes.timetable.terms.services
        import classes.timetable.terms.sessions
        import classes.waiting

    def _memberships(self, user: Any) -> Any:
        return self.get_model("Member")._default_manager.filter(user=user)

    def _own_lessons(self, user: Any) -> Q:
        return Q(teacher=user) | Q(pk__in=self._memberships(user).values("lesson"))

    def _taught_lessons(self, user: Any) -> Q:
        return Q(teacher=user)

    def _in_taught(self, user: Any) -> Q:
        return Q(lesson__teacher=user)

    def _is_in_taught(self, user: Any, member: Any) -> bool:
        return bool(member.lesson.teacher_id == user.pk)

    def _taught_students(self, user: Any) -> Q:
        return Q(lesson__teacher=user, role="student")

    def _is_taught_student(self, user: Any, member: Any) -> bool:
        return member.role == "student" and self._is_in_taught(user, member)

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

    def _seen_marks(self, user: Any) -> Q:
        return self._own_marks(user) | _of_students_in_charge(user)

    def _own_leave(self, user: Any) -> Q:
        """Match as one list of keys, like `_led_lessons`."""
        leave = self.get_model("Leave")._default_manager.order_by()
        of_students = leave.filter(_of_students_in_charge(user)).values("pk")
        return Q(pk__in=of_students.union(leave.filter(person=user).values("pk"), all=True))

    def _own_warnings(self, user: Any) -> Q:
        """Match warnings of students of groups in their charge, and of rules of courses that they lead."""
        warnings = self.get_model("AttendanceWarning")._default_manager.order_by()
        of_courses = warnings.filter(rule__course__in=self._led_course_keys(user)).values("pk")
        of_students = warnings.filter(_of_students_in_charge(user)).values("pk")
        return Q(pk__in=of_students.union(of_courses, all=True))

    def _led_courses(self, user: Any) -> Q:
        return Q(pk__in=self._led_course_keys(user))

    def _led_course_keys(self, user: Any) -> Any:
        courses = self.get_model("Course")._default_manager.order_by()
        return courses.filter(Q(teacher=user) | Q(assistants=user)).values("pk")

    def _own_subjects(self, user: Any) -> Q:
        """Match subjects that the user teaches, and those of their courses."""
        courses = self.get_model("Course")._default_manager.filter(self._own_courses(user))
        taught = self.get_model("Subject")._default_manager.filter(teachers=user)
        return Q(pk__in=taught.values("pk")) | Q(pk__in=courses.values("subject"))

    def _own_courses(self, user: Any) -> Q:
        courses = self.get_model("Course")._default_manager
        part = Q(assistants=user) | Q(members=user) | Q(groups__students=user)
        return Q(teacher=user) | Q(pk__in=courses.filter(part).values("pk"))


def _of_students_in_charge(user: Any) -> Q:
    """Match rows of students of groups that the user is in charge of today."""
    from accounts.people.charges import students_in_charge

    return Q(person__in=students_in_charge(user))

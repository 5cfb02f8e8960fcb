"""Courses: series of lessons."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.choices import ClassType
from classes.models.wallclock import WallClockField


class Course(models.Model):
    """A series of lessons with a teacher, members and a recurrence rule (RFC 5545).

    `starts_local` is wall-clock time in the school's zone: 19:00 stays 19:00 through daylight saving.
    `members` are added individually, in addition to the students of `groups`. A course in a `term` has no
    lessons on the holidays of that term. The `subject` of a course is that of its lessons, which have none of
    their own. With `make_up_skipped`, the COUNT of the rule is a number of
    lessons: dates that are left out are made up at the end. Without it, they use up the COUNT (RFC 5545).
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="courses")
    title = models.CharField(_("title"), max_length=100)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="courses_taught", verbose_name=_("teacher")
    )
    assistants = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="courses_assisted", blank=True, verbose_name=_("assistants")
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="courses_attended", blank=True, verbose_name=_("students")
    )
    groups = models.ManyToManyField(
        "accounts.StudentGroup", related_name="courses", blank=True, verbose_name=_("groups")
    )
    term = models.ForeignKey(
        "classes.Term",
        models.SET_NULL,
        related_name="courses",
        null=True,
        blank=True,
        verbose_name=_("term"),
    )
    subject = models.ForeignKey(
        "classes.Subject",
        models.SET_NULL,
        related_name="courses",
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("school", "subject"),
    )
    class_type = models.CharField(_("type"), max_length=8, choices=ClassType.choices, default=ClassType.SMALL)
    starts_local = WallClockField(_("first lesson"))
    duration_minutes = models.PositiveIntegerField(_("minutes"))
    rrule = models.CharField(_("repeats"), max_length=300, blank=True)
    rules = models.JSONField(_("attendance rules of this course"), null=True, editable=False)
    skip = ArrayField(models.DateField(), default=list, blank=True, verbose_name=_("skipped dates"))
    make_up_skipped = models.BooleanField(_("make up skipped dates"), default=False, db_default=False)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(duration_minutes__gt=0), name="course_takes_time"),
        ]
        indexes = [models.Index(fields=["enterprise", "title", "id"], name="course_by_title")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("classes:course", args=[self.pk])

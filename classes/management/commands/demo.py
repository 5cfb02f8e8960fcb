"""`manage.py demo`: the demo schools at the local service."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import override

from accounts.models import Enterprise, Role, User
from classes.demo import other_schools, personas
from classes.demo.courseware import ensure_attachments, ensure_course, ensure_courseware
from classes.demo.cover import ensure_absence
from classes.demo.guardians import GUARDIAN_NAME, ensure_guardian
from classes.demo.history import ensure_history
from classes.demo.running import RUNNING, ensure_running
from classes.demo.sandbox_control import SandboxUnavailable
from classes.demo.school import demo_password, ensure_operator, ensure_people, ensure_school
from classes.demo.school_day import ensure_past_course
from classes.demo.simulation import simulate
from classes.demo.timetable import WEEKS_BACK, ensure_courses

#: Groups and weeks of past lessons of a small demo.
SMALL_GROUPS, SMALL_WEEKS = 2, 1


class Command(BaseCommand):
    help = (
        "Fill the demo schools: what is there stays, lessons that should run are begun, and a background job"
        " holds the lessons that are past."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--small", action="store_true", help="one school with two groups and one week of past lessons"
        )
        parser.add_argument(
            "--play", action="store_true", help="let the people of a filled school come and go until stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["play"]:
                self._play()
            else:
                self._fill(small=options["small"])
                self._logins(small=options["small"])
        except SandboxUnavailable as error:
            raise CommandError(str(error)) from None

    def _fill(self, *, small: bool) -> None:
        groups = SMALL_GROUPS if small else len(personas.GROUPS)
        school = ensure_school()
        people = ensure_people(school, groups)
        admin = people[personas.ADMIN.user_id]
        running = ensure_running(school, people, admin, wanted=RUNNING[:groups])
        decks = ensure_courseware(school, people, admin)
        if first := running.get(RUNNING[0]):
            ensure_attachments(first, decks, admin)
        if not small:
            other_schools.ensure_training_school()
            other_schools.ensure_new_school()
            ensure_operator()
        # Last: the lessons of the courses are sent to the service by the worker, after everything above.
        ensure_course(school, people, admin, decks)
        ensure_courses(school, people, admin, groups=groups, weeks=SMALL_WEEKS if small else WEEKS_BACK)
        ensure_past_course(school, people, admin)
        ensure_absence(school, admin)
        ensure_guardian(school, people[personas.students()[0].user_id], admin)
        with transaction.atomic():
            ensure_history(school, admin)

    def _play(self) -> None:
        school = Enterprise.objects.filter(sdkappid=personas.SDKAPPID).first()
        if school is None:
            raise CommandError("There is no demo school yet. Fill it with: manage.py demo")
        people: dict[str, User] = {person.user_id: person for person in school.users.all()}
        simulate(school, people, people[personas.ADMIN.user_id])

    def _logins(self, *, small: bool) -> None:
        self.stdout.write(f"{personas.SCHOOL} · every password is, 密码均为: {demo_password()}")
        for part in (
            personas.ADMIN,
            personas.SUPERADMIN,
            personas.TEACHERS[0],
            personas.SUPERVISOR,
            personas.students()[0],
        ):
            self._login(part, personas.SDKAPPID)
        self.stdout.write(
            f"  {GUARDIAN_NAME:<26} {'guardian':<14} {'监护人':\u3000<5} "
            f"/guardian/sign-in/?school={personas.SDKAPPID}"
        )
        if not small:
            self._login(other_schools.TRAINING_ADMIN, other_schools.TRAINING_SDKAPPID)
            self._login(other_schools.NEW_ADMIN, other_schools.NEW_SDKAPPID)
            self.stdout.write(f"  {personas.OPERATOR:<26} {'operator':<14} 平台运营人员")

    def _login(self, person: personas.DemoPerson, sdkappid: int) -> None:
        login = f"{person.user_id}@{sdkappid}"
        english, chinese = (_label(person.role, language) for language in ("en", "zh-hans"))
        # Filled with ideographic spaces, which are as wide as the characters.
        self.stdout.write(f"  {login:<26} {english:<14} {chinese:\u3000<5} {person.nickname}")


def _label(role: Role, language: str) -> str:
    with override(language):
        return str(role.label)

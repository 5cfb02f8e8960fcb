"""`manage.py demo`: the demo school at the local service."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from classes.demo import cast
from classes.demo.courseware import ensure_course, ensure_courseware, ensure_shown
from classes.demo.lessons import ensure_running, plant_past, schedule_ahead
from classes.demo.play import play
from classes.demo.school import ensure_people, ensure_school, password
from classes.demo.service import NoLocalService


class Command(BaseCommand):
    help = "Seed the demo school: twice on one day is once, on a later day the running lesson is renewed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--play", action="store_true", help="then let its students come and go until it is stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            school = ensure_school()
            people = ensure_people(school)
            admin = people[cast.ADMIN.user_id]
            plant_past(school)
            schedule_ahead(school, people, admin)
            decks = ensure_courseware(school, people, admin)
            ensure_shown(ensure_running(school, people, admin), decks, admin)
            ensure_course(school, people, admin, decks)
        except NoLocalService as error:
            raise CommandError(str(error)) from None
        if options["play"]:
            play(school, people, admin)
        else:
            self._logins()

    def _logins(self) -> None:
        self.stdout.write(f"{cast.SCHOOL} · every password is {password()}")
        for part in (cast.ADMIN, cast.SUPERADMIN, cast.TEACHERS[0], cast.SUPERVISOR, cast.students()[0]):
            login = f"{part.user_id}@{cast.SDKAPPID}"
            self.stdout.write(f"  {part.role.label:<14} {login:<26} {part.nickname}")

"""`manage.py reconcile`: compare everything with the iclass service now."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from console.mirror import backup_restore
from console.mirror.registry import reconcile
from console.mirror.report import ReconcileReport


def _summary(report: ReconcileReport) -> str:
    numbers = f"{report.seen} seen, {report.adopted} adopted, {report.changed} changed, {report.gone} gone"
    odd = f", {report.odd} cannot be read" if report.odd else ""
    return f"{numbers}{odd}{'' if report.complete else ', incomplete'}" + "".join(
        f"; {problem}" for problem in report.problems
    )


class Command(BaseCommand):
    help = "Compare schools, people, lessons and courseware with the service; adopt what was created outside."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--enterprise", type=int, metavar="SDKAPPID", help="only this school")
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="the database was restored from a backup: send nothing before everything is compared",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        schools = list(self._schools(options["enterprise"]))
        compare = backup_restore.compare_with_service if options["after_restore"] else reconcile
        if options["after_restore"]:
            for school in schools:
                backup_restore.hold_operations(school)
        failed = False
        for school in schools:
            for name, report in compare(school).items():
                failed |= not report.complete
                self.stdout.write(f"{school.sdkappid} {name}: {_summary(report)}")
        if failed:
            held = " Until then nothing is sent." if options["after_restore"] else ""
            raise CommandError(f"Some walks were incomplete; run it again when the service answers.{held}")

    def _schools(self, sdkappid: int | None) -> Any:
        schools = apps.get_model("accounts.Enterprise").objects.order_by("pk")
        if not sdkappid:
            return schools
        if not (found := schools.filter(sdkappid=sdkappid)):
            raise CommandError(f"No school has the SDKAppID {sdkappid}.")
        return found

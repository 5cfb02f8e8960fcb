"""manage.py verify_audit: whether the audit trail is as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.audit import chain as chains
from console.audit import checkpoints
from console.audit.verify import Verdict, verify


class Command(BaseCommand):
    help = "Check the chain of each school (or of one) against its entries and its checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--enterprise", type=int, help="id of one school; 0 is what belongs to none")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = options["enterprise"]
        bad = 0
        for chain in chains.chains() if chosen is None else [chosen]:
            verdict = verify(chain)
            bad += len(verdict.findings)
            self.tell(verdict)
        if bad:
            raise CommandError(f"The audit trail is not as it was written: {bad} findings.")

    def tell(self, verdict: Verdict) -> None:
        name = f"school {verdict.chain}" if verdict.chain else "no school"
        state = "holds" if verdict.holds else "BROKEN"
        self.stdout.write(
            f"{name}: {verdict.length} links, {verdict.checkpoints} checkpoints, {state}, ends {verdict.head}"
        )
        if verdict.length and not verdict.checkpoints:
            self.stdout.write(f"  no checkpoint in {checkpoints.folder()}: a cut end would not be seen")
        for finding in verdict.findings:
            self.stdout.write(f"  {finding}")

"""manage.py verify_audit: verify the audit chains."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.audit import chain as chains
from console.audit import checkpoints
from console.audit.verification import ChainVerification, verify_chain


class Command(BaseCommand):
    help = "Verify the audit chain of each school, or of one, against its entries and checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--enterprise", type=int, help="ID of one school; 0 for entries without a school")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = options["enterprise"]
        bad = 0
        for chain in chains.chain_ids() if chosen is None else [chosen]:
            verdict = verify_chain(chain)
            bad += len(verdict.findings)
            self._print(verdict)
        if bad:
            raise CommandError(f"The audit trail failed verification: {bad} findings.")

    def _print(self, verdict: ChainVerification) -> None:
        name = f"school {verdict.chain}" if verdict.chain else "no school"
        state = "holds" if verdict.holds else "BROKEN"
        self.stdout.write(
            f"{name}: {verdict.length} links, {verdict.checkpoints} checkpoints, {state}, ends {verdict.head}"
        )
        if verdict.length and not verdict.checkpoints:
            self.stdout.write(
                f"  no checkpoint in {checkpoints.checkpoint_dir()}: a cut chain would not be detected"
            )
        for finding in verdict.findings:
            self.stdout.write(f"  {finding}")

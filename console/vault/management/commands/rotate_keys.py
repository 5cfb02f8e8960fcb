"""manage.py rotate_keys: seal every stored secret with the newest key.

Put the new key first in FIELD_KEYS, restart all processes, run this, then remove the old key. The command can
be stopped and repeated at any time: the key ID in each value shows what is done.
"""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models, transaction
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from console.failpoints import point
from console.vault import keyring, resealers
from console.vault.fields import SealedField
from console.vault.keyring import VaultError
from console.vault.models import sealed_fields

RESEALED = point("vault.resealed", "a secret is resealed, its batch is not committed yet")
BATCH_KEPT = point("vault.batch_kept", "a batch of resealed secrets is committed")


class Command(BaseCommand):
    help = "Seal every stored secret with the newest key of FIELD_KEYS. Safe to stop and to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows of one transaction (500)")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for model in apps.get_models():
            fields = sealed_fields(model)
            if fields:
                done, bad = rotate(model, fields, options["batch"], self.stderr.write)
                failed += bad
                self.stdout.write(f"{model._meta.label}: {done} resealed, {bad} could not be opened")
        for name, reseal in resealers.resealers():
            done, bad = reseal(self.stderr.write)
            failed += bad
            self.stdout.write(f"{name}: {done} resealed, {bad} could not be opened")
        if failed:
            raise CommandError(
                f"{failed} rows keep their old key. Keep the old keys in FIELD_KEYS and see above."
            )


def rotate(model: type[models.Model], fields: list[SealedField], batch: int, report: Any) -> tuple[int, int]:
    """Reseal the rows of one model; return how many were resealed and how many could not be opened."""
    done = bad = 0
    last: Any = None
    while rows := _batch(model, fields, last, batch):
        last = rows[-1]
        with transaction.atomic():
            locked = model._base_manager.select_for_update(of=("self",)).filter(pk__in=rows).order_by("pk")
            for row in locked:
                try:
                    done += _reseal(row, fields)
                    RESEALED.hit()
                except VaultError as error:
                    bad += 1
                    report(f"{model._meta.label} {row.pk}: {error}")
        BATCH_KEPT.hit()
    return done, bad


def _batch(model: type[models.Model], fields: list[SealedField], last: Any, size: int) -> list[Any]:
    """Return primary keys of the next rows with a value that is not sealed with the newest key."""
    waiting = Q()
    text = {}
    for field in fields:
        text[f"{field.name}_text"] = Cast(F(field.name), TextField())
        waiting |= Q(**{f"{field.name}_text__gt": ""}) & ~Q(
            **{f"{field.name}_text__startswith": keyring.newest_prefix()}
        )
    rows = model._base_manager.annotate(**text).filter(waiting).order_by("pk")
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.values_list("pk", flat=True)[:size])


def _reseal(row: Any, fields: list[SealedField]) -> bool:
    fresh = {}
    for field in fields:
        sealed = row.__dict__[field.attname]
        if sealed and not sealed.startswith(keyring.newest_prefix()):
            fresh[field.attname] = field.reseal_value(row, sealed)
    return bool(fresh and type(row)._base_manager.filter(pk=row.pk).update(**fresh))

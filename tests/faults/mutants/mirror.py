"""Defences of the mirror."""

from tests.faults.mutants.types import Change, Mutant

MUTANTS = (
    Mutant(
        "mirror.absent_twice",
        "a row that a single run missed is not marked as gone",
        (Change("console.mirror.remote_deletions:check_missing_rows", "if pk in missed_before}", "}"),),
    ),
    Mutant(
        "mirror.adopt_unclaimed",
        "an object that an open operation may have created is left to its probe",
        (
            Change(
                "accounts.mirror.reconcile:_pending_registrations",
                "    operations = Operation.objects",
                ("    return set()\n    operations = Operation.objects"),
            ),
            Change(
                "classes.mirror.reconcile:_pending_keys",
                "    creating = Operation.objects",
                ("    return set()\n    creating = Operation.objects"),
            ),
            Change(
                "documents.mirror.reconcile:_pending_add_keys",
                "    adds = Operation.objects",
                ("    return set()\n    adds = Operation.objects"),
            ),
        ),
    ),
    Mutant(
        "mirror.copies",
        "a possible duplicate of a remote object is shown to a person",
        (
            Change(
                "console.mirror.duplicates:creates_sent_since",
                "    creates = Operation.objects",
                ("    return {}\n    creates = Operation.objects"),
            ),
        ),
    ),
    Mutant(
        "mirror.dedupe",
        "a line that a shifting list shows twice counts once",
        (
            Change(
                "console.iclass.pagination:_Walker.take",
                "key = self.key(line)",
                "key = (len(self.totals), len(self.seen))",
            ),
        ),
    ),
    Mutant(
        "mirror.incomplete",
        "a list that was not read completely marks nothing as absent",
        (
            Change(
                "console.mirror.reconciliation:ReconcileRun.read",
                "result.complete and not result.odd",
                "True",
            ),
        ),
    ),
    Mutant(
        "mirror.info_decides",
        "a row missing from the lists is queried before it is marked as gone",
        (
            Change(
                "console.mirror.remote_deletions:_confirm_missing",
                "in run.query_each(query, missing):",
                "in ((key, NotFound()) for key in missing):",
            ),
        ),
    ),
    Mutant(
        "mirror.lease",
        "a poll or reconciliation that was paused past its lease writes nothing",
        (
            Change(
                "console.mirror.leases:lock_leased_row",
                "is_leased = row.look_fence == fence",
                "is_leased = True",
            ),
            Change(
                "console.mirror.leases:lock_leased_rows",
                "if row.look_fence == leased[row.pk].look_fence",
                "if True",
            ),
            Change(
                "console.mirror.reconciliation:ReconcileRun.write_transaction",
                "            if not self._renew():",
                "            if not self._renew() and False:",
            ),
            Change(
                "console.mirror.reconciliation:ReconcileRun.renew",
                "        if not self._renew():",
                "        if not self._renew() and False:",
            ),
        ),
    ),
    Mutant(
        "mirror.quiet",
        "unchanged rows are not written",
        (
            Change("console.mirror.differences:has_changes", "if row.remote_id", "if True or row.remote_id"),
            Change("console.mirror.differences:save_observed", "if same:", "if False:"),
        ),
    ),
    Mutant(
        "mirror.restore_hold",
        "after a restore nothing is sent before it is compared",
        (
            Change(
                "console.mirror.backup_restore:hold_operations",
                "    hold_school(enterprise, HOLD_REASON)",
                "    pass",
            ),
            Change(
                "console.mirror.backup_restore:release_operations",
                'in _held_operations(enterprise).select_for_update(no_key=True, of=("self",)):',
                "in ():",
            ),
        ),
    ),
)

"""Defences of imports, sign-in, the API client and the policy."""

from tests.faults.mutants.types import Change, Mutant

MUTANTS = (
    Mutant(
        "iclass.same",
        "an answer about another thing than was asked for is not read",
        (Change("console.iclass.responses:check_same_subject", "if requested != returned:", "if False:"),),
    ),
    Mutant(
        "imports.unchanged",
        "an import that was checked before the school changed waits",
        (Change("accounts.imports.services:write_import", "    _check_unchanged(source)\n", "    pass\n"),),
    ),
    Mutant(
        "policy.narrowed",
        "queries are narrowed to the school of the reader",
        (
            Change(
                "console.policy.rules:in_school",
                "    return queryset.filter(",
                ("    return queryset\n    return queryset.filter("),
            ),
        ),
    ),
    Mutant(
        "policy.rows",
        "requests act as a role to which the database shows one school",
        (Change("console.policy.database_scope:_settings_of", "if scope is None:", "if True:"),),
    ),
    Mutant(
        "policy.local",
        "role and school of a request are set for one transaction, and not for the connection",
        (Change("console.postgresql.transaction_settings:SET_LOCAL", "true", "false"),),
    ),
    Mutant(
        "replica.position",
        "a session reads from the standby once this has applied what the session wrote",
        (Change("console.postgresql.replica:_state", "has_position and ", ""),),
    ),
    Mutant(
        "replica.router",
        "the standby is read by pages that say so, and by nothing else",
        (
            Change(
                "console.postgresql.replica:ReplicaRouter.db_for_read",
                "return ALIAS if _is_reading.get() else DEFAULT_DB_ALIAS",
                "return ALIAS",
            ),
        ),
    ),
    Mutant(
        "rest.key",
        "a POST with an `Idempotency-Key` that took effect is not carried out again",
        (
            Change(
                "console.policy.idempotency:_claim",
                "is_new: bool = cursor.rowcount == 1",
                "is_new: bool = True",
            ),
        ),
    ),
    Mutant(
        "rest.position",
        "the next list of changes begins at the oldest transaction that was still running",
        (Change("console.policy.row_changes:NOW", "pg_snapshot_xmin", "pg_snapshot_xmax"),),
    ),
    Mutant(
        "sign_in.counted",
        "guesses are counted, and too many are not looked at",
        (
            Change(
                "accounts.sign_in.attempt_limits:take_attempt",
                "    now = timezone.now()\n",
                ("    return None\n    now = timezone.now()\n"),
            ),
        ),
    ),
    Mutant(
        "retention.keys",
        "each batch of a retention run begins behind the last key of the one before",
        (Change("accounts.school.retention:_batches", "parents[first : first + PARENTS]", "parents"),),
    ),
    Mutant(
        "saml.form",
        "a response has one assertion, signed with an algorithm and transforms that count",
        (
            Change(
                "accounts.school.identity.saml.signatures:check_signature_form",
                "    try:\n",
                "    return\n    try:\n",
            ),
        ),
    ),
    Mutant(
        "saml.signature",
        "the signature of an assertion is one of the provider's certificates",
        (
            Change(
                "onelogin.saml2.utils:OneLogin_Saml2_Utils.validate_node_sign",
                "dsig_ctx.verify(signature_node)",
                "pass",
            ),
        ),
    ),
)

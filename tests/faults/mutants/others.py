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
        (Change("console.policy.database_scope:_set_session", "if scope is None:", "if True:"),),
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
)

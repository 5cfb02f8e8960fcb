"""Names in the environment that look like misspelled variables. They are reported, not refused: the
environment belongs to other programs too."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from console.variables.kinds import InvalidSetting
from console.variables.table import VARIABLES

#: Only variables of the console begin like this.
PREFIXES = (
    *("ICLASS_", "OUTBOX_", "OIDC_", "COURSEWARE_", "SIGN_IN_", "ALARM_", "RECONCILE_", "CALLBACK_"),
    *("VIRUS_SCANNER", "AUDIT_CH", "REQUIRE_TWO", "TRUSTED_PROX"),
)
#: What other programs read in lower case too.
LOWER_CASE = {"https_proxy", "no_proxy"}
#: Of a name without such a prefix: its shortest length, and the similarity to a variable.
MIN_LENGTH = 5
SIMILARITY = 0.85


def misspelled_names(names: Iterable[str]) -> Iterator[InvalidSetting]:
    """Yield a sentence for each name that no program of the console reads, although it looks like it."""
    for name in sorted(set(names) - set(VARIABLES) - LOWER_CASE):
        upper = name.upper()
        similar = (
            get_close_matches(upper, VARIABLES, n=1, cutoff=SIMILARITY) if len(name) >= MIN_LENGTH else []
        )
        if similar or upper.startswith(PREFIXES):
            remedy = f"Did you mean {similar[0]}?" if similar else ".env.example lists all variables."
            yield InvalidSetting(
                "W001", f"{name} is not a variable of the console, so it has no effect.", remedy
            )

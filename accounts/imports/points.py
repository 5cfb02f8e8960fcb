"""Failure points and defences of imports."""

from console.failpoints import defence, point

APPLIED = point("imports.applied", "all of an import is written, its transaction not committed")
UNCHANGED_SINCE = defence("imports.unchanged", "an import that was checked before the school changed waits")

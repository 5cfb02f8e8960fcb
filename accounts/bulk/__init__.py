"""Actions on many people in one transaction: for all of them, or for none."""

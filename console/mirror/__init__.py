"""Remote thing → row: what is looked at when, and the one road by which news comes in."""

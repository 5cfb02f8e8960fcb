"""Single changes in the code that decides, by lot, and whether the tests find them; `make mutants`."""

"""The copy of everything that the console holds about one person."""

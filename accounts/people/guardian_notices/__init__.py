"""Notifications to guardians: their text, their e-mail, what became of it, and the settings of a school."""

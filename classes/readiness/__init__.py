"""Readiness of lessons: people, room at iclass, courseware, and keys of the school."""

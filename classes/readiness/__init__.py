"""Readiness of lessons: teacher, people, room at iclass, courseware, and keys of the school."""

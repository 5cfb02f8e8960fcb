"""Lessons: services, queries, members, groups, links and passwords."""

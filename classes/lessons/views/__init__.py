"""Views that change a lesson."""

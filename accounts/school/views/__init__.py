"""Views of school settings and visits of operators."""

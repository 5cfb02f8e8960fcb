"""Row-level security: which rows of which table the role of the web sees and writes. See docs/security.md."""

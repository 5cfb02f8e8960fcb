"""Import of people from files (upload, mapping, comparison, application, push, undo), and export."""

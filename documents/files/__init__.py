"""Validation of courseware files by name and content. Files are never unpacked to disk or rendered.

filenames.split_filename(filename)         the name without its extension, and the kind
validation.validate_content(file, kind)    check that the content is of that kind and harmless

Both raise ValidationError. `content_checks.check_content` runs in a separate process without Django.
"""

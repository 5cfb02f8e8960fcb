"""What the console holds about people as courseware, for the copy of their data."""

from django.utils.translation import gettext_lazy as _

from console.audit.held_data import register_holding

register_holding(
    "documents.Document",
    found_by=("owner",),
    without=("source_url", "transcode_code", "transcode_message", "transcode_url", "double_of", "replaces"),
    labels={"created_at": _("created at")},
)
# Uploads that were not finished. `told` is the name of the file; the stored name tells nothing.
register_holding(
    "documents.DocumentUpload",
    found_by=("by",),
    without=("token", "file", "modified"),
    labels={
        "": _("Unfinished uploads"),
        "told": _("file"),
        "bytes": _("size"),
        "begun_at": _("requested at"),
    },
)

"""The database refuses to change a `remote_id` that is set (outbox 0006)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER documents_document_keeps_remote_id BEFORE UPDATE OF remote_id ON documents_document FOR EACH ROW
    WHEN (OLD.remote_id <> '' AND NEW.remote_id IS DISTINCT FROM OLD.remote_id)
    EXECUTE FUNCTION outbox_keep_remote_id();
"""
BACKWARD = "DROP TRIGGER documents_document_keeps_remote_id ON documents_document;"


class Migration(migrations.Migration):
    dependencies = [("documents", "0006_newest_first"), ("outbox", "0006_remote_ids_are_kept")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

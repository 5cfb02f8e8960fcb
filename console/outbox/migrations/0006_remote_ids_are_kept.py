"""A `remote_id` that is set never changes, but where the row is created anew at the service.

A row that loses it would be created a second time. Apps put the trigger on their own tables.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION outbox_keep_remote_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('console.forget_remote', true) = 'on' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'row % of % has the id % at the service and keeps it',
        OLD.id, TG_TABLE_NAME, OLD.remote_id
        USING ERRCODE = 'raise_exception';
END $$;
"""
BACKWARD = "DROP FUNCTION outbox_keep_remote_id();"


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_desk")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""Evidence stays, but the words of a person in it can be taken out where that person's data are erased."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION classes_observation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('console.erasing', true) = 'on'
        AND to_jsonb(NEW) - 'nickname' - 'raw' = to_jsonb(OLD) - 'nickname' - 'raw' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'evidence is append-only' USING ERRCODE = 'check_violation';
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION classes_observation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is append-only' USING ERRCODE = 'check_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("classes", "0003_entries_and_doubles")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

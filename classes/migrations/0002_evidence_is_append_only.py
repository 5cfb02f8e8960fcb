"""Evidence can be added; it is never changed or taken away, but with its lesson."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION classes_observation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is append-only' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER classes_observation_stays BEFORE UPDATE ON classes_observation
    FOR EACH ROW EXECUTE FUNCTION classes_observation_stays();
"""

BACKWARD = """
DROP TRIGGER classes_observation_stays ON classes_observation;
DROP FUNCTION classes_observation_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("classes", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

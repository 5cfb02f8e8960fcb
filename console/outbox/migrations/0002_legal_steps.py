"""The database guards the steps of an operation, whoever writes."""

from django.db import migrations

# Written out rather than read from the code: a migration must not change when the code does.
FORWARD = """
CREATE FUNCTION outbox_legal_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = NEW.state OR (OLD.state || '>' || NEW.state) = ANY (ARRAY[
        'ready>sending', 'ready>held', 'ready>superseded',
        'sending>done', 'sending>refused', 'sending>held', 'sending>unknown', 'sending>ready',
        'unknown>probing',
        'probing>done', 'probing>ready', 'probing>unknown', 'probing>needs_you',
        'held>ready',
        'refused>ready', 'refused>done', 'refused>parked',
        'needs_you>ready', 'needs_you>done', 'needs_you>parked',
        'parked>ready'
    ]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'operation % cannot go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER outbox_legal_step BEFORE UPDATE OF state ON outbox_operation
    FOR EACH ROW EXECUTE FUNCTION outbox_legal_step();
"""

BACKWARD = """
DROP TRIGGER outbox_legal_step ON outbox_operation;
DROP FUNCTION outbox_legal_step();
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

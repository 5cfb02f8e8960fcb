"""The database guards the steps of a delivery, whoever writes."""

from django.db import migrations

# Written out rather than read from the code: a migration must not change when the code does.
FORWARD = """
CREATE FUNCTION webhook_legal_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = NEW.state OR (OLD.state || '>' || NEW.state) = ANY (ARRAY[
        'ready>sending', 'ready>parked', 'sending>ready', 'sending>done', 'done>ready', 'parked>ready'
    ]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'delivery % cannot go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER webhook_legal_step BEFORE UPDATE OF state ON webhook_delivery
    FOR EACH ROW EXECUTE FUNCTION webhook_legal_step();
"""

BACKWARD = """
DROP TRIGGER webhook_legal_step ON webhook_delivery;
DROP FUNCTION webhook_legal_step();
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""What is written waits for its chain, links and looks are kept like entries, and a transaction knows that it
wrote on the trail (console.audit.change_triggers)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO audit_waiting (entry_id, chain) VALUES (NEW.id, COALESCE(NEW.enterprise_id, 0));
    PERFORM set_config('console.audited', pg_current_xact_id()::text, true);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_written AFTER INSERT ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_written();
INSERT INTO audit_waiting (entry_id, chain) SELECT id, COALESCE(enterprise_id, 0) FROM audit_auditentry;
CREATE TRIGGER audit_link_kept BEFORE UPDATE OR DELETE ON audit_link
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seen_kept BEFORE UPDATE OR DELETE ON audit_seen
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""

BACKWARD = """
DROP TRIGGER audit_seen_kept ON audit_seen;
DROP TRIGGER audit_link_kept ON audit_link;
DELETE FROM audit_waiting;
DROP TRIGGER audit_entry_written ON audit_auditentry;
DROP FUNCTION audit_written();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain_and_keys")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

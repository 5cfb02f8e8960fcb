CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE FUNCTION public.accounts_consent_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF to_jsonb(NEW) - 'guardian' = to_jsonb(OLD) - 'guardian' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'consents are append-only' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.audit_net() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    is_ jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    the jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    names jsonb;
    school bigint;
BEGIN
    IF current_setting('console.audited', true) = pg_current_xact_id()::text THEN
        RETURN NULL;
    END IF;
    SELECT COALESCE(jsonb_agg(name ORDER BY name), '[]') INTO names
        FROM unnest(string_to_array(TG_ARGV[1], ',')) AS name WHERE was -> name IS DISTINCT FROM is_ -> name;
    school := CASE WHEN TG_ARGV[0] = 'accounts.enterprise' THEN the ->> 'id' ELSE the ->> 'enterprise_id' END;
    INSERT INTO audit_auditentry (enterprise_id, actor_label, action, object_type, object_id, object_label,
            after, reason, request_id, address, looks, at)
        VALUES (CASE WHEN EXISTS (SELECT 1 FROM accounts_enterprise WHERE id = school) THEN school END,
            left('database: ' || session_user, 120), 'row.changed', TG_ARGV[0], the ->> 'id', '',
            jsonb_build_object('how', lower(TG_OP), 'columns', names), '', '',
            COALESCE(host(inet_client_addr()), ''), false, clock_timestamp());
    RETURN NULL;
END $$;

COMMENT ON FUNCTION public.audit_net() IS '6310b0e40f7fb650da89f1fe';

CREATE FUNCTION public.audit_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'Audit entries are kept as they were written: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION public.audit_written() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO audit_waiting (entry_id, chain) VALUES (NEW.id, COALESCE(NEW.enterprise_id, 0));
    PERFORM set_config('console.audited', pg_current_xact_id()::text, true);
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_correction_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('console.erasing', true) = 'on' AND TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'corrections are append-only' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.classes_followup_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('console.erasing', true) = 'on' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'follow-ups are append-only' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.classes_grades_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'fixed grades stay as they are' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.classes_lesson_made_up() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    UPDATE classes_lesson l SET made_up = NOT l.made_up
    WHERE l.id = ANY(ARRAY[OLD.makes_up_for_id, NEW.makes_up_for_id]) AND l.made_up <> EXISTS (
        SELECT 1 FROM classes_lesson m WHERE m.makes_up_for_id = l.id AND m.cancelled_at IS NULL
    );
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_lesson_revised() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.revision := OLD.revision + CASE WHEN
        (NEW.topic, NEW.starts_at, NEW.ends_at, NEW.teacher_id, NEW.student_url, NEW.cancelled_at IS NULL)
        IS DISTINCT FROM
        (OLD.topic, OLD.starts_at, OLD.ends_at, OLD.teacher_id, OLD.student_url, OLD.cancelled_at IS NULL)
        THEN 1 ELSE 0 END;
    RETURN NEW;
END $$;

CREATE FUNCTION public.classes_observation_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('console.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'evidence is append-only' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.classes_observation_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('console.erasing', true) = 'on'
        AND to_jsonb(NEW) - 'nickname' - 'raw' = to_jsonb(OLD) - 'nickname' - 'raw' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'evidence is append-only' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.classes_register_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.reopened_at IS NULL
        AND to_jsonb(NEW) - 'reopened_at' - 'reopened_by_id' - 'reopen_reason'
          = to_jsonb(OLD) - 'reopened_at' - 'reopened_by_id' - 'reopen_reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a closed register stays as it is' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.classes_seat_follows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO classes_seat AS s
        (lesson_id, person_id, believes, changes, pending, topic, starts_at, ends_at)
    SELECT c.lesson_id, c.user_id, TG_OP = 'DELETE', 1, TRUE, t.topic, t.starts_at, t.ends_at
    FROM changed c JOIN classes_told t ON t.lesson_id = c.lesson_id
    WHERE t.starts_at IS NOT NULL ORDER BY c.lesson_id, c.user_id
    ON CONFLICT (lesson_id, person_id) DO UPDATE SET changes = s.changes + 1, pending = TRUE,
        topic = excluded.topic, starts_at = excluded.starts_at, ends_at = excluded.ends_at;
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_streaks_anew(people bigint[]) RETURNS bigint
    LANGUAGE sql STRICT SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
    WITH who AS (
        SELECT DISTINCT unnest(people) AS id
    ), told AS (
        SELECT l.enterprise_id, who.id AS person_id, l.starts_at, a.absent,
            count(*) FILTER (WHERE NOT a.absent) OVER (
                PARTITION BY l.enterprise_id, who.id ORDER BY l.starts_at, l.id, a.id ROWS UNBOUNDED PRECEDING
            ) AS came
        FROM who CROSS JOIN LATERAL (
            SELECT a.id, a.lesson_id, a.mark = 'absent' AS absent FROM classes_attendance a
            WHERE a.person_id = who.id AND a.expected AND a.person_id IS NOT NULL AND a.mark NOT IN ('', 'excused', 'unknown') OFFSET 0
        ) a CROSS JOIN LATERAL (
            SELECT l.id, l.enterprise_id, l.starts_at FROM classes_lesson l
            WHERE l.id = a.lesson_id AND l.final_at IS NOT NULL AND l.cancelled_at IS NULL AND NOT l.made_up OFFSET 0
        ) l
    ), grouped AS (
        SELECT enterprise_id, person_id, array_agg(starts_at ORDER BY starts_at) FILTER (WHERE absent) AS times,
            lead(min(starts_at) FILTER (WHERE NOT absent)) OVER (
                PARTITION BY enterprise_id, person_id ORDER BY came
            ) AS ended_at
        FROM told GROUP BY enterprise_id, person_id, came
    ), wanted AS (
        SELECT * FROM grouped WHERE times IS NOT NULL
    ), kept AS (
        SELECT s.* FROM who CROSS JOIN LATERAL (
            SELECT * FROM classes_streak s WHERE s.person_id = who.id OFFSET 0
        ) s
    ), gone AS (
        DELETE FROM classes_streak WHERE id = ANY(ARRAY(
            SELECT k.id FROM kept k WHERE NOT EXISTS (
                SELECT 1 FROM wanted w
                WHERE w.person_id = k.person_id AND w.enterprise_id = k.enterprise_id AND w.times = k.times
                    AND w.ended_at IS NOT DISTINCT FROM k.ended_at
            )
        )) RETURNING 1
    ), new AS (
        INSERT INTO classes_streak
            (enterprise_id, person_id, times, number, began_at, last_at, ended_at, level)
        SELECT enterprise_id, person_id, times, cardinality(times), times[1], times[cardinality(times)], ended_at,
            width_bucket(extract(epoch FROM ended_at - times[1]) / 86400, ARRAY[1, 4, 16, 64, 256, 1024]::numeric[])
        FROM wanted w WHERE NOT EXISTS (
            SELECT 1 FROM kept k
            WHERE k.person_id = w.person_id AND k.enterprise_id = w.enterprise_id AND k.times = w.times
                AND k.ended_at IS NOT DISTINCT FROM w.ended_at
        ) RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM new)
$$;

CREATE FUNCTION public.classes_streaks_follow(lessons bigint[], people bigint[], whatever boolean[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('absences of ' || school, 0)) FROM (
        SELECT DISTINCT enterprise_id AS school FROM classes_lesson WHERE id = ANY(lessons) ORDER BY 1
    ) schools;
    PERFORM classes_streaks_anew(array_agg(DISTINCT c.person)) FROM unnest(lessons, people, whatever)
        AS c (lesson, person, whatever) JOIN classes_lesson l ON l.id = c.lesson
    WHERE c.whatever OR EXISTS (
        SELECT 1 FROM classes_streak s WHERE s.person_id = c.person AND s.began_at <= l.starts_at
            AND (s.ended_at IS NULL OR s.ended_at >= l.starts_at)
    );
END $$;

CREATE FUNCTION public.classes_streaks_follow_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
DECLARE
    done bigint[]; lessons bigint[]; people bigint[]; absences boolean[];
BEGIN
    SELECT array_agg(l.id) INTO done FROM classes_lesson l
    WHERE l.id = ANY(ARRAY(SELECT lesson_id FROM stale UNION SELECT lesson_id FROM fresh)) AND l.final_at IS NOT NULL AND l.cancelled_at IS NULL AND NOT l.made_up;
    IF done IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(lesson_id), array_agg(person_id), array_agg(absent) INTO lessons, people, absences
    FROM ((SELECT m.lesson_id, m.person_id, m.mark = 'absent' AS absent FROM stale m WHERE m.expected AND m.person_id IS NOT NULL AND m.mark NOT IN ('', 'excused', 'unknown') EXCEPT ALL SELECT m.lesson_id, m.person_id, m.mark = 'absent' AS absent FROM fresh m WHERE m.expected AND m.person_id IS NOT NULL AND m.mark NOT IN ('', 'excused', 'unknown')) UNION ALL (SELECT m.lesson_id, m.person_id, m.mark = 'absent' AS absent FROM fresh m WHERE m.expected AND m.person_id IS NOT NULL AND m.mark NOT IN ('', 'excused', 'unknown') EXCEPT ALL SELECT m.lesson_id, m.person_id, m.mark = 'absent' AS absent FROM stale m WHERE m.expected AND m.person_id IS NOT NULL AND m.mark NOT IN ('', 'excused', 'unknown'))) changed WHERE lesson_id IN (SELECT unnest(done));
    IF people IS NOT NULL THEN
        PERFORM classes_streaks_follow(lessons, people, absences);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_streaks_follow_gone() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
DECLARE
    done bigint[]; lessons bigint[]; people bigint[]; absences boolean[];
BEGIN
    SELECT array_agg(l.id) INTO done FROM classes_lesson l
    WHERE l.id = ANY(ARRAY(SELECT lesson_id FROM stale)) AND l.final_at IS NOT NULL AND l.cancelled_at IS NULL AND NOT l.made_up;
    IF done IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(lesson_id), array_agg(person_id), array_agg(absent) INTO lessons, people, absences
    FROM (SELECT m.lesson_id, m.person_id, m.mark = 'absent' AS absent FROM stale m WHERE m.expected AND m.person_id IS NOT NULL AND m.mark NOT IN ('', 'excused', 'unknown')) changed WHERE lesson_id IN (SELECT unnest(done));
    IF people IS NOT NULL THEN
        PERFORM classes_streaks_follow(lessons, people, absences);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_streaks_follow_lesson() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM classes_streaks_follow(
        array_agg(m.lesson_id), array_agg(m.person_id),
        array_agg(m.mark = 'absent' OR OLD.starts_at <> NEW.starts_at)
    ) FROM classes_attendance m WHERE m.lesson_id = NEW.id AND m.expected AND m.person_id IS NOT NULL AND m.mark NOT IN ('', 'excused', 'unknown') HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_streaks_follow_new() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
DECLARE
    done bigint[]; lessons bigint[]; people bigint[]; absences boolean[];
BEGIN
    SELECT array_agg(l.id) INTO done FROM classes_lesson l
    WHERE l.id = ANY(ARRAY(SELECT lesson_id FROM fresh)) AND l.final_at IS NOT NULL AND l.cancelled_at IS NULL AND NOT l.made_up;
    IF done IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(lesson_id), array_agg(person_id), array_agg(absent) INTO lessons, people, absences
    FROM (SELECT m.lesson_id, m.person_id, m.mark = 'absent' AS absent FROM fresh m WHERE m.expected AND m.person_id IS NOT NULL AND m.mark NOT IN ('', 'excused', 'unknown')) changed WHERE lesson_id IN (SELECT unnest(done));
    IF people IS NOT NULL THEN
        PERFORM classes_streaks_follow(lessons, people, absences);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_tally_follows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
DECLARE touched bigint[];
BEGIN
    SELECT array_agg(DISTINCT lesson_id) INTO touched FROM changed;
    PERFORM 1 FROM classes_lesson WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;
    
INSERT INTO classes_tally (lesson_id, expected, present, late, left_early, late_and_left_early, absent, excused,
    unknown, people, present_seconds)
SELECT l.id, count(a.id) FILTER (WHERE counts), count(a.id) FILTER (WHERE counts AND a.mark = 'present'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'late'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'left_early'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'late_and_left_early'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'absent'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'excused'),
    count(a.id) FILTER (WHERE counts AND a.mark = 'unknown'),
    count(a.id) FILTER (WHERE a.present_seconds > 0), coalesce(sum(a.present_seconds), 0)
FROM classes_lesson l LEFT JOIN classes_attendance a ON a.lesson_id = l.id
LEFT JOIN LATERAL (SELECT a.expected AND a.mark <> '' AS counts) c ON true
WHERE l.id = ANY(touched)
    AND (TG_OP <> 'DELETE' OR EXISTS (SELECT 1 FROM classes_tally t WHERE t.lesson_id = l.id))
GROUP BY l.id
ON CONFLICT (lesson_id) DO UPDATE SET expected = excluded.expected, present = excluded.present,
    late = excluded.late, left_early = excluded.left_early,
    late_and_left_early = excluded.late_and_left_early, absent = excluded.absent,
    excused = excluded.excused, unknown = excluded.unknown,
    people = excluded.people, present_seconds = excluded.present_seconds
;
    RETURN NULL;
END $$;

CREATE FUNCTION public.classes_teachers_seat_follows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO classes_seat AS s
        (lesson_id, person_id, believes, changes, pending, topic, starts_at, ends_at)
    SELECT NEW.id, who.id, who.believes, 1, TRUE, t.topic, t.starts_at, t.ends_at
    FROM classes_told t CROSS JOIN (VALUES (OLD.teacher_id, TRUE), (NEW.teacher_id, EXISTS (
        SELECT 1 FROM classes_member m WHERE m.lesson_id = NEW.id AND m.user_id = NEW.teacher_id
    ))) AS who (id, believes)
    WHERE t.lesson_id = NEW.id AND t.starts_at IS NOT NULL ORDER BY who.id
    ON CONFLICT (lesson_id, person_id) DO UPDATE SET changes = s.changes + 1, pending = TRUE,
        topic = excluded.topic, starts_at = excluded.starts_at, ends_at = excluded.ends_at;
    RETURN NULL;
END $$;

CREATE FUNCTION public.console_acted_here(who bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
    SELECT EXISTS (SELECT 1 FROM audit_auditentry WHERE actor_id = who AND enterprise_id = console_school())
$$;

CREATE FUNCTION public.console_no_school() RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RAISE EXCEPTION 'No school is set, so no row of a school can be read or written.'
        USING ERRCODE = 'insufficient_privilege',
        HINT = 'Stand in a school first: console.policy.database_scope.';
END $$;

CREATE FUNCTION public.console_operator() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT COALESCE(current_setting('console.operator', true), '') = 'on'
$$;

CREATE FUNCTION public.console_school() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    SELECT COALESCE(NULLIF(current_setting('console.school', true), '')::bigint, console_no_school())
$$;

COMMENT ON FUNCTION public.console_school() IS '1123f5a394dec997349a076e';

CREATE FUNCTION public.console_user() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    SELECT NULLIF(current_setting('console.user', true), '')::bigint
$$;

CREATE FUNCTION public.outbox_keep_remote_id() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('console.forget_remote', true) = 'on' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'row % of % has the id % at the service and keeps it',
        OLD.id, TG_TABLE_NAME, OLD.remote_id
        USING ERRCODE = 'raise_exception';
END $$;

CREATE FUNCTION public.outbox_legal_step() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.row_change_accounts_grade() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.grade', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.grade', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_accounts_groupstudent() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'accounts.studentgroup', c.group_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN accounts_studentgroup p0 ON p0.id = c.group_id WHERE p0.enterprise_id IS NOT NULL AND c.group_id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p1.enterprise_id, 'accounts.grade', p0.grade_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN accounts_studentgroup p0 ON p0.id = c.group_id JOIN accounts_grade p1 ON p1.id = p0.grade_id WHERE p1.enterprise_id IS NOT NULL AND p0.grade_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'accounts.studentgroup', c.group_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN accounts_studentgroup p0 ON p0.id = c.group_id WHERE p0.enterprise_id IS NOT NULL AND c.group_id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p1.enterprise_id, 'accounts.grade', p0.grade_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN accounts_studentgroup p0 ON p0.id = c.group_id JOIN accounts_grade p1 ON p1.id = p0.grade_id WHERE p1.enterprise_id IS NOT NULL AND p0.grade_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_accounts_studentgroup() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.studentgroup', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'accounts.grade', c.grade_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'grade_id', to_jsonb(n) -> 'archived_at'))::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'grade_id', to_jsonb(n) -> 'archived_at'))::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN accounts_grade p0 ON p0.id = c.grade_id WHERE p0.enterprise_id IS NOT NULL AND c.grade_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.studentgroup', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'accounts.grade', c.grade_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN accounts_grade p0 ON p0.id = c.grade_id WHERE p0.enterprise_id IS NOT NULL AND c.grade_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_accounts_teacherincharge() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'accounts.studentgroup', c.group_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN accounts_studentgroup p0 ON p0.id = c.group_id WHERE p0.enterprise_id IS NOT NULL AND c.group_id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.teacherincharge', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'accounts.studentgroup', c.group_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN accounts_studentgroup p0 ON p0.id = c.group_id WHERE p0.enterprise_id IS NOT NULL AND c.group_id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.teacherincharge', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_accounts_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.user', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'accounts.user', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_audit_auditentry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'audit.auditentry', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'audit.auditentry', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_appeal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT s0.enterprise_id, 'classes.appeal', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_lesson s0 ON s0.id = c.lesson_id WHERE s0.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT s0.enterprise_id, 'classes.appeal', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_lesson s0 ON s0.id = c.lesson_id WHERE s0.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_attendance() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT s0.enterprise_id, 'classes.attendance', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_lesson s0 ON s0.id = c.lesson_id WHERE s0.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT s0.enterprise_id, 'classes.attendance', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_lesson s0 ON s0.id = c.lesson_id WHERE s0.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_attendancecode() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.attendancecode', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.attendancecode', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_attendancewarning() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.attendancewarning', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.attendancewarning', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_codeuse() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.attendancecode', c.code_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_attendancecode p0 ON p0.id = c.code_id WHERE p0.enterprise_id IS NOT NULL AND c.code_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.attendancecode', c.code_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_attendancecode p0 ON p0.id = c.code_id WHERE p0.enterprise_id IS NOT NULL AND c.code_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_course() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.course', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.course', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_course_assistants() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_course_groups() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_course_members() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_cover() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.cover', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.cover', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_credit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT s0.enterprise_id, 'classes.guestcredit', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_lesson s0 ON s0.id = c.lesson_id WHERE s0.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT s0.enterprise_id, 'classes.guestcredit', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_lesson s0 ON s0.id = c.lesson_id WHERE s0.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_exportrun() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.exportrun', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.exportrun', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_exportschedule() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.exportschedule', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.exportschedule', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_exportschedule_recipients() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.exportschedule', c.exportschedule_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_exportschedule p0 ON p0.id = c.exportschedule_id WHERE p0.enterprise_id IS NOT NULL AND c.exportschedule_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.exportschedule', c.exportschedule_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_exportschedule p0 ON p0.id = c.exportschedule_id WHERE p0.enterprise_id IS NOT NULL AND c.exportschedule_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_leave() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.leave', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.leave', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_leavefile() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.leave', c.leave_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_leave p0 ON p0.id = c.leave_id WHERE p0.enterprise_id IS NOT NULL AND c.leave_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.leave', c.leave_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_leave p0 ON p0.id = c.leave_id WHERE p0.enterprise_id IS NOT NULL AND c.leave_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_lesson() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.lesson', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'course_id'))::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'course_id'))::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.lesson', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.course', c.course_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_course p0 ON p0.id = c.course_id WHERE p0.enterprise_id IS NOT NULL AND c.course_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_member() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.lesson', c.lesson_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'user_id', to_jsonb(n) -> 'role'))::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'user_id', to_jsonb(n) -> 'role'))::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_lesson p0 ON p0.id = c.lesson_id WHERE p0.enterprise_id IS NOT NULL AND c.lesson_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.lesson', c.lesson_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_lesson p0 ON p0.id = c.lesson_id WHERE p0.enterprise_id IS NOT NULL AND c.lesson_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_recording() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.recording', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.recording', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_subject() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.subject', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.subject', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_subject_teachers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.subject', c.subject_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_subject p0 ON p0.id = c.subject_id WHERE p0.enterprise_id IS NOT NULL AND c.subject_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.subject', c.subject_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_subject p0 ON p0.id = c.subject_id WHERE p0.enterprise_id IS NOT NULL AND c.subject_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_teacherabsence() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.teacherabsence', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.teacherabsence', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_thresholdrule() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.thresholdrule', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'classes.thresholdrule', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_classes_warningfollowup() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.attendancewarning', c.warning_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c JOIN classes_attendancewarning p0 ON p0.id = c.warning_id WHERE p0.enterprise_id IS NOT NULL AND c.warning_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'classes.attendancewarning', c.warning_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN classes_attendancewarning p0 ON p0.id = c.warning_id WHERE p0.enterprise_id IS NOT NULL AND c.warning_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_documents_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'documents.document', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'documents.document', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_inbox_callback() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'inbox.callback', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'inbox.callback', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_jobs_job() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'jobs.job', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'jobs.job', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_notices_message() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'notices.message', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'notices.message', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_notices_messagingapp() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'notices.messagingapp', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'notices.messagingapp', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_notices_messagingbot() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'notices.messagingbot', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'notices.messagingbot', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_outbox_operation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'outbox.operation', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'outbox.operation', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_webhook_endpoint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'webhooks.webhookendpoint', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (to_jsonb(n) - '{fence,last_login,lease_owner,lease_until,look_at,look_failures,look_fence,look_owner,look_until,looked_at,observed_at,password,version}'::text[])::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY id)
            ) compared WHERE _differs
        ) c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT c.enterprise_id, 'webhooks.webhookendpoint', c.id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c  WHERE c.enterprise_id IS NOT NULL AND c.id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.row_change_webhook_gate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'webhooks.webhookendpoint', c.endpoint_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM (
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'held_for'))::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, (jsonb_build_array(to_jsonb(n) -> 'held_for'))::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY endpoint_id)
            ) compared WHERE _differs
        ) c JOIN webhook_endpoint p0 ON p0.id = c.endpoint_id WHERE p0.enterprise_id IS NOT NULL AND c.endpoint_id IS NOT NULL;

    ELSE

        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT p0.enterprise_id, 'webhooks.webhookendpoint', c.endpoint_id, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM new_rows c JOIN webhook_endpoint p0 ON p0.id = c.endpoint_id WHERE p0.enterprise_id IS NOT NULL AND c.endpoint_id IS NOT NULL;

    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_events() RETURNS void
    LANGUAGE sql
    AS $$$$;

COMMENT ON FUNCTION public.webhook_events() IS '3a241b3c775d72d1009f67b9';

CREATE FUNCTION public.webhook_legal_step() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.state = NEW.state OR (OLD.state || '>' || NEW.state) = ANY (ARRAY[
        'ready>sending', 'ready>parked', 'sending>ready', 'sending>done', 'done>ready', 'parked>ready'
    ]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'delivery % cannot go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION public.webhook_on_alarm_cleared() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'alarm.cleared', 'alarm:' || NEW.id, jsonb_build_object('alarm', NEW.id, 'kind', NEW.kind, 'number', NEW.number, 'lesson', NEW.lesson_id, 'raised_at', NEW.raised_at),
            e.id || ':alarm:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'alarm.cleared' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_alarm_raised() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'alarm.raised', 'alarm:' || NEW.id, jsonb_build_object('alarm', NEW.id, 'kind', NEW.kind, 'number', NEW.number, 'lesson', NEW.lesson_id, 'raised_at', NEW.raised_at),
            e.id || ':alarm:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'alarm.raised' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_attendance_corrected() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'attendance.corrected', 'lesson:' || NEW.lesson_id, jsonb_build_object('lesson', NEW.lesson_id, 'user_id', NEW.user_id),
            e.id || ':lesson:' || NEW.lesson_id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = (SELECT enterprise_id FROM classes_lesson WHERE id = NEW.lesson_id) AND 'attendance.corrected' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_attendance_final() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'attendance.final', 'lesson:' || NEW.id, jsonb_build_object('lesson', NEW.id, 'class_id', NEW.remote_id, 'course', NEW.course_id, 'teacher', (SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id), 'starts_at', NEW.starts_at, 'ends_at', NEW.ends_at),
            e.id || ':lesson:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'attendance.final' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_lesson_cancelled() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'lesson.cancelled', 'lesson:' || NEW.id, jsonb_build_object('lesson', NEW.id, 'class_id', NEW.remote_id, 'course', NEW.course_id, 'teacher', (SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id), 'starts_at', NEW.starts_at, 'ends_at', NEW.ends_at),
            e.id || ':lesson:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'lesson.cancelled' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_lesson_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'lesson.changed', 'lesson:' || NEW.id, jsonb_build_object('lesson', NEW.id, 'class_id', NEW.remote_id, 'course', NEW.course_id, 'teacher', (SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id), 'starts_at', NEW.starts_at, 'ends_at', NEW.ends_at),
            e.id || ':lesson:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'lesson.changed' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_lesson_ended() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'lesson.ended', 'lesson:' || NEW.id, jsonb_build_object('lesson', NEW.id, 'class_id', NEW.remote_id, 'course', NEW.course_id, 'teacher', (SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id), 'starts_at', NEW.starts_at, 'ends_at', NEW.ends_at),
            e.id || ':lesson:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'lesson.ended' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_lesson_scheduled() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'lesson.scheduled', 'lesson:' || NEW.id, jsonb_build_object('lesson', NEW.id, 'class_id', NEW.remote_id, 'course', NEW.course_id, 'teacher', (SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id), 'starts_at', NEW.starts_at, 'ends_at', NEW.ends_at),
            e.id || ':lesson:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'lesson.scheduled' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_lesson_started() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'lesson.started', 'lesson:' || NEW.id, jsonb_build_object('lesson', NEW.id, 'class_id', NEW.remote_id, 'course', NEW.course_id, 'teacher', (SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id), 'starts_at', NEW.starts_at, 'ends_at', NEW.ends_at),
            e.id || ':lesson:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'lesson.started' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_person_added() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'person.added', 'person:' || NEW.id, jsonb_build_object('user_id', NEW.user_id, 'person', NEW.id),
            e.id || ':person:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'person.added' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_person_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'person.changed', 'person:' || NEW.id, jsonb_build_object('user_id', NEW.user_id, 'person', NEW.id),
            e.id || ':person:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'person.changed' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_person_left() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'person.left', 'person:' || NEW.id, jsonb_build_object('user_id', NEW.user_id, 'person', NEW.id),
            e.id || ':person:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'person.left' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_recording_missing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'recording.missing', 'alarm:' || NEW.id, jsonb_build_object('lesson', NEW.lesson_id),
            e.id || ':alarm:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'recording.missing' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_recording_ready() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'recording.ready', 'recording:' || NEW.id, jsonb_build_object('recording', NEW.id, 'lesson', NEW.lesson_id, 'video_id', NEW.video_id),
            e.id || ':recording:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'recording.ready' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_register_closed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'register.closed', 'lesson:' || NEW.id, jsonb_build_object('lesson', NEW.id, 'class_id', NEW.remote_id, 'course', NEW.course_id, 'teacher', (SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id), 'starts_at', NEW.starts_at, 'ends_at', NEW.ends_at),
            e.id || ':lesson:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'register.closed' = ANY (e.events);
    RETURN NULL;
END $$;

CREATE FUNCTION public.webhook_on_sync_needs_you() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), 'sync.needs_you', 'operation:' || NEW.id, jsonb_build_object('operation', NEW.id, 'kind', NEW.kind, 'state', NEW.state),
            e.id || ':operation:' || NEW.id, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = NEW.enterprise_id AND 'sync.needs_you' = ANY (e.events);
    RETURN NULL;
END $$;


CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);

ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_consent (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    state character varying(9) NOT NULL,
    day date NOT NULL,
    guardian text,
    how character varying(6) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.accounts_consent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_enterprise (
    id bigint NOT NULL,
    remote_id character varying(64) NOT NULL,
    observed jsonb NOT NULL,
    observed_at timestamp with time zone,
    sync_state character varying(16) NOT NULL,
    sync_reason character varying(300) NOT NULL,
    made_outside boolean NOT NULL,
    seal_id uuid NOT NULL,
    name character varying(120) NOT NULL,
    sdkappid bigint NOT NULL,
    tic_key text NOT NULL,
    tic_key_previous text,
    private_key text,
    contact_user character varying(120) NOT NULL,
    phone_no character varying(40) NOT NULL,
    e_mail character varying(254) NOT NULL,
    call_back_url character varying(500) NOT NULL,
    appid bigint NOT NULL,
    project_id bigint NOT NULL,
    secret_id character varying(120) NOT NULL,
    secret_key text,
    busi_type character varying(40) NOT NULL,
    super_admin character varying(64) NOT NULL,
    icon character varying(500) NOT NULL,
    bizid bigint NOT NULL,
    create_time timestamp with time zone,
    valid_seconds bigint NOT NULL,
    zone character varying(40) NOT NULL,
    callback_token character varying(64) NOT NULL,
    room_address character varying(300) NOT NULL,
    later_fields boolean NOT NULL,
    h5_white_listed boolean NOT NULL,
    late_after_s integer NOT NULL,
    early_leave_s integer NOT NULL,
    present_share smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    keep_evidence_days integer,
    keep_messages_days integer,
    keep_notices_days integer,
    logo character varying(60) NOT NULL,
    keep_samples_days smallint NOT NULL,
    samples_on boolean NOT NULL,
    keep_recordings_days integer,
    default_recording character varying(6) NOT NULL,
    included_minutes bigint,
    minutes_since date,
    leave_request_days smallint DEFAULT 14 NOT NULL,
    assistants_close boolean DEFAULT true NOT NULL,
    correct_within_days smallint,
    students_appeal boolean DEFAULT true NOT NULL,
    students_see_recordings boolean DEFAULT true NOT NULL,
    teachers_correct boolean DEFAULT true NOT NULL,
    teachers_edit_rosters boolean DEFAULT false NOT NULL,
    teachers_schedule boolean DEFAULT false NOT NULL,
    teachers_see_phones boolean DEFAULT false NOT NULL,
    keep_leave_files_days integer DEFAULT 365,
    sign_in_name character varying(40),
    session_hours smallint,
    session_idle_minutes smallint,
    keep_export_files_days smallint DEFAULT 30 NOT NULL,
    leave_minutes smallint DEFAULT 1 NOT NULL,
    CONSTRAINT accounts_enterprise_appid_check CHECK ((appid >= 0)),
    CONSTRAINT accounts_enterprise_correct_within_days_check CHECK ((correct_within_days >= 0)),
    CONSTRAINT accounts_enterprise_early_leave_s_check CHECK ((early_leave_s >= 0)),
    CONSTRAINT accounts_enterprise_included_minutes_check CHECK ((included_minutes >= 0)),
    CONSTRAINT accounts_enterprise_keep_evidence_days_check CHECK ((keep_evidence_days >= 0)),
    CONSTRAINT accounts_enterprise_keep_export_files_days_check CHECK ((keep_export_files_days >= 0)),
    CONSTRAINT accounts_enterprise_keep_leave_files_days_check CHECK ((keep_leave_files_days >= 0)),
    CONSTRAINT accounts_enterprise_keep_messages_days_check CHECK ((keep_messages_days >= 0)),
    CONSTRAINT accounts_enterprise_keep_notices_days_check CHECK ((keep_notices_days >= 0)),
    CONSTRAINT accounts_enterprise_keep_recordings_days_check CHECK ((keep_recordings_days >= 0)),
    CONSTRAINT accounts_enterprise_keep_samples_days_check CHECK ((keep_samples_days >= 0)),
    CONSTRAINT accounts_enterprise_late_after_s_check CHECK ((late_after_s >= 0)),
    CONSTRAINT accounts_enterprise_leave_minutes_check CHECK ((leave_minutes >= 0)),
    CONSTRAINT accounts_enterprise_leave_request_days_check CHECK ((leave_request_days >= 0)),
    CONSTRAINT accounts_enterprise_present_share_check CHECK ((present_share >= 0)),
    CONSTRAINT accounts_enterprise_project_id_check CHECK ((project_id >= 0)),
    CONSTRAINT accounts_enterprise_sdkappid_check CHECK ((sdkappid >= 0)),
    CONSTRAINT accounts_enterprise_session_hours_check CHECK ((session_hours >= 0)),
    CONSTRAINT accounts_enterprise_session_idle_minutes_check CHECK ((session_idle_minutes >= 0)),
    CONSTRAINT enterprise_share_is_percent CHECK ((present_share <= 100)),
    CONSTRAINT enterprise_sign_in_name_form CHECK (((sign_in_name)::text ~ '^[a-z0-9-]+$'::text))
);

ALTER TABLE public.accounts_enterprise ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_enterprise_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_erasurerequest (
    id bigint NOT NULL,
    reason character varying(200) NOT NULL,
    state character varying(9) NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answer character varying(300) NOT NULL,
    answered_at timestamp with time zone,
    answered_by_id bigint,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    requested_by_id bigint NOT NULL,
    CONSTRAINT erasure_confirmed_by_another CHECK (((NOT ((state)::text = 'confirmed'::text)) OR (answered_by_id IS NULL) OR (NOT ((answered_by_id = requested_by_id) AND (answered_by_id IS NOT NULL)))))
);

ALTER TABLE public.accounts_erasurerequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_erasurerequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_export (
    id bigint NOT NULL,
    groups boolean NOT NULL,
    role character varying(20) NOT NULL,
    suffix character varying(5) NOT NULL,
    contacts boolean NOT NULL,
    reason character varying(200) NOT NULL,
    language character varying(10) NOT NULL,
    filename character varying(250) NOT NULL,
    size bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone,
    emptied_at timestamp with time zone,
    by_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    group_id bigint,
    job_id bigint,
    person_id bigint,
    CONSTRAINT accounts_export_size_check CHECK ((size >= 0))
);

ALTER TABLE public.accounts_export ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_export_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_exportpiece (
    id bigint NOT NULL,
    holds character varying(4) NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    enterprise_id bigint NOT NULL,
    source_id bigint NOT NULL,
    CONSTRAINT accounts_exportpiece_number_check CHECK ((number >= 0))
);

ALTER TABLE public.accounts_exportpiece ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_exportpiece_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_grade (
    id bigint NOT NULL,
    name character varying(40) NOT NULL,
    "position" smallint NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT accounts_grade_position_check CHECK (("position" >= 0))
);

ALTER TABLE public.accounts_grade ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_grade_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_groupstudent (
    id bigint NOT NULL,
    student_id bigint NOT NULL,
    group_id bigint NOT NULL
);

ALTER TABLE public.accounts_groupstudent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_groupstudent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guardian (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    name text,
    relation character varying(11) NOT NULL,
    phone_no text,
    e_mail text,
    language character varying(10) NOT NULL,
    told_attendance boolean NOT NULL,
    told_leave boolean NOT NULL,
    told_school boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    account_id bigint,
    known_as text
);

ALTER TABLE public.accounts_guardian ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guardian_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guardianaccount (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    sign_in_name text NOT NULL,
    name_digest character varying(64) NOT NULL,
    password character varying(128) NOT NULL,
    language character varying(10) NOT NULL,
    session_epoch integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    signed_in_at timestamp with time zone,
    enterprise_id bigint NOT NULL,
    e_mail text,
    CONSTRAINT accounts_guardianaccount_session_epoch_check CHECK ((session_epoch >= 0))
);

ALTER TABLE public.accounts_guardianaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guardianaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guardianinvitation (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    delivery character varying(5) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    mail character varying(7) NOT NULL,
    mail_due_at timestamp with time zone NOT NULL,
    mail_attempts smallint NOT NULL,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    account_id bigint,
    CONSTRAINT accounts_guardianinvitation_mail_attempts_check CHECK ((mail_attempts >= 0))
);

ALTER TABLE public.accounts_guardianinvitation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guardianinvitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guardiannotice (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    day date NOT NULL,
    facts text,
    lessons bigint[] NOT NULL,
    corrected bigint[] NOT NULL,
    warnings bigint[] NOT NULL,
    withdrawn bigint[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    delivery character varying(9) NOT NULL,
    delivery_due_at timestamp with time zone NOT NULL,
    delivery_attempts smallint NOT NULL,
    attempted_at timestamp with time zone,
    delivered_at timestamp with time zone,
    reason character varying(12) NOT NULL,
    answer character varying(200) NOT NULL,
    enterprise_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    CONSTRAINT accounts_guardiannotice_delivery_attempts_check CHECK ((delivery_attempts >= 0))
);

ALTER TABLE public.accounts_guardiannotice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guardiannotice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guardiannoticesettings (
    id bigint NOT NULL,
    is_on boolean NOT NULL,
    least_lessons smallint NOT NULL,
    tells_late boolean NOT NULL,
    needs_consent boolean NOT NULL,
    notify_at time without time zone NOT NULL,
    on_since timestamp with time zone,
    planned_on date,
    enterprise_id bigint NOT NULL,
    CONSTRAINT accounts_guardiannoticesettings_least_lessons_check CHECK ((least_lessons >= 0))
);

ALTER TABLE public.accounts_guardiannoticesettings ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guardiannoticesettings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guardianpasswordrequest (
    id bigint NOT NULL,
    digests jsonb NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.accounts_guardianpasswordrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guardianpasswordrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guardiansession (
    id bigint NOT NULL,
    session_key character varying(40) NOT NULL,
    ip inet NOT NULL,
    user_agent character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    account_id bigint NOT NULL
);

ALTER TABLE public.accounts_guardiansession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guardiansession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_guesses (
    id bigint NOT NULL,
    of character varying(8) NOT NULL,
    key character varying(64) NOT NULL,
    tries integer NOT NULL,
    locks integer NOT NULL,
    window_ends_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone,
    touched_at timestamp with time zone NOT NULL,
    CONSTRAINT accounts_guesses_locks_check CHECK ((locks >= 0)),
    CONSTRAINT accounts_guesses_tries_check CHECK ((tries >= 0))
);

ALTER TABLE public.accounts_guesses ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_guesses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_identitylink (
    id bigint NOT NULL,
    subject character varying(255) NOT NULL,
    role_by_rule character varying(12) NOT NULL,
    session_ids character varying(255)[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    person_id bigint NOT NULL,
    provider_id bigint NOT NULL
);

ALTER TABLE public.accounts_identitylink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_identitylink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_identityprovider (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    slug character varying(16) NOT NULL,
    kind character varying(12) NOT NULL,
    name character varying(60) NOT NULL,
    issuer character varying(300) NOT NULL,
    tenant character varying(100) NOT NULL,
    client_id character varying(200) NOT NULL,
    client_secret text NOT NULL,
    mail_domains character varying(253)[] NOT NULL,
    match_by character varying(8) NOT NULL,
    claim character varying(100) NOT NULL,
    create_people boolean NOT NULL,
    is_enabled boolean NOT NULL,
    "position" smallint NOT NULL,
    enterprise_id bigint NOT NULL,
    certificates text[] DEFAULT '{}'::text[] NOT NULL,
    metadata_url character varying(500) DEFAULT ''::character varying NOT NULL,
    slo_url character varying(500) DEFAULT ''::character varying NOT NULL,
    sso_url character varying(500) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT accounts_identityprovider_position_check CHECK (("position" >= 0)),
    CONSTRAINT identity_provider_client_id CHECK ((((kind)::text = 'saml'::text) OR (NOT ((client_id)::text = ''::text)))),
    CONSTRAINT identity_provider_slug_form CHECK (((slug)::text ~ '^[a-z0-9]+$'::text))
);

ALTER TABLE public.accounts_identityprovider ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_identityprovider_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_identityrule (
    id bigint NOT NULL,
    claim character varying(100) NOT NULL,
    value character varying(200) NOT NULL,
    role character varying(12) NOT NULL,
    group_id bigint,
    provider_id bigint NOT NULL,
    CONSTRAINT identity_rule_gives_something CHECK (((NOT ((role)::text = ''::text)) OR (group_id IS NOT NULL))),
    CONSTRAINT identity_rule_role_may_be_given CHECK ((NOT ((role)::text = ANY ((ARRAY['superadmin'::character varying, 'visitor'::character varying])::text[]))))
);

ALTER TABLE public.accounts_identityrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_identityrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_importrow (
    id bigint NOT NULL,
    number integer NOT NULL,
    cells text[] NOT NULL,
    user_id character varying(64) NOT NULL,
    outcome character varying(9) NOT NULL,
    "column" character varying(20) NOT NULL,
    value character varying(200) NOT NULL,
    reason character varying(20) NOT NULL,
    named character varying(100) NOT NULL,
    twin boolean NOT NULL,
    before jsonb,
    after jsonb,
    undone character varying(11) NOT NULL,
    enterprise_id bigint NOT NULL,
    operation_id bigint,
    person_id bigint,
    source_id bigint NOT NULL,
    claims character varying(80)[] NOT NULL,
    CONSTRAINT accounts_importrow_number_check CHECK ((number >= 0))
);

ALTER TABLE public.accounts_importrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_importrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_knowndevice (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    first_used_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.accounts_knowndevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_knowndevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_logo (
    id bigint NOT NULL,
    token character varying(40) NOT NULL,
    kind character varying(3) NOT NULL,
    content bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.accounts_logo ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_logo_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_passwordlink (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    delivery character varying(5) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    sent_to character varying(64) DEFAULT ''::character varying NOT NULL
);

ALTER TABLE public.accounts_passwordlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_passwordlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_passwordrequest (
    id bigint NOT NULL,
    login text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    enterprise_id bigint,
    person_id bigint,
    CONSTRAINT password_request_has_both_or_none CHECK ((((enterprise_id IS NULL) AND (person_id IS NULL)) OR ((enterprise_id IS NOT NULL) AND (person_id IS NOT NULL))))
);

ALTER TABLE public.accounts_passwordrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_passwordrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_peopleimport (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    filename character varying(200) NOT NULL,
    digest character varying(64) NOT NULL,
    kind character varying(4) NOT NULL,
    headings character varying(200)[] NOT NULL,
    columns character varying(20)[] NOT NULL,
    left_out character varying(200)[] NOT NULL,
    options jsonb NOT NULL,
    rows_in_all integer NOT NULL,
    counts jsonb NOT NULL,
    new_groups character varying(80)[] NOT NULL,
    made_groups bigint[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone,
    undone_at timestamp with time zone,
    emptied_at timestamp with time zone,
    by_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    job_id bigint,
    charges jsonb NOT NULL,
    conflict_reason character varying(300) DEFAULT ''::character varying NOT NULL,
    grades jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT accounts_peopleimport_rows_in_all_check CHECK ((rows_in_all >= 0))
);

ALTER TABLE public.accounts_peopleimport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_peopleimport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_peopleimportguardian (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    before text,
    digest character varying(64) NOT NULL,
    enterprise_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    row_id bigint NOT NULL
);

ALTER TABLE public.accounts_peopleimportguardian ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_peopleimportguardian_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_picture (
    id bigint NOT NULL,
    token character varying(40) NOT NULL,
    kind character varying(3) NOT NULL,
    content bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.accounts_picture ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_picture_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_rosterconnection (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    version character varying(3) NOT NULL,
    url character varying(500) NOT NULL,
    token_url character varying(500) NOT NULL,
    client_id character varying(200) NOT NULL,
    client_secret text,
    is_nightly boolean NOT NULL,
    max_change smallint,
    synced_at timestamp with time zone,
    full_at timestamp with time zone,
    read_at timestamp with time zone,
    failure character varying(12) NOT NULL,
    by_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    newest_id bigint,
    CONSTRAINT accounts_rosterconnection_max_change_check CHECK ((max_change >= 0))
);

ALTER TABLE public.accounts_rosterconnection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_rosterconnection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_rosterpage (
    id bigint NOT NULL,
    resource character varying(20) NOT NULL,
    records jsonb NOT NULL,
    connection_id bigint NOT NULL,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.accounts_rosterpage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_rosterpage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_rosterrow (
    id bigint NOT NULL,
    kind character varying(7) NOT NULL,
    file character varying(24) NOT NULL,
    line integer NOT NULL,
    sourced_id character varying(255) NOT NULL,
    name character varying(200) NOT NULL,
    facts jsonb NOT NULL,
    outcome character varying(9) NOT NULL,
    "column" character varying(40) NOT NULL,
    value character varying(200) NOT NULL,
    reason character varying(20) NOT NULL,
    named character varying(100) NOT NULL,
    about character varying(255) NOT NULL,
    target bigint,
    before jsonb,
    after jsonb,
    enterprise_id bigint NOT NULL,
    source_id bigint NOT NULL,
    CONSTRAINT accounts_rosterrow_line_check CHECK ((line >= 0))
);

ALTER TABLE public.accounts_rosterrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_rosterrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_samlsignin (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    request_id character varying(64) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    assertion character varying(64) NOT NULL,
    handover character varying(64) NOT NULL,
    answered_at timestamp with time zone,
    claims text,
    finished_at timestamp with time zone,
    kept_until timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    provider_id bigint NOT NULL
);

ALTER TABLE public.accounts_samlsignin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_samlsignin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_sourcedid (
    id bigint NOT NULL,
    kind character varying(7) NOT NULL,
    sourced_id character varying(255) NOT NULL,
    target bigint NOT NULL,
    title character varying(200) DEFAULT ''::character varying NOT NULL,
    left_at timestamp with time zone,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.accounts_sourcedid ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_sourcedid_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_studentgroup (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    enterprise_id bigint NOT NULL,
    archived_at timestamp with time zone,
    sort_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    search_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    grade_id bigint
);

ALTER TABLE public.accounts_studentgroup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_studentgroup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_studentnote (
    id bigint NOT NULL,
    text character varying(500) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.accounts_studentnote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_studentnote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_teacherincharge (
    id bigint NOT NULL,
    kind character varying(6) NOT NULL,
    starts_on date,
    ends_on date,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    group_id bigint,
    teacher_id bigint NOT NULL,
    grade_id bigint,
    CONSTRAINT charge_ends_after_it_begins CHECK ((ends_on >= starts_on)),
    CONSTRAINT charge_of_a_group_or_a_grade CHECK ((((grade_id IS NULL) AND (group_id IS NOT NULL)) OR ((grade_id IS NOT NULL) AND (group_id IS NULL))))
);

ALTER TABLE public.accounts_teacherincharge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_teacherincharge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_user (
    id bigint NOT NULL,
    remote_id character varying(64) NOT NULL,
    observed jsonb NOT NULL,
    observed_at timestamp with time zone,
    sync_state character varying(16) NOT NULL,
    sync_reason character varying(300) NOT NULL,
    made_outside boolean NOT NULL,
    seal_id uuid NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    login character varying(100) NOT NULL,
    user_id character varying(64) NOT NULL,
    role character varying(12) NOT NULL,
    nickname character varying(60) NOT NULL,
    gender character varying(8) NOT NULL,
    avatar character varying(500) NOT NULL,
    phone_no character varying(30) NOT NULL,
    e_mail character varying(254) NOT NULL,
    user_token text,
    regist_time timestamp with time zone,
    update_time timestamp with time zone,
    is_active boolean NOT NULL,
    is_superuser boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint,
    language character varying(10) NOT NULL,
    card_number integer NOT NULL,
    card_since timestamp with time zone,
    erased_at timestamp with time zone,
    sort_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    search_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    age_group character varying(8) DEFAULT ''::character varying NOT NULL,
    consent character varying(9) DEFAULT ''::character varying NOT NULL,
    date_of_birth text,
    verified_e_mail character varying(64) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT accounts_user_card_number_check CHECK ((card_number >= 0)),
    CONSTRAINT user_has_a_school_unless_operator CHECK ((((enterprise_id IS NULL) AND is_superuser) OR ((enterprise_id IS NOT NULL) AND (NOT is_superuser))))
);

ALTER TABLE public.accounts_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_visit (
    id bigint NOT NULL,
    operator_name character varying(120) NOT NULL,
    reason character varying(300) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    enterprise_id bigint NOT NULL,
    operator_id bigint NOT NULL,
    CONSTRAINT visit_has_a_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT visit_runs_forward CHECK ((ends_at > entered_at))
);

ALTER TABLE public.accounts_visit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_visit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_auditentry (
    id bigint NOT NULL,
    actor_label character varying(120) NOT NULL,
    action character varying(60) NOT NULL,
    object_type character varying(60) NOT NULL,
    object_id character varying(64) NOT NULL,
    object_label character varying(1000) NOT NULL,
    before jsonb,
    after jsonb,
    reason character varying(500) NOT NULL,
    request_id character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    enterprise_id bigint,
    address character varying(45) NOT NULL,
    looks boolean NOT NULL
);

ALTER TABLE public.audit_auditentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_auditentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_link (
    entry_id bigint NOT NULL,
    chain bigint NOT NULL,
    number bigint NOT NULL,
    digest character varying(64) NOT NULL,
    CONSTRAINT audit_link_number_check CHECK ((number >= 0))
);

CREATE TABLE public.audit_personkey (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    key text,
    destroyed_at timestamp with time zone,
    person_id bigint NOT NULL
);

ALTER TABLE public.audit_personkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_personkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_seen (
    id bigint NOT NULL,
    fields character varying(40)[] NOT NULL,
    entry_id bigint NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.audit_seen ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_seen_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_waiting (
    entry_id bigint NOT NULL,
    chain bigint NOT NULL
);

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_alarm (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    number integer NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    acknowledged_by_id bigint,
    enterprise_id bigint NOT NULL,
    lesson_id bigint,
    CONSTRAINT classes_alarm_number_check CHECK ((number >= 0))
);

ALTER TABLE public.classes_alarm ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_alarm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_appeal (
    id bigint NOT NULL,
    mark character varying(20) NOT NULL,
    text character varying(1000) NOT NULL,
    evidence jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    answer character varying(1000) NOT NULL,
    answered_at timestamp with time zone,
    answered_by_id bigint,
    lesson_id bigint NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.classes_appeal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_appeal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_attachment (
    id bigint NOT NULL,
    place smallint NOT NULL,
    course_id bigint,
    document_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    lesson_id bigint,
    CONSTRAINT attachment_of_a_lesson_or_a_course CHECK ((((lesson_id IS NULL) OR (course_id IS NULL)) AND (1 = (
CASE
    WHEN (lesson_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (course_id IS NULL) THEN 1
    ELSE 0
END)))),
    CONSTRAINT classes_attachment_place_check CHECK ((place >= 0))
);

ALTER TABLE public.classes_attachment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_attachment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_attendance (
    id bigint NOT NULL,
    user_id character varying(64) NOT NULL,
    nickname character varying(120) NOT NULL,
    role character varying(20) NOT NULL,
    expected boolean NOT NULL,
    mark character varying(20) NOT NULL,
    first_entered_at timestamp with time zone,
    last_left_at timestamp with time zone,
    present_seconds integer NOT NULL,
    share numeric(5,4),
    evidence character varying(12) NOT NULL,
    reason jsonb NOT NULL,
    provisional boolean NOT NULL,
    reckoned_at timestamp with time zone NOT NULL,
    person_id bigint,
    lesson_id bigint NOT NULL,
    derived_mark character varying(20) NOT NULL,
    CONSTRAINT classes_attendance_present_seconds_check CHECK ((present_seconds >= 0)),
    CONSTRAINT share_never_above_one CHECK (((share IS NULL) OR ((share >= (0)::numeric) AND (share <= (1)::numeric))))
);

ALTER TABLE public.classes_attendance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_attendance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_attendancecode (
    id bigint NOT NULL,
    letters character varying(4) NOT NULL,
    name character varying(60) NOT NULL,
    tone character varying(4) NOT NULL,
    counts_as character varying(7) NOT NULL,
    is_active boolean NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT code_has_letters CHECK ((NOT ((letters)::text = ''::text)))
);

ALTER TABLE public.classes_attendancecode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_attendancecode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_attendancewarning (
    id bigint NOT NULL,
    facts jsonb NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ending character varying(5) NOT NULL,
    changes jsonb NOT NULL,
    state character varying(6) NOT NULL,
    acknowledged_at timestamp with time zone,
    closed_at timestamp with time zone,
    acknowledged_by_id bigint,
    closed_by_id bigint,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    CONSTRAINT warning_ends_for_a_reason CHECK ((((ended_at IS NULL) AND ((ending)::text = ''::text)) OR ((ended_at IS NOT NULL) AND (NOT ((ending)::text = ''::text)))))
);

ALTER TABLE public.classes_attendancewarning ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_attendancewarning_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_call (
    id bigint NOT NULL,
    outcome character varying(14) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    lesson_id bigint NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.classes_call ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_call_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_callbackdifference (
    id bigint NOT NULL,
    user_id character varying(64) NOT NULL,
    entered boolean NOT NULL,
    told_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    lesson_id bigint NOT NULL
);

ALTER TABLE public.classes_callbackdifference ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_callbackdifference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_codeuse (
    id bigint NOT NULL,
    mark character varying(20) NOT NULL,
    kind character varying(10) NOT NULL,
    code_id bigint NOT NULL,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.classes_codeuse ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_codeuse_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_correction (
    id bigint NOT NULL,
    user_id character varying(64) NOT NULL,
    kind character varying(8) NOT NULL,
    mark character varying(20) NOT NULL,
    instead_of character varying(20) NOT NULL,
    reason character varying(500) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    appeal_id bigint,
    by_id bigint,
    lesson_id bigint NOT NULL,
    person_id bigint
);

ALTER TABLE public.classes_correction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_correction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_course (
    id bigint NOT NULL,
    title character varying(100) NOT NULL,
    class_type character varying(8) NOT NULL,
    starts_local timestamp without time zone NOT NULL,
    duration_minutes integer NOT NULL,
    rrule character varying(300) NOT NULL,
    skip date[] NOT NULL,
    enterprise_id bigint NOT NULL,
    teacher_id bigint NOT NULL,
    rules jsonb,
    term_id bigint,
    make_up_skipped boolean DEFAULT false NOT NULL,
    subject_id bigint,
    CONSTRAINT classes_course_duration_minutes_check CHECK ((duration_minutes >= 0)),
    CONSTRAINT course_takes_time CHECK ((duration_minutes > 0))
);

CREATE TABLE public.classes_course_assistants (
    id bigint NOT NULL,
    course_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.classes_course_assistants ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_course_assistants_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_course_groups (
    id bigint NOT NULL,
    course_id bigint NOT NULL,
    studentgroup_id bigint NOT NULL
);

ALTER TABLE public.classes_course_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_course_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.classes_course ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_course_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_course_members (
    id bigint NOT NULL,
    course_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.classes_course_members ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_course_members_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_cover (
    id bigint NOT NULL,
    was_assistant boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    absent_id bigint NOT NULL,
    by_id bigint,
    covering_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    lesson_id bigint NOT NULL,
    undone_by_id bigint,
    absence_id bigint NOT NULL,
    CONSTRAINT cover_by_somebody_else CHECK ((NOT (absent_id = covering_id)))
);

ALTER TABLE public.classes_cover ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_cover_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_credit (
    id bigint NOT NULL,
    guest_id character varying(64) NOT NULL,
    reason character varying(500) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    by_id bigint,
    lesson_id bigint NOT NULL,
    person_id bigint NOT NULL,
    undone_by_id bigint
);

ALTER TABLE public.classes_credit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_credit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_entry (
    id bigint NOT NULL,
    remote_id character varying(64) NOT NULL,
    observed jsonb NOT NULL,
    observed_at timestamp with time zone,
    sync_state character varying(16) NOT NULL,
    sync_reason character varying(300) NOT NULL,
    made_outside boolean NOT NULL,
    seal_id uuid NOT NULL,
    act character varying(8) NOT NULL,
    nickname character varying(60) NOT NULL,
    password text,
    user_token text,
    user_sig text,
    secrets_until timestamp with time zone,
    shown_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    lesson_id bigint NOT NULL,
    person_id bigint,
    devices jsonb NOT NULL,
    CONSTRAINT entry_has_a_person_unless_a_visitor CHECK (((((act)::text = 'visitor'::text) AND (person_id IS NULL)) OR ((NOT ((act)::text = 'visitor'::text)) AND (person_id IS NOT NULL))))
);

ALTER TABLE public.classes_entry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_exportrun (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    file_type character varying(4) NOT NULL,
    planned_for timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    reason character varying(8) NOT NULL,
    first_day date,
    last_day date,
    rows integer NOT NULL,
    bytes bigint NOT NULL,
    file character varying(200) NOT NULL,
    recipients smallint NOT NULL,
    left_out smallint NOT NULL,
    attached boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    enterprise_id bigint NOT NULL,
    job_id bigint,
    requested_by_id bigint,
    schedule_id bigint,
    CONSTRAINT classes_exportrun_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT classes_exportrun_left_out_check CHECK ((left_out >= 0)),
    CONSTRAINT classes_exportrun_recipients_check CHECK ((recipients >= 0)),
    CONSTRAINT classes_exportrun_rows_check CHECK ((rows >= 0))
);

ALTER TABLE public.classes_exportrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_exportrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_exportschedule (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    role character varying(20) NOT NULL,
    period character varying(10) NOT NULL,
    file_type character varying(4) NOT NULL,
    every character varying(5) NOT NULL,
    weekday smallint NOT NULL,
    month_day smallint NOT NULL,
    hour smallint NOT NULL,
    attach boolean NOT NULL,
    is_on boolean NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    course_id bigint,
    enterprise_id bigint NOT NULL,
    group_id bigint,
    owner_id bigint NOT NULL,
    CONSTRAINT classes_exportschedule_hour_check CHECK ((hour >= 0)),
    CONSTRAINT classes_exportschedule_month_day_check CHECK ((month_day >= 0)),
    CONSTRAINT classes_exportschedule_weekday_check CHECK ((weekday >= 0))
);

ALTER TABLE public.classes_exportschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_exportschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_exportschedule_recipients (
    id bigint NOT NULL,
    exportschedule_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.classes_exportschedule_recipients ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_exportschedule_recipients_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_feed (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    group_id bigint,
    person_id bigint,
    CONSTRAINT feed_of_a_person_or_a_group CHECK ((((person_id IS NULL) OR (group_id IS NULL)) AND (1 = (
CASE
    WHEN (person_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (group_id IS NULL) THEN 1
    ELSE 0
END))))
);

ALTER TABLE public.classes_feed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_feed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_footage (
    id bigint NOT NULL,
    class_id character varying(64) NOT NULL,
    begin_rank character varying(100) NOT NULL,
    begin_at timestamp with time zone,
    begin_code integer NOT NULL,
    begin_message character varying(200) NOT NULL,
    end_rank character varying(100) NOT NULL,
    end_at timestamp with time zone,
    end_code integer NOT NULL,
    end_message character varying(200) NOT NULL,
    title character varying(100) NOT NULL,
    tags character varying(30)[] NOT NULL,
    keep_until date,
    binned_at timestamp with time zone,
    emptied_at timestamp with time zone,
    enterprise_id bigint NOT NULL,
    lesson_id bigint,
    keep_for_good boolean NOT NULL
);

ALTER TABLE public.classes_footage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_footage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_graderevision (
    id bigint NOT NULL,
    term_name character varying(60) NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    number integer NOT NULL,
    body jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    fixed_at timestamp with time zone NOT NULL,
    course_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    fixed_by_id bigint,
    CONSTRAINT classes_graderevision_number_check CHECK ((number >= 0)),
    CONSTRAINT grade_days_run_forward CHECK ((until >= since))
);

ALTER TABLE public.classes_graderevision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_graderevision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_graderule (
    enterprise_id bigint NOT NULL,
    present numeric(3,2),
    late numeric(3,2),
    left_early numeric(3,2),
    late_and_left_early numeric(3,2),
    absent numeric(3,2),
    excused numeric(3,2),
    CONSTRAINT grade_absent_0_to_1 CHECK (((absent IS NULL) OR ((absent >= (0)::numeric) AND (absent <= (1)::numeric)))),
    CONSTRAINT grade_excused_0_to_1 CHECK (((excused IS NULL) OR ((excused >= (0)::numeric) AND (excused <= (1)::numeric)))),
    CONSTRAINT grade_late_0_to_1 CHECK (((late IS NULL) OR ((late >= (0)::numeric) AND (late <= (1)::numeric)))),
    CONSTRAINT grade_late_and_left_early_0_to_1 CHECK (((late_and_left_early IS NULL) OR ((late_and_left_early >= (0)::numeric) AND (late_and_left_early <= (1)::numeric)))),
    CONSTRAINT grade_left_early_0_to_1 CHECK (((left_early IS NULL) OR ((left_early >= (0)::numeric) AND (left_early <= (1)::numeric)))),
    CONSTRAINT grade_present_0_to_1 CHECK (((present IS NULL) OR ((present >= (0)::numeric) AND (present <= (1)::numeric))))
);

CREATE TABLE public.classes_holiday (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    enterprise_id bigint NOT NULL,
    term_id bigint,
    CONSTRAINT holiday_runs_forward CHECK ((ends_on >= starts_on))
);

ALTER TABLE public.classes_holiday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_holiday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_leave (
    id bigint NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason character varying(500) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    by_id bigint,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    kind character varying(8) DEFAULT 'other'::character varying NOT NULL,
    state character varying(9) DEFAULT 'approved'::character varying NOT NULL,
    answer character varying(500) DEFAULT ''::character varying NOT NULL,
    answered_by_id bigint,
    answered_at timestamp with time zone,
    guardian_id bigint,
    guardian_relation character varying(11) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT leave_ends_after_it_begins CHECK ((ends_at > begins_at)),
    CONSTRAINT leave_returned_at_a_time CHECK (((NOT ((state)::text = 'returned'::text)) OR (answered_at IS NOT NULL))),
    CONSTRAINT leave_withdrawn_at_a_time CHECK (((((state)::text = 'withdrawn'::text) AND (withdrawn_at IS NOT NULL)) OR ((NOT ((state)::text = 'withdrawn'::text)) AND (withdrawn_at IS NULL))))
);

ALTER TABLE public.classes_leave ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_leave_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_leavefile (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    ext character varying(4) NOT NULL,
    bytes integer NOT NULL,
    file character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    by_id bigint,
    enterprise_id bigint NOT NULL,
    leave_id bigint NOT NULL,
    CONSTRAINT classes_leavefile_bytes_check CHECK ((bytes >= 0))
);

ALTER TABLE public.classes_leavefile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_leavefile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_lesson (
    id bigint NOT NULL,
    look_at timestamp with time zone,
    looked_at timestamp with time zone,
    look_failures integer NOT NULL,
    look_owner character varying(80) NOT NULL,
    look_until timestamp with time zone,
    look_fence bigint NOT NULL,
    remote_id character varying(64) NOT NULL,
    observed jsonb NOT NULL,
    observed_at timestamp with time zone,
    sync_state character varying(16) NOT NULL,
    sync_reason character varying(300) NOT NULL,
    made_outside boolean NOT NULL,
    topic character varying(100) NOT NULL,
    class_type character varying(8) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    record_types character varying(10)[] NOT NULL,
    auto_open_mic boolean NOT NULL,
    auto_open_camera boolean NOT NULL,
    bitrate integer NOT NULL,
    max_on_mic smallint,
    cancelled_at timestamp with time zone,
    cancel_reason character varying(300) NOT NULL,
    status character varying(8) NOT NULL,
    real_started_at timestamp with time zone,
    real_ended_at timestamp with time zone,
    teacher_url character varying(500) NOT NULL,
    student_url character varying(500) NOT NULL,
    policy jsonb,
    history_digest character varying(64) NOT NULL,
    history_reads integer NOT NULL,
    final_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    course_id bigint,
    enterprise_id bigint NOT NULL,
    teacher_id bigint NOT NULL,
    double_of_id bigint,
    history_lines integer NOT NULL,
    history_total integer NOT NULL,
    room_counts smallint NOT NULL,
    room_total integer,
    facts_version smallint NOT NULL,
    register_closed_at timestamp with time zone,
    rules jsonb,
    revision integer NOT NULL,
    occurrence date,
    conflict_allowed boolean NOT NULL,
    conflict_reason character varying(300) NOT NULL,
    conflict_at timestamp with time zone,
    conflict_by_id bigint,
    capacity integer,
    later_sent jsonb,
    makes_up_for_id bigint,
    made_up boolean DEFAULT false NOT NULL,
    CONSTRAINT classes_lesson_bitrate_check CHECK ((bitrate >= 0)),
    CONSTRAINT classes_lesson_capacity_check CHECK ((capacity >= 0)),
    CONSTRAINT classes_lesson_facts_version_check CHECK ((facts_version >= 0)),
    CONSTRAINT classes_lesson_history_lines_check CHECK ((history_lines >= 0)),
    CONSTRAINT classes_lesson_history_reads_check CHECK ((history_reads >= 0)),
    CONSTRAINT classes_lesson_history_total_check CHECK ((history_total >= 0)),
    CONSTRAINT classes_lesson_look_failures_check CHECK ((look_failures >= 0)),
    CONSTRAINT classes_lesson_look_fence_check CHECK ((look_fence >= 0)),
    CONSTRAINT classes_lesson_max_on_mic_check CHECK ((max_on_mic >= 0)),
    CONSTRAINT classes_lesson_revision_check CHECK ((revision >= 0)),
    CONSTRAINT classes_lesson_room_counts_check CHECK ((room_counts >= 0)),
    CONSTRAINT classes_lesson_room_total_check CHECK ((room_total >= 0)),
    CONSTRAINT lesson_conflict_has_a_reason CHECK (((NOT conflict_allowed) OR (NOT ((conflict_reason)::text = ''::text)))),
    CONSTRAINT lesson_ends_after_it_starts CHECK (((ends_at > starts_at) OR made_outside))
);

CREATE TABLE public.classes_lesson_groups (
    id bigint NOT NULL,
    lesson_id bigint NOT NULL,
    studentgroup_id bigint NOT NULL
);

ALTER TABLE public.classes_lesson_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_lesson_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.classes_lesson ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_lesson_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_lessonkey (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    password text,
    version integer NOT NULL,
    enterprise_id bigint NOT NULL,
    lesson_id bigint NOT NULL,
    CONSTRAINT classes_lessonkey_version_check CHECK ((version >= 0))
);

ALTER TABLE public.classes_lessonkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_lessonkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_member (
    id bigint NOT NULL,
    role character varying(12) NOT NULL,
    lesson_id bigint NOT NULL,
    user_id bigint NOT NULL,
    via_id bigint
);

ALTER TABLE public.classes_member ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_observation (
    id bigint NOT NULL,
    source character varying(10) NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    user_id character varying(64) NOT NULL,
    nickname character varying(120) NOT NULL,
    role character varying(20) NOT NULL,
    present boolean,
    entered_at timestamp with time zone,
    left_at timestamp with time zone,
    raw jsonb NOT NULL,
    lesson_id bigint NOT NULL
);

ALTER TABLE public.classes_observation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_observation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_recording (
    id bigint NOT NULL,
    class_id character varying(64) NOT NULL,
    video_id character varying(80) NOT NULL,
    video_type smallint NOT NULL,
    user_id character varying(64) NOT NULL,
    url character varying(1000) NOT NULL,
    format character varying(20) NOT NULL,
    seconds integer,
    bytes bigint NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    raw jsonb NOT NULL,
    received_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    lesson_id bigint,
    checked_at timestamp with time zone,
    copy character varying(200) NOT NULL,
    copy_sha256 character varying(64) NOT NULL,
    dead_since timestamp with time zone,
    emptied_at timestamp with time zone,
    CONSTRAINT classes_recording_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT classes_recording_seconds_check CHECK ((seconds >= 0))
);

ALTER TABLE public.classes_recording ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_recording_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_register (
    id bigint NOT NULL,
    number integer NOT NULL,
    body jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    reopened_at timestamp with time zone,
    reopen_reason character varying(500) NOT NULL,
    closed_by_id bigint,
    lesson_id bigint NOT NULL,
    reopened_by_id bigint,
    CONSTRAINT classes_register_number_check CHECK ((number >= 0))
);

ALTER TABLE public.classes_register ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_register_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_reportschedule (
    id bigint NOT NULL,
    every character varying(5) NOT NULL,
    is_on boolean NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts smallint NOT NULL,
    result character varying(8) NOT NULL,
    reason character varying(8) NOT NULL,
    sent_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    group_id bigint,
    person_id bigint NOT NULL,
    grade_id bigint,
    filters character varying(300) DEFAULT ''::character varying NOT NULL,
    report character varying(12) DEFAULT 'school'::character varying NOT NULL,
    CONSTRAINT classes_reportschedule_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT report_schedule_of_one_subject CHECK (((group_id IS NULL) OR (grade_id IS NULL)))
);

ALTER TABLE public.classes_reportschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_reportschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_rollover (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    choices jsonb NOT NULL,
    seen character varying(64) NOT NULL,
    reason character varying(300) NOT NULL,
    counts jsonb NOT NULL,
    applied jsonb NOT NULL,
    kept jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone,
    undone_at timestamp with time zone,
    beginning_id bigint,
    by_id bigint NOT NULL,
    ending_id bigint,
    enterprise_id bigint NOT NULL,
    job_id bigint
);

ALTER TABLE public.classes_rollover ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_rollover_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_samples (
    id bigint NOT NULL,
    checks integer NOT NULL,
    camera_on integer NOT NULL,
    camera_told integer NOT NULL,
    mic_on integer NOT NULL,
    mic_told integer NOT NULL,
    speaker_on integer NOT NULL,
    speaker_told integer NOT NULL,
    silence_on integer NOT NULL,
    silence_told integer NOT NULL,
    hand_up_on integer NOT NULL,
    hand_up_told integer NOT NULL,
    lesson_id bigint NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT classes_samples_camera_on_check CHECK ((camera_on >= 0)),
    CONSTRAINT classes_samples_camera_told_check CHECK ((camera_told >= 0)),
    CONSTRAINT classes_samples_checks_check CHECK ((checks >= 0)),
    CONSTRAINT classes_samples_hand_up_on_check CHECK ((hand_up_on >= 0)),
    CONSTRAINT classes_samples_hand_up_told_check CHECK ((hand_up_told >= 0)),
    CONSTRAINT classes_samples_mic_on_check CHECK ((mic_on >= 0)),
    CONSTRAINT classes_samples_mic_told_check CHECK ((mic_told >= 0)),
    CONSTRAINT classes_samples_silence_on_check CHECK ((silence_on >= 0)),
    CONSTRAINT classes_samples_silence_told_check CHECK ((silence_told >= 0)),
    CONSTRAINT classes_samples_speaker_on_check CHECK ((speaker_on >= 0)),
    CONSTRAINT classes_samples_speaker_told_check CHECK ((speaker_told >= 0))
);

ALTER TABLE public.classes_samples ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_samples_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_seat (
    id bigint NOT NULL,
    believes boolean NOT NULL,
    changes integer NOT NULL,
    pending boolean NOT NULL,
    topic character varying(100) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    lesson_id bigint NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT classes_seat_changes_check CHECK ((changes >= 0))
);

ALTER TABLE public.classes_seat ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_seat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_stay (
    id bigint NOT NULL,
    user_id character varying(64) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    evidence character varying(12) NOT NULL,
    lesson_id bigint NOT NULL,
    CONSTRAINT stay_runs_forward CHECK (((left_at IS NULL) OR (left_at >= entered_at)))
);

ALTER TABLE public.classes_stay ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_stay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_streak (
    id bigint NOT NULL,
    times timestamp with time zone[] NOT NULL,
    number integer NOT NULL,
    began_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    level smallint,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT classes_streak_level_check CHECK ((level >= 0)),
    CONSTRAINT classes_streak_number_check CHECK ((number >= 0))
);

ALTER TABLE public.classes_streak ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_streak_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_subject (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    colour smallint NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT classes_subject_colour_check CHECK ((colour >= 0)),
    CONSTRAINT subject_colour_is_one_of_eight CHECK (((colour >= 1) AND (colour <= 8)))
);

ALTER TABLE public.classes_subject ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_subject_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_subject_teachers (
    id bigint NOT NULL,
    subject_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.classes_subject_teachers ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_subject_teachers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_tally (
    lesson_id bigint NOT NULL,
    expected integer NOT NULL,
    present integer NOT NULL,
    late integer NOT NULL,
    left_early integer NOT NULL,
    late_and_left_early integer NOT NULL,
    absent integer NOT NULL,
    excused integer NOT NULL,
    unknown integer NOT NULL,
    people integer DEFAULT 0 NOT NULL,
    present_seconds bigint DEFAULT 0 NOT NULL,
    CONSTRAINT classes_tally_absent_check CHECK ((absent >= 0)),
    CONSTRAINT classes_tally_excused_check CHECK ((excused >= 0)),
    CONSTRAINT classes_tally_expected_check CHECK ((expected >= 0)),
    CONSTRAINT classes_tally_late_and_left_early_check CHECK ((late_and_left_early >= 0)),
    CONSTRAINT classes_tally_late_check CHECK ((late >= 0)),
    CONSTRAINT classes_tally_left_early_check CHECK ((left_early >= 0)),
    CONSTRAINT classes_tally_people_check CHECK ((people >= 0)),
    CONSTRAINT classes_tally_present_check CHECK ((present >= 0)),
    CONSTRAINT classes_tally_present_seconds_check CHECK ((present_seconds >= 0)),
    CONSTRAINT classes_tally_unknown_check CHECK ((unknown >= 0))
);

CREATE TABLE public.classes_teacherabsence (
    id bigint NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    kind character varying(8) NOT NULL,
    note character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    by_id bigint,
    enterprise_id bigint NOT NULL,
    teacher_id bigint NOT NULL,
    CONSTRAINT absence_ends_after_it_begins CHECK ((ends_at > begins_at))
);

ALTER TABLE public.classes_teacherabsence ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_teacherabsence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_term (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT term_runs_forward CHECK ((ends_on >= starts_on))
);

ALTER TABLE public.classes_term ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_term_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_thresholdrule (
    id bigint NOT NULL,
    scope character varying(6) NOT NULL,
    kind character varying(8) NOT NULL,
    number smallint NOT NULL,
    days smallint,
    "least" smallint,
    tells_teachers boolean NOT NULL,
    tells_office boolean NOT NULL,
    tells_student boolean NOT NULL,
    is_on boolean NOT NULL,
    removed_at timestamp with time zone,
    checked_on date,
    created_at timestamp with time zone NOT NULL,
    course_id bigint,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    group_id bigint,
    grade_id bigint,
    tells_guardians boolean DEFAULT false NOT NULL,
    lease_until timestamp with time zone,
    CONSTRAINT classes_thresholdrule_days_check CHECK ((days >= 0)),
    CONSTRAINT classes_thresholdrule_least_check CHECK (("least" >= 0)),
    CONSTRAINT classes_thresholdrule_number_check CHECK ((number >= 0)),
    CONSTRAINT threshold_has_its_numbers CHECK ((((days IS NULL) AND ((kind)::text = 'absences'::text) AND ("least" IS NULL)) OR ((days IS NOT NULL) AND ((kind)::text = 'rate'::text) AND ("least" IS NOT NULL) AND (number <= 100)) OR ((days IS NOT NULL) AND ((kind)::text = ANY ((ARRAY['late'::character varying, 'unknown'::character varying])::text[])) AND ("least" IS NULL)))),
    CONSTRAINT threshold_of_one_or_more CHECK ((number >= 1)),
    CONSTRAINT threshold_of_one_scope CHECK ((((course_id IS NULL) AND (grade_id IS NULL) AND (group_id IS NULL) AND ((scope)::text = 'school'::text)) OR ((course_id IS NULL) AND (grade_id IS NULL) AND ((scope)::text = 'group'::text)) OR ((grade_id IS NULL) AND (group_id IS NULL) AND ((scope)::text = 'course'::text)) OR ((course_id IS NULL) AND (group_id IS NULL) AND ((scope)::text = 'grade'::text))))
);

ALTER TABLE public.classes_thresholdrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_thresholdrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_timetableimport (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    filename character varying(200) NOT NULL,
    digest character varying(64) NOT NULL,
    kind character varying(4) NOT NULL,
    headings character varying(200)[] NOT NULL,
    columns character varying(20)[] NOT NULL,
    left_out character varying(200)[] NOT NULL,
    options jsonb NOT NULL,
    rows_in_all integer NOT NULL,
    counts jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone,
    undone_at timestamp with time zone,
    emptied_at timestamp with time zone,
    seen character varying(64) NOT NULL,
    reason character varying(300) NOT NULL,
    by_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    job_id bigint,
    CONSTRAINT classes_timetableimport_rows_in_all_check CHECK ((rows_in_all >= 0))
);

ALTER TABLE public.classes_timetableimport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_timetableimport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_timetablerow (
    id bigint NOT NULL,
    number integer NOT NULL,
    cells text[] NOT NULL,
    outcome character varying(9) NOT NULL,
    "column" character varying(20) NOT NULL,
    value character varying(200) NOT NULL,
    why character varying(20) NOT NULL,
    named character varying(200) NOT NULL,
    wanted jsonb,
    lessons integer NOT NULL,
    conflicts jsonb NOT NULL,
    conflicts_in_all integer NOT NULL,
    course_id bigint,
    enterprise_id bigint NOT NULL,
    lesson_id bigint,
    source_id bigint NOT NULL,
    CONSTRAINT classes_timetablerow_conflicts_in_all_check CHECK ((conflicts_in_all >= 0)),
    CONSTRAINT classes_timetablerow_lessons_check CHECK ((lessons >= 0)),
    CONSTRAINT classes_timetablerow_number_check CHECK ((number >= 0))
);

ALTER TABLE public.classes_timetablerow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_timetablerow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.classes_told (
    lesson_id bigint NOT NULL,
    starts_at timestamp with time zone,
    day_for timestamp with time zone,
    hour_for timestamp with time zone,
    off_words character varying(300) DEFAULT ''::character varying NOT NULL,
    ends_at timestamp with time zone,
    teacher_id bigint,
    topic character varying(100) DEFAULT ''::character varying NOT NULL
);

CREATE TABLE public.classes_warningfollowup (
    id bigint NOT NULL,
    kind character varying(6) NOT NULL,
    text character varying(1000) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    warning_id bigint NOT NULL
);

ALTER TABLE public.classes_warningfollowup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.classes_warningfollowup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);

ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);

CREATE TABLE public.documents_document (
    id bigint NOT NULL,
    remote_id character varying(64) NOT NULL,
    observed jsonb NOT NULL,
    observed_at timestamp with time zone,
    sync_state character varying(16) NOT NULL,
    sync_reason character varying(300) NOT NULL,
    made_outside boolean NOT NULL,
    name character varying(200) NOT NULL,
    ext character varying(10) NOT NULL,
    bytes bigint NOT NULL,
    md5 character varying(32) NOT NULL,
    file character varying(200) NOT NULL,
    permission character varying(8) NOT NULL,
    transcode_wanted boolean NOT NULL,
    transcode_status character varying(40) NOT NULL,
    transcode_code integer NOT NULL,
    transcode_message character varying(300) NOT NULL,
    transcode_url character varying(1000) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    owner_id bigint,
    source_url character varying(1000) NOT NULL,
    deleted_at timestamp with time zone,
    double_of_id bigint,
    look_at timestamp with time zone,
    look_failures integer NOT NULL,
    look_fence bigint NOT NULL,
    look_owner character varying(80) NOT NULL,
    look_until timestamp with time zone,
    looked_at timestamp with time zone,
    replaces_id bigint,
    CONSTRAINT documents_document_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT documents_document_look_failures_check CHECK ((look_failures >= 0)),
    CONSTRAINT documents_document_look_fence_check CHECK ((look_fence >= 0))
);

ALTER TABLE public.documents_document ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.documents_document_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.documents_upload (
    id bigint NOT NULL,
    token uuid NOT NULL,
    told character varying(300) NOT NULL,
    bytes bigint NOT NULL,
    modified bigint NOT NULL,
    file character varying(200) NOT NULL,
    ticket text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT documents_upload_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT documents_upload_modified_check CHECK ((modified >= 0))
);

ALTER TABLE public.documents_upload ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.documents_upload_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.inbox_callback (
    id bigint NOT NULL,
    fingerprint character varying(64) NOT NULL,
    event character varying(60) NOT NULL,
    class_id character varying(64) NOT NULL,
    body jsonb,
    unreadable text NOT NULL,
    state character varying(12) NOT NULL,
    reason character varying(300) NOT NULL,
    deliveries integer NOT NULL,
    received_at timestamp with time zone NOT NULL,
    last_delivery_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    handled_at timestamp with time zone,
    enterprise_id bigint NOT NULL,
    CONSTRAINT inbox_callback_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT inbox_callback_deliveries_check CHECK ((deliveries >= 0))
);

ALTER TABLE public.inbox_callback ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inbox_callback_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.inbox_queuesample (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    operations integer NOT NULL,
    callbacks integer NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT inbox_queuesample_callbacks_check CHECK ((callbacks >= 0)),
    CONSTRAINT inbox_queuesample_operations_check CHECK ((operations >= 0))
);

ALTER TABLE public.inbox_queuesample ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inbox_queuesample_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.inbox_refusal (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    reason character varying(20) NOT NULL,
    count integer NOT NULL,
    enterprise_id bigint,
    CONSTRAINT inbox_refusal_count_check CHECK ((count >= 0))
);

ALTER TABLE public.inbox_refusal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inbox_refusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.jobs_job (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    args jsonb NOT NULL,
    cursor jsonb NOT NULL,
    result jsonb NOT NULL,
    state character varying(8) NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    failed integer NOT NULL,
    reason character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    due_at timestamp with time zone NOT NULL,
    attempts smallint NOT NULL,
    lease_until timestamp with time zone,
    fence bigint NOT NULL,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    CONSTRAINT jobs_job_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT jobs_job_done_check CHECK ((done >= 0)),
    CONSTRAINT jobs_job_failed_check CHECK ((failed >= 0)),
    CONSTRAINT jobs_job_fence_check CHECK ((fence >= 0)),
    CONSTRAINT jobs_job_total_check CHECK ((total >= 0))
);

ALTER TABLE public.jobs_job ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.jobs_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.lists_savedview (
    id bigint NOT NULL,
    list_name character varying(40) NOT NULL,
    name character varying(60) NOT NULL,
    is_shared boolean NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT shared_view_has_a_name CHECK (((NOT is_shared) OR (NOT ((name)::text = ''::text))))
);

ALTER TABLE public.lists_savedview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.lists_savedview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.lists_waitingmark (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    model character varying(40) NOT NULL,
    "row" bigint NOT NULL,
    until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL,
    given_by_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT lists_waitingmark_row_check CHECK (("row" >= 0)),
    CONSTRAINT waiting_mark_says_something CHECK (((until IS NOT NULL) OR (given_by_id IS NOT NULL)))
);

ALTER TABLE public.lists_waitingmark ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.lists_waitingmark_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mirror_ignored (
    id bigint NOT NULL,
    subject_type character varying(60) NOT NULL,
    subject_id bigint NOT NULL,
    subject_label character varying(200) NOT NULL,
    field character varying(40) NOT NULL,
    ours jsonb,
    theirs jsonb,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.mirror_ignored ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mirror_ignored_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mirror_missed (
    id bigint NOT NULL,
    subject_type character varying(60) NOT NULL,
    subject_id bigint NOT NULL,
    generation bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT mirror_missed_generation_check CHECK ((generation >= 0))
);

ALTER TABLE public.mirror_missed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mirror_missed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mirror_walked (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    generation bigint NOT NULL,
    complete boolean NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    report jsonb NOT NULL,
    owner character varying(80) NOT NULL,
    until timestamp with time zone,
    fence bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    CONSTRAINT mirror_walked_fence_check CHECK ((fence >= 0)),
    CONSTRAINT mirror_walked_generation_check CHECK ((generation >= 0))
);

ALTER TABLE public.mirror_walked ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mirror_walked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_digest (
    id bigint NOT NULL,
    mail character varying(8) NOT NULL,
    mail_due_at timestamp with time zone NOT NULL,
    mail_attempts smallint NOT NULL,
    mailed_at timestamp with time zone,
    period character varying(6) NOT NULL,
    day date NOT NULL,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT notices_digest_mail_attempts_check CHECK ((mail_attempts >= 0))
);

ALTER TABLE public.notices_digest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_digest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_mailserver (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    singleton boolean NOT NULL,
    host character varying(253) NOT NULL,
    port integer NOT NULL,
    encryption character varying(8) NOT NULL,
    username character varying(254) NOT NULL,
    password text,
    sender character varying(254) NOT NULL,
    CONSTRAINT notices_mailserver_port_check CHECK ((port >= 0))
);

ALTER TABLE public.notices_mailserver ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_mailserver_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_message (
    id bigint NOT NULL,
    uid uuid NOT NULL,
    kind character varying(40) NOT NULL,
    key character varying(120) NOT NULL,
    args jsonb NOT NULL,
    link character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    delivery character varying(9) NOT NULL,
    delivery_due_at timestamp with time zone NOT NULL,
    delivery_attempts smallint NOT NULL,
    delivered_at timestamp with time zone,
    reason character varying(12) NOT NULL,
    answer character varying(200) NOT NULL,
    enterprise_id bigint NOT NULL,
    notice_id bigint,
    app_id bigint,
    bot_id bigint,
    CONSTRAINT message_to_a_person_or_a_bot CHECK ((((app_id IS NOT NULL) AND (bot_id IS NULL) AND (notice_id IS NOT NULL)) OR ((app_id IS NULL) AND (bot_id IS NOT NULL) AND (notice_id IS NULL)))),
    CONSTRAINT notices_message_delivery_attempts_check CHECK ((delivery_attempts >= 0))
);

ALTER TABLE public.notices_message ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_messagingaddress (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    provider character varying(8) NOT NULL,
    address text,
    is_found boolean NOT NULL,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    found_for character varying(64) DEFAULT ''::character varying NOT NULL
);

ALTER TABLE public.notices_messagingaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_messagingaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_messagingapp (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    provider character varying(8) NOT NULL,
    app_id character varying(128) NOT NULL,
    agent_id character varying(20) NOT NULL,
    secret text,
    api_url character varying(200) NOT NULL,
    topics character varying(40)[] NOT NULL,
    is_on boolean NOT NULL,
    token text,
    token_ends_at timestamp with time zone,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.notices_messagingapp ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_messagingapp_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_messagingbot (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    name character varying(60) NOT NULL,
    provider character varying(8) NOT NULL,
    url text,
    secret text,
    topics character varying(40)[] NOT NULL,
    language character varying(10) NOT NULL,
    is_on boolean NOT NULL,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.notices_messagingbot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_messagingbot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_messagingsettings (
    id bigint NOT NULL,
    quiet_from time without time zone,
    quiet_until time without time zone,
    text_zh text NOT NULL,
    text_en text NOT NULL,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.notices_messagingsettings ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_messagingsettings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_notice (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    key character varying(120) NOT NULL,
    args jsonb NOT NULL,
    link character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    mail character varying(8) NOT NULL,
    mail_due_at timestamp with time zone NOT NULL,
    mail_attempts smallint NOT NULL,
    mailed_at timestamp with time zone,
    enterprise_id bigint NOT NULL,
    person_id bigint NOT NULL,
    shown boolean DEFAULT true NOT NULL,
    period character varying(6) DEFAULT ''::character varying NOT NULL,
    digest_id bigint,
    CONSTRAINT notices_notice_mail_attempts_check CHECK ((mail_attempts >= 0))
);

ALTER TABLE public.notices_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_quiethours (
    id bigint NOT NULL,
    quiet_from time without time zone NOT NULL,
    quiet_until time without time zone NOT NULL,
    person_id bigint NOT NULL
);

ALTER TABLE public.notices_quiethours ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_quiethours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_wish (
    id bigint NOT NULL,
    topic character varying(40) NOT NULL,
    console boolean NOT NULL,
    mail character varying(6) NOT NULL,
    person_id bigint NOT NULL,
    dingtalk boolean,
    feishu boolean,
    wecom boolean
);

ALTER TABLE public.notices_wish ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_wish_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox_attempt (
    id bigint NOT NULL,
    fence bigint NOT NULL,
    endpoint character varying(60) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    milliseconds integer NOT NULL,
    outcome character varying(12) NOT NULL,
    http_status smallint,
    error_code integer,
    message character varying(300) NOT NULL,
    operation_id bigint NOT NULL,
    CONSTRAINT outbox_attempt_fence_check CHECK ((fence >= 0)),
    CONSTRAINT outbox_attempt_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT outbox_attempt_milliseconds_check CHECK ((milliseconds >= 0))
);

ALTER TABLE public.outbox_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox_gate (
    enterprise_id bigint NOT NULL,
    tokens double precision NOT NULL,
    refilled_at timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    openings integer NOT NULL,
    open_until timestamp with time zone,
    trial_until timestamp with time zone,
    held_for character varying(40)[] NOT NULL,
    held_since timestamp with time zone,
    skew_s double precision NOT NULL,
    trial_of character varying(12) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT outbox_gate_failures_check CHECK ((failures >= 0)),
    CONSTRAINT outbox_gate_openings_check CHECK ((openings >= 0))
);

CREATE TABLE public.outbox_operation (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    subject_type character varying(60) NOT NULL,
    subject_id bigint NOT NULL,
    subject_label character varying(200) NOT NULL,
    lane character varying(200) NOT NULL,
    version integer NOT NULL,
    args jsonb NOT NULL,
    state character varying(12) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    first_sent_at timestamp with time zone,
    lease_owner character varying(80) NOT NULL,
    lease_until timestamp with time zone,
    fence bigint NOT NULL,
    error_code integer,
    reason character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    created_by_id bigint,
    enterprise_id bigint NOT NULL,
    CONSTRAINT operation_state_known CHECK (((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying, 'done'::character varying, 'refused'::character varying, 'held'::character varying, 'unknown'::character varying, 'probing'::character varying, 'needs_you'::character varying, 'parked'::character varying, 'superseded'::character varying])::text[]))),
    CONSTRAINT outbox_operation_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT outbox_operation_fence_check CHECK ((fence >= 0)),
    CONSTRAINT outbox_operation_version_check CHECK ((version >= 0))
);

ALTER TABLE public.outbox_operation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_operation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox_operation_waits_for (
    id bigint NOT NULL,
    from_operation_id bigint NOT NULL,
    to_operation_id bigint NOT NULL
);

ALTER TABLE public.outbox_operation_waits_for ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_operation_waits_for_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox_pulse (
    name character varying(40) NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.policy_apitoken (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    digest character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    user_id bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    scopes jsonb NOT NULL
);

ALTER TABLE public.policy_apitoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policy_apitoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policy_idempotentrequest (
    id bigint NOT NULL,
    key_digest character varying(64) NOT NULL,
    request_digest character varying(64) NOT NULL,
    status smallint,
    outcome character varying(6) NOT NULL,
    object_ids jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT policy_idempotentrequest_status_check CHECK ((status >= 0))
);

ALTER TABLE public.policy_idempotentrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policy_idempotentrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policy_rowchange (
    id bigint NOT NULL,
    model character varying(60) NOT NULL,
    row_id bigint NOT NULL,
    transaction_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL
);

COMMENT ON TABLE public.policy_rowchange IS '33cd8445cba196e7439c386f';

ALTER TABLE public.policy_rowchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policy_rowchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.socialaccount_socialaccount (
    id integer NOT NULL,
    provider character varying(200) NOT NULL,
    uid character varying(191) NOT NULL,
    last_login timestamp with time zone NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    extra_data jsonb NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.socialaccount_socialaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.socialaccount_socialapp (
    id integer NOT NULL,
    provider character varying(30) NOT NULL,
    name character varying(40) NOT NULL,
    client_id character varying(191) NOT NULL,
    secret character varying(191) NOT NULL,
    key character varying(191) NOT NULL,
    provider_id character varying(200) NOT NULL,
    settings jsonb NOT NULL
);

ALTER TABLE public.socialaccount_socialapp ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialapp_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.socialaccount_socialtoken (
    id integer NOT NULL,
    token text NOT NULL,
    token_secret text NOT NULL,
    expires_at timestamp with time zone,
    account_id integer NOT NULL,
    app_id integer
);

ALTER TABLE public.socialaccount_socialtoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialtoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.webhook_attempt (
    id bigint NOT NULL,
    fence bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    milliseconds integer NOT NULL,
    outcome character varying(10) NOT NULL,
    http_status smallint,
    reason character varying(40) NOT NULL,
    answer character varying(500) NOT NULL,
    delivery_id bigint NOT NULL,
    CONSTRAINT webhook_attempt_fence_check CHECK ((fence >= 0)),
    CONSTRAINT webhook_attempt_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT webhook_attempt_milliseconds_check CHECK ((milliseconds >= 0))
);

ALTER TABLE public.webhook_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhook_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.webhook_delivery (
    id bigint NOT NULL,
    lane character varying(200) NOT NULL,
    state character varying(12) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    first_sent_at timestamp with time zone,
    lease_owner character varying(80) NOT NULL,
    lease_until timestamp with time zone,
    fence bigint NOT NULL,
    uid uuid NOT NULL,
    event character varying(40) NOT NULL,
    object character varying(80) NOT NULL,
    data jsonb NOT NULL,
    reason character varying(40) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    enterprise_id bigint NOT NULL,
    endpoint_id bigint NOT NULL,
    CONSTRAINT webhook_delivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT webhook_delivery_fence_check CHECK ((fence >= 0)),
    CONSTRAINT webhook_state_known CHECK (((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying, 'done'::character varying, 'parked'::character varying])::text[])))
);

ALTER TABLE public.webhook_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhook_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.webhook_endpoint (
    id bigint NOT NULL,
    seal_id uuid NOT NULL,
    name character varying(60) NOT NULL,
    url character varying(500) NOT NULL,
    events character varying(40)[] NOT NULL,
    personal_data boolean NOT NULL,
    secret text NOT NULL,
    previous_secret text,
    previous_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint NOT NULL
);

ALTER TABLE public.webhook_endpoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhook_endpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.webhook_gate (
    tokens double precision NOT NULL,
    refilled_at timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    openings integer NOT NULL,
    open_until timestamp with time zone,
    trial_until timestamp with time zone,
    trial_of character varying(12) DEFAULT ''::character varying NOT NULL,
    held_for character varying(40)[] NOT NULL,
    held_since timestamp with time zone,
    endpoint_id bigint NOT NULL,
    CONSTRAINT webhook_gate_failures_check CHECK ((failures >= 0)),
    CONSTRAINT webhook_gate_openings_check CHECK ((openings >= 0))
);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_consent
    ADD CONSTRAINT accounts_consent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_consent
    ADD CONSTRAINT accounts_consent_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_enterprise
    ADD CONSTRAINT accounts_enterprise_callback_token_key UNIQUE (callback_token);

ALTER TABLE ONLY public.accounts_enterprise
    ADD CONSTRAINT accounts_enterprise_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_enterprise
    ADD CONSTRAINT accounts_enterprise_sdkappid_key UNIQUE (sdkappid);

ALTER TABLE ONLY public.accounts_enterprise
    ADD CONSTRAINT accounts_enterprise_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_enterprise
    ADD CONSTRAINT accounts_enterprise_sign_in_name_key UNIQUE (sign_in_name);

ALTER TABLE ONLY public.accounts_erasurerequest
    ADD CONSTRAINT accounts_erasurerequest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_export
    ADD CONSTRAINT accounts_export_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_exportpiece
    ADD CONSTRAINT accounts_exportpiece_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_grade
    ADD CONSTRAINT accounts_grade_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_groupstudent
    ADD CONSTRAINT accounts_groupstudent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardian
    ADD CONSTRAINT accounts_guardian_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardian
    ADD CONSTRAINT accounts_guardian_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_guardianaccount
    ADD CONSTRAINT accounts_guardianaccount_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardianaccount
    ADD CONSTRAINT accounts_guardianaccount_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_guardianinvitation
    ADD CONSTRAINT accounts_guardianinvitation_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.accounts_guardianinvitation
    ADD CONSTRAINT accounts_guardianinvitation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardiannotice
    ADD CONSTRAINT accounts_guardiannotice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardiannotice
    ADD CONSTRAINT accounts_guardiannotice_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_guardiannoticesettings
    ADD CONSTRAINT accounts_guardiannoticesettings_enterprise_id_key UNIQUE (enterprise_id);

ALTER TABLE ONLY public.accounts_guardiannoticesettings
    ADD CONSTRAINT accounts_guardiannoticesettings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardianpasswordrequest
    ADD CONSTRAINT accounts_guardianpasswordrequest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardiansession
    ADD CONSTRAINT accounts_guardiansession_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_guardiansession
    ADD CONSTRAINT accounts_guardiansession_session_key_key UNIQUE (session_key);

ALTER TABLE ONLY public.accounts_guesses
    ADD CONSTRAINT accounts_guesses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_identitylink
    ADD CONSTRAINT accounts_identitylink_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_identityprovider
    ADD CONSTRAINT accounts_identityprovider_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_identityprovider
    ADD CONSTRAINT accounts_identityprovider_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_identityprovider
    ADD CONSTRAINT accounts_identityprovider_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.accounts_identityrule
    ADD CONSTRAINT accounts_identityrule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_importrow
    ADD CONSTRAINT accounts_importrow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_knowndevice
    ADD CONSTRAINT accounts_knowndevice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_logo
    ADD CONSTRAINT accounts_logo_enterprise_id_key UNIQUE (enterprise_id);

ALTER TABLE ONLY public.accounts_logo
    ADD CONSTRAINT accounts_logo_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_logo
    ADD CONSTRAINT accounts_logo_token_key UNIQUE (token);

ALTER TABLE ONLY public.accounts_passwordlink
    ADD CONSTRAINT accounts_passwordlink_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.accounts_passwordlink
    ADD CONSTRAINT accounts_passwordlink_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_passwordrequest
    ADD CONSTRAINT accounts_passwordrequest_person_id_key UNIQUE (person_id);

ALTER TABLE ONLY public.accounts_passwordrequest
    ADD CONSTRAINT accounts_passwordrequest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_peopleimport
    ADD CONSTRAINT accounts_peopleimport_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_peopleimportguardian
    ADD CONSTRAINT accounts_peopleimportguardian_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_peopleimportguardian
    ADD CONSTRAINT accounts_peopleimportguardian_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_picture
    ADD CONSTRAINT accounts_picture_person_id_key UNIQUE (person_id);

ALTER TABLE ONLY public.accounts_picture
    ADD CONSTRAINT accounts_picture_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_picture
    ADD CONSTRAINT accounts_picture_token_key UNIQUE (token);

ALTER TABLE ONLY public.accounts_rosterconnection
    ADD CONSTRAINT accounts_rosterconnection_enterprise_id_key UNIQUE (enterprise_id);

ALTER TABLE ONLY public.accounts_rosterconnection
    ADD CONSTRAINT accounts_rosterconnection_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_rosterconnection
    ADD CONSTRAINT accounts_rosterconnection_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_rosterpage
    ADD CONSTRAINT accounts_rosterpage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_rosterrow
    ADD CONSTRAINT accounts_rosterrow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_samlsignin
    ADD CONSTRAINT accounts_samlsignin_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_samlsignin
    ADD CONSTRAINT accounts_samlsignin_request_id_key UNIQUE (request_id);

ALTER TABLE ONLY public.accounts_samlsignin
    ADD CONSTRAINT accounts_samlsignin_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_sourcedid
    ADD CONSTRAINT accounts_sourcedid_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_studentgroup
    ADD CONSTRAINT accounts_studentgroup_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_studentnote
    ADD CONSTRAINT accounts_studentnote_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT accounts_teacherincharge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_login_key UNIQUE (login);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.accounts_visit
    ADD CONSTRAINT accounts_visit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_attachment
    ADD CONSTRAINT attachment_once_a_course UNIQUE (document_id, course_id);

ALTER TABLE ONLY public.classes_attachment
    ADD CONSTRAINT attachment_once_a_lesson UNIQUE (document_id, lesson_id);

ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_auditentry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_link
    ADD CONSTRAINT audit_link_pkey PRIMARY KEY (entry_id);

ALTER TABLE ONLY public.audit_personkey
    ADD CONSTRAINT audit_personkey_person_id_key UNIQUE (person_id);

ALTER TABLE ONLY public.audit_personkey
    ADD CONSTRAINT audit_personkey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_personkey
    ADD CONSTRAINT audit_personkey_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.audit_seen
    ADD CONSTRAINT audit_seen_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_waiting
    ADD CONSTRAINT audit_waiting_pkey PRIMARY KEY (entry_id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_callbackdifference
    ADD CONSTRAINT callback_difference_once UNIQUE (lesson_id, user_id, entered, told_at);

ALTER TABLE ONLY public.classes_alarm
    ADD CONSTRAINT classes_alarm_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_appeal
    ADD CONSTRAINT classes_appeal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_attachment
    ADD CONSTRAINT classes_attachment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_attendance
    ADD CONSTRAINT classes_attendance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_attendancecode
    ADD CONSTRAINT classes_attendancecode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_attendancewarning
    ADD CONSTRAINT classes_attendancewarning_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_call
    ADD CONSTRAINT classes_call_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_callbackdifference
    ADD CONSTRAINT classes_callbackdifference_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_codeuse
    ADD CONSTRAINT classes_codeuse_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_correction
    ADD CONSTRAINT classes_correction_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_course_assistants
    ADD CONSTRAINT classes_course_assistants_course_id_user_id_0d248b02_uniq UNIQUE (course_id, user_id);

ALTER TABLE ONLY public.classes_course_assistants
    ADD CONSTRAINT classes_course_assistants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_course_groups
    ADD CONSTRAINT classes_course_groups_course_id_studentgroup_id_8ef4d307_uniq UNIQUE (course_id, studentgroup_id);

ALTER TABLE ONLY public.classes_course_groups
    ADD CONSTRAINT classes_course_groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_course_members
    ADD CONSTRAINT classes_course_members_course_id_user_id_047ce139_uniq UNIQUE (course_id, user_id);

ALTER TABLE ONLY public.classes_course_members
    ADD CONSTRAINT classes_course_members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_course
    ADD CONSTRAINT classes_course_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_credit
    ADD CONSTRAINT classes_credit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_entry
    ADD CONSTRAINT classes_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_entry
    ADD CONSTRAINT classes_entry_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.classes_exportrun
    ADD CONSTRAINT classes_exportrun_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_exportschedule
    ADD CONSTRAINT classes_exportschedule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_exportschedule_recipients
    ADD CONSTRAINT classes_exportschedule_r_exportschedule_id_user_i_e9c0c041_uniq UNIQUE (exportschedule_id, user_id);

ALTER TABLE ONLY public.classes_exportschedule_recipients
    ADD CONSTRAINT classes_exportschedule_recipients_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT classes_feed_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT classes_feed_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_footage
    ADD CONSTRAINT classes_footage_lesson_id_key UNIQUE (lesson_id);

ALTER TABLE ONLY public.classes_footage
    ADD CONSTRAINT classes_footage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_graderevision
    ADD CONSTRAINT classes_graderevision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_graderule
    ADD CONSTRAINT classes_graderule_pkey PRIMARY KEY (enterprise_id);

ALTER TABLE ONLY public.classes_holiday
    ADD CONSTRAINT classes_holiday_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_leave
    ADD CONSTRAINT classes_leave_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_leavefile
    ADD CONSTRAINT classes_leavefile_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_lesson_groups
    ADD CONSTRAINT classes_lesson_groups_lesson_id_studentgroup_id_94fd0cc7_uniq UNIQUE (lesson_id, studentgroup_id);

ALTER TABLE ONLY public.classes_lesson_groups
    ADD CONSTRAINT classes_lesson_groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT classes_lesson_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_lessonkey
    ADD CONSTRAINT classes_lessonkey_lesson_id_key UNIQUE (lesson_id);

ALTER TABLE ONLY public.classes_lessonkey
    ADD CONSTRAINT classes_lessonkey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_lessonkey
    ADD CONSTRAINT classes_lessonkey_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.classes_member
    ADD CONSTRAINT classes_member_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_observation
    ADD CONSTRAINT classes_observation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_recording
    ADD CONSTRAINT classes_recording_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_register
    ADD CONSTRAINT classes_register_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_reportschedule
    ADD CONSTRAINT classes_reportschedule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_rollover
    ADD CONSTRAINT classes_rollover_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_samples
    ADD CONSTRAINT classes_samples_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_seat
    ADD CONSTRAINT classes_seat_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_stay
    ADD CONSTRAINT classes_stay_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_streak
    ADD CONSTRAINT classes_streak_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_subject
    ADD CONSTRAINT classes_subject_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_subject_teachers
    ADD CONSTRAINT classes_subject_teachers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_subject_teachers
    ADD CONSTRAINT classes_subject_teachers_subject_id_user_id_7ef4eb23_uniq UNIQUE (subject_id, user_id);

ALTER TABLE ONLY public.classes_tally
    ADD CONSTRAINT classes_tally_pkey PRIMARY KEY (lesson_id);

ALTER TABLE ONLY public.classes_teacherabsence
    ADD CONSTRAINT classes_teacherabsence_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_term
    ADD CONSTRAINT classes_term_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_thresholdrule
    ADD CONSTRAINT classes_thresholdrule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_timetableimport
    ADD CONSTRAINT classes_timetableimport_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_timetablerow
    ADD CONSTRAINT classes_timetablerow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_told
    ADD CONSTRAINT classes_told_pkey PRIMARY KEY (lesson_id);

ALTER TABLE ONLY public.classes_warningfollowup
    ADD CONSTRAINT classes_warningfollowup_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_attendancecode
    ADD CONSTRAINT code_letters_once_a_school UNIQUE (enterprise_id, letters);

ALTER TABLE ONLY public.notices_digest
    ADD CONSTRAINT digest_once UNIQUE (person_id, period, day);

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.documents_document
    ADD CONSTRAINT documents_document_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.documents_upload
    ADD CONSTRAINT documents_upload_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.documents_upload
    ADD CONSTRAINT documents_upload_token_key UNIQUE (token);

ALTER TABLE ONLY public.classes_footage
    ADD CONSTRAINT footage_once_a_class UNIQUE (enterprise_id, class_id);

ALTER TABLE ONLY public.accounts_grade
    ADD CONSTRAINT grade_name_once_a_school UNIQUE (enterprise_id, name);

ALTER TABLE ONLY public.accounts_grade
    ADD CONSTRAINT grade_position_once_a_school UNIQUE (enterprise_id, "position") DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_studentgroup
    ADD CONSTRAINT group_name_once_a_school UNIQUE (enterprise_id, name);

ALTER TABLE ONLY public.accounts_guardianaccount
    ADD CONSTRAINT guardian_account_name_once UNIQUE (enterprise_id, name_digest);

ALTER TABLE ONLY public.accounts_guardiannotice
    ADD CONSTRAINT guardian_notice_once_a_day UNIQUE (guardian_id, day);

ALTER TABLE ONLY public.accounts_guesses
    ADD CONSTRAINT guesses_once_a_key UNIQUE (of, key);

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT head_of_a_grade_once_a_day EXCLUDE USING gist (grade_id WITH =, teacher_id WITH =, daterange(starts_on, ends_on, '[]'::text) WITH &&);

ALTER TABLE ONLY public.policy_idempotentrequest
    ADD CONSTRAINT idempotent_request_once UNIQUE (user_id, key_digest);

ALTER TABLE ONLY public.accounts_identitylink
    ADD CONSTRAINT identity_person_once UNIQUE (provider_id, person_id);

ALTER TABLE ONLY public.accounts_identitylink
    ADD CONSTRAINT identity_subject_once UNIQUE (provider_id, subject);

ALTER TABLE ONLY public.mirror_ignored
    ADD CONSTRAINT ignored_once_a_row_and_field UNIQUE (subject_type, subject_id, field);

ALTER TABLE ONLY public.accounts_peopleimportguardian
    ADD CONSTRAINT import_guardian_once_a_row UNIQUE (row_id, guardian_id);

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT in_charge_of_a_group_once_a_day EXCLUDE USING gist (group_id WITH =, teacher_id WITH =, daterange(starts_on, ends_on, '[]'::text) WITH &&);

ALTER TABLE ONLY public.inbox_callback
    ADD CONSTRAINT inbox_callback_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.inbox_queuesample
    ADD CONSTRAINT inbox_queuesample_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.inbox_refusal
    ADD CONSTRAINT inbox_refusal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.jobs_job
    ADD CONSTRAINT jobs_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_knowndevice
    ADD CONSTRAINT known_device_once UNIQUE (person_id, digest);

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT lesson_teacher_once_at_a_time EXCLUDE USING gist (teacher_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (((cancelled_at IS NULL) AND (NOT conflict_allowed) AND (NOT ((status)::text = 'end'::text)))) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.lists_savedview
    ADD CONSTRAINT lists_savedview_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.lists_waitingmark
    ADD CONSTRAINT lists_waitingmark_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_member
    ADD CONSTRAINT member_once_a_lesson UNIQUE (lesson_id, user_id);

ALTER TABLE ONLY public.notices_message
    ADD CONSTRAINT message_once_a_bot UNIQUE (bot_id, key);

ALTER TABLE ONLY public.notices_message
    ADD CONSTRAINT message_once_an_app UNIQUE (notice_id, app_id);

ALTER TABLE ONLY public.notices_messagingaddress
    ADD CONSTRAINT messaging_address_once UNIQUE (person_id, provider);

ALTER TABLE ONLY public.notices_messagingapp
    ADD CONSTRAINT messaging_app_once UNIQUE (enterprise_id, provider);

ALTER TABLE ONLY public.notices_messagingbot
    ADD CONSTRAINT messaging_bot_name UNIQUE (enterprise_id, name);

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mirror_ignored
    ADD CONSTRAINT mirror_ignored_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mirror_missed
    ADD CONSTRAINT mirror_missed_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mirror_walked
    ADD CONSTRAINT mirror_walked_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mirror_missed
    ADD CONSTRAINT missed_once_a_row UNIQUE (subject_type, subject_id);

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notice_once_a_person UNIQUE (person_id, key);

ALTER TABLE ONLY public.notices_digest
    ADD CONSTRAINT notices_digest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_mailserver
    ADD CONSTRAINT notices_mailserver_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_mailserver
    ADD CONSTRAINT notices_mailserver_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.notices_mailserver
    ADD CONSTRAINT notices_mailserver_singleton_key UNIQUE (singleton);

ALTER TABLE ONLY public.notices_message
    ADD CONSTRAINT notices_message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_messagingaddress
    ADD CONSTRAINT notices_messagingaddress_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_messagingaddress
    ADD CONSTRAINT notices_messagingaddress_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.notices_messagingapp
    ADD CONSTRAINT notices_messagingapp_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_messagingapp
    ADD CONSTRAINT notices_messagingapp_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.notices_messagingbot
    ADD CONSTRAINT notices_messagingbot_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_messagingbot
    ADD CONSTRAINT notices_messagingbot_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.notices_messagingsettings
    ADD CONSTRAINT notices_messagingsettings_enterprise_id_key UNIQUE (enterprise_id);

ALTER TABLE ONLY public.notices_messagingsettings
    ADD CONSTRAINT notices_messagingsettings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_quiethours
    ADD CONSTRAINT notices_quiethours_person_id_key UNIQUE (person_id);

ALTER TABLE ONLY public.notices_quiethours
    ADD CONSTRAINT notices_quiethours_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_wish
    ADD CONSTRAINT notices_wish_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_codeuse
    ADD CONSTRAINT one_code_a_mark_and_reason UNIQUE (enterprise_id, mark, kind);

ALTER TABLE ONLY public.inbox_refusal
    ADD CONSTRAINT one_count_an_hour_and_reason UNIQUE NULLS NOT DISTINCT (enterprise_id, hour, reason);

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT one_feed_a_group UNIQUE (group_id);

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT one_feed_a_person UNIQUE (person_id);

ALTER TABLE ONLY public.classes_graderevision
    ADD CONSTRAINT one_grade_revision_a_number UNIQUE (course_id, since, until, number);

ALTER TABLE ONLY public.audit_link
    ADD CONSTRAINT one_link_a_number UNIQUE (chain, number);

ALTER TABLE ONLY public.classes_attendance
    ADD CONSTRAINT one_mark_a_person_and_lesson UNIQUE (lesson_id, user_id);

ALTER TABLE ONLY public.inbox_queuesample
    ADD CONSTRAINT one_queue_sample_an_hour UNIQUE (enterprise_id, hour);

ALTER TABLE ONLY public.classes_register
    ADD CONSTRAINT one_register_a_number UNIQUE (lesson_id, number);

ALTER TABLE ONLY public.inbox_callback
    ADD CONSTRAINT one_row_a_distinct_event UNIQUE (enterprise_id, fingerprint);

ALTER TABLE ONLY public.classes_samples
    ADD CONSTRAINT one_sample_a_person_and_lesson UNIQUE (person_id, lesson_id);

ALTER TABLE ONLY public.outbox_attempt
    ADD CONSTRAINT outbox_attempt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox_gate
    ADD CONSTRAINT outbox_gate_pkey PRIMARY KEY (enterprise_id);

ALTER TABLE ONLY public.outbox_operation
    ADD CONSTRAINT outbox_operation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox_operation_waits_for
    ADD CONSTRAINT outbox_operation_waits_f_from_operation_id_to_ope_c9c55612_uniq UNIQUE (from_operation_id, to_operation_id);

ALTER TABLE ONLY public.outbox_operation_waits_for
    ADD CONSTRAINT outbox_operation_waits_for_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox_pulse
    ADD CONSTRAINT outbox_pulse_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.accounts_exportpiece
    ADD CONSTRAINT piece_once_a_file UNIQUE (source_id, holds, number);

ALTER TABLE ONLY public.policy_apitoken
    ADD CONSTRAINT policy_apitoken_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.policy_apitoken
    ADD CONSTRAINT policy_apitoken_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policy_idempotentrequest
    ADD CONSTRAINT policy_idempotentrequest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policy_rowchange
    ADD CONSTRAINT policy_rowchange_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classes_reportschedule
    ADD CONSTRAINT report_schedule_once_a_person UNIQUE NULLS NOT DISTINCT (person_id, report, filters, group_id, grade_id, every);

ALTER TABLE ONLY public.accounts_importrow
    ADD CONSTRAINT row_once_an_import UNIQUE (source_id, number);

ALTER TABLE ONLY public.classes_seat
    ADD CONSTRAINT seat_once_a_lesson UNIQUE (lesson_id, person_id);

ALTER TABLE ONLY public.audit_seen
    ADD CONSTRAINT seen_once_an_act UNIQUE (entry_id, person_id);

ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_provider_uid_fc810c6e_uniq UNIQUE (provider, uid);

ALTER TABLE ONLY public.socialaccount_socialapp
    ADD CONSTRAINT socialaccount_socialapp_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_app_id_account_id_fca4e0ac_uniq UNIQUE (app_id, account_id);

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_sourcedid
    ADD CONSTRAINT sourced_id_of_a_row UNIQUE (enterprise_id, kind, target);

ALTER TABLE ONLY public.accounts_sourcedid
    ADD CONSTRAINT sourced_id_once UNIQUE (enterprise_id, kind, sourced_id);

ALTER TABLE ONLY public.accounts_groupstudent
    ADD CONSTRAINT student_once_a_group UNIQUE (group_id, student_id);

ALTER TABLE ONLY public.classes_subject
    ADD CONSTRAINT subject_name_once_a_school UNIQUE (enterprise_id, name);

ALTER TABLE ONLY public.classes_teacherabsence
    ADD CONSTRAINT teacher_absent_once_at_a_time EXCLUDE USING gist (teacher_id WITH =, tstzrange(begins_at, ends_at) WITH &&) WHERE ((withdrawn_at IS NULL));

ALTER TABLE ONLY public.classes_term
    ADD CONSTRAINT term_name_once_a_school UNIQUE (enterprise_id, name);

ALTER TABLE ONLY public.classes_timetablerow
    ADD CONSTRAINT timetable_row_once UNIQUE (source_id, number);

ALTER TABLE ONLY public.classes_recording
    ADD CONSTRAINT track_once UNIQUE (enterprise_id, class_id, video_id);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT user_id_once_a_school UNIQUE (enterprise_id, user_id);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);

ALTER TABLE ONLY public.lists_savedview
    ADD CONSTRAINT view_name_once_a_list UNIQUE (user_id, list_name, name);

ALTER TABLE ONLY public.lists_waitingmark
    ADD CONSTRAINT waiting_marked_once UNIQUE (user_id, kind, model, "row");

ALTER TABLE ONLY public.mirror_walked
    ADD CONSTRAINT walked_once_a_school_and_sort UNIQUE (enterprise_id, name);

ALTER TABLE ONLY public.webhook_attempt
    ADD CONSTRAINT webhook_attempt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_uid_key UNIQUE (uid);

ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_seal_id_key UNIQUE (seal_id);

ALTER TABLE ONLY public.webhook_gate
    ADD CONSTRAINT webhook_gate_pkey PRIMARY KEY (endpoint_id);

ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_name_once_a_school UNIQUE (enterprise_id, name);

ALTER TABLE ONLY public.notices_wish
    ADD CONSTRAINT wish_once_a_topic UNIQUE (person_id, topic);

CREATE UNIQUE INDEX a_guest_counts_for_one ON public.classes_credit USING btree (lesson_id, guest_id) WHERE (undone_at IS NULL);

CREATE INDEX absence_by_begin ON public.classes_teacherabsence USING btree (enterprise_id, begins_at, id);

CREATE INDEX absence_valid ON public.classes_teacherabsence USING btree (enterprise_id, ends_at) WHERE (withdrawn_at IS NULL);

CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);

CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);

CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);

CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);

CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);

CREATE INDEX accounts_consent_by_id_e3f3c955 ON public.accounts_consent USING btree (by_id);

CREATE INDEX accounts_consent_enterprise_id_e4cf03c7 ON public.accounts_consent USING btree (enterprise_id);

CREATE INDEX accounts_consent_person_id_dc6f3178 ON public.accounts_consent USING btree (person_id);

CREATE INDEX accounts_enterprise_callback_token_308e6f9f_like ON public.accounts_enterprise USING btree (callback_token varchar_pattern_ops);

CREATE INDEX accounts_enterprise_sign_in_name_d59c5884_like ON public.accounts_enterprise USING btree (sign_in_name varchar_pattern_ops);

CREATE INDEX accounts_erasurerequest_answered_by_id_10d50880 ON public.accounts_erasurerequest USING btree (answered_by_id);

CREATE INDEX accounts_erasurerequest_person_id_16e4a624 ON public.accounts_erasurerequest USING btree (person_id);

CREATE INDEX accounts_erasurerequest_requested_by_id_4fafc0b1 ON public.accounts_erasurerequest USING btree (requested_by_id);

CREATE INDEX accounts_export_by_id_57929a2a ON public.accounts_export USING btree (by_id);

CREATE INDEX accounts_export_enterprise_id_42d1572b ON public.accounts_export USING btree (enterprise_id);

CREATE INDEX accounts_export_group_id_907983b3 ON public.accounts_export USING btree (group_id);

CREATE INDEX accounts_export_job_id_83031534 ON public.accounts_export USING btree (job_id);

CREATE INDEX accounts_export_person_id_c478793f ON public.accounts_export USING btree (person_id);

CREATE INDEX accounts_exportpiece_enterprise_id_c0f9163c ON public.accounts_exportpiece USING btree (enterprise_id);

CREATE INDEX accounts_exportpiece_source_id_222b61c9 ON public.accounts_exportpiece USING btree (source_id);

CREATE INDEX accounts_groupstudent_group_id_0e76c305 ON public.accounts_groupstudent USING btree (group_id);

CREATE INDEX accounts_groupstudent_student_id_c35a23f8 ON public.accounts_groupstudent USING btree (student_id);

CREATE INDEX accounts_guardian_account_id_2133be68 ON public.accounts_guardian USING btree (account_id);

CREATE INDEX accounts_guardian_person_id_b729af31 ON public.accounts_guardian USING btree (person_id);

CREATE INDEX accounts_guardianinvitation_account_id_8e72bbf2 ON public.accounts_guardianinvitation USING btree (account_id);

CREATE INDEX accounts_guardianinvitation_created_by_id_139a0303 ON public.accounts_guardianinvitation USING btree (created_by_id);

CREATE INDEX accounts_guardianinvitation_digest_4fe02979_like ON public.accounts_guardianinvitation USING btree (digest varchar_pattern_ops);

CREATE INDEX accounts_guardianinvitation_guardian_id_5e4bfe45 ON public.accounts_guardianinvitation USING btree (guardian_id);

CREATE INDEX accounts_guardianpasswordrequest_enterprise_id_f408a97a ON public.accounts_guardianpasswordrequest USING btree (enterprise_id);

CREATE INDEX accounts_guardiansession_account_id_caf0769e ON public.accounts_guardiansession USING btree (account_id);

CREATE INDEX accounts_guardiansession_session_key_70904f67_like ON public.accounts_guardiansession USING btree (session_key varchar_pattern_ops);

CREATE INDEX accounts_guesses_touched_at_3c6a8623 ON public.accounts_guesses USING btree (touched_at);

CREATE INDEX accounts_identitylink_person_id_d62f82b4 ON public.accounts_identitylink USING btree (person_id);

CREATE INDEX accounts_identitylink_provider_id_eda78a93 ON public.accounts_identitylink USING btree (provider_id);

CREATE INDEX accounts_identityprovider_slug_d2d79e02_like ON public.accounts_identityprovider USING btree (slug varchar_pattern_ops);

CREATE INDEX accounts_identityrule_group_id_2244c11d ON public.accounts_identityrule USING btree (group_id);

CREATE INDEX accounts_identityrule_provider_id_4a9017ba ON public.accounts_identityrule USING btree (provider_id);

CREATE INDEX accounts_importrow_enterprise_id_c02a37ee ON public.accounts_importrow USING btree (enterprise_id);

CREATE INDEX accounts_importrow_operation_id_6b9da710 ON public.accounts_importrow USING btree (operation_id);

CREATE INDEX accounts_importrow_person_id_875741a5 ON public.accounts_importrow USING btree (person_id);

CREATE INDEX accounts_importrow_source_id_6d03a48c ON public.accounts_importrow USING btree (source_id);

CREATE INDEX accounts_knowndevice_person_id_f41dde2d ON public.accounts_knowndevice USING btree (person_id);

CREATE INDEX accounts_logo_token_82dbfeb4_like ON public.accounts_logo USING btree (token varchar_pattern_ops);

CREATE INDEX accounts_passwordlink_created_by_id_8517f7ca ON public.accounts_passwordlink USING btree (created_by_id);

CREATE INDEX accounts_passwordlink_digest_8772b620_like ON public.accounts_passwordlink USING btree (digest varchar_pattern_ops);

CREATE INDEX accounts_passwordlink_enterprise_id_7acac305 ON public.accounts_passwordlink USING btree (enterprise_id);

CREATE INDEX accounts_passwordlink_person_id_9814d4d7 ON public.accounts_passwordlink USING btree (person_id);

CREATE INDEX accounts_peopleimport_by_id_cad95151 ON public.accounts_peopleimport USING btree (by_id);

CREATE INDEX accounts_peopleimport_enterprise_id_2d82d438 ON public.accounts_peopleimport USING btree (enterprise_id);

CREATE INDEX accounts_peopleimport_job_id_5182b10b ON public.accounts_peopleimport USING btree (job_id);

CREATE INDEX accounts_peopleimportguardian_guardian_id_fadc2fda ON public.accounts_peopleimportguardian USING btree (guardian_id);

CREATE INDEX accounts_peopleimportguardian_row_id_40c20a0e ON public.accounts_peopleimportguardian USING btree (row_id);

CREATE INDEX accounts_picture_enterprise_id_7c8c5487 ON public.accounts_picture USING btree (enterprise_id);

CREATE INDEX accounts_picture_token_7f24f622_like ON public.accounts_picture USING btree (token varchar_pattern_ops);

CREATE INDEX accounts_rosterconnection_by_id_c23f11cd ON public.accounts_rosterconnection USING btree (by_id);

CREATE INDEX accounts_rosterconnection_newest_id_c6635492 ON public.accounts_rosterconnection USING btree (newest_id);

CREATE INDEX accounts_rosterpage_connection_id_64dfbd4f ON public.accounts_rosterpage USING btree (connection_id);

CREATE INDEX accounts_rosterrow_source_id_81edd371 ON public.accounts_rosterrow USING btree (source_id);

CREATE INDEX accounts_samlsignin_enterprise_id_01863d81 ON public.accounts_samlsignin USING btree (enterprise_id);

CREATE INDEX accounts_samlsignin_provider_id_773aa9ef ON public.accounts_samlsignin USING btree (provider_id);

CREATE INDEX accounts_samlsignin_request_id_db30d0e4_like ON public.accounts_samlsignin USING btree (request_id varchar_pattern_ops);

CREATE INDEX accounts_studentgroup_enterprise_id_7f05ad2c ON public.accounts_studentgroup USING btree (enterprise_id);

CREATE INDEX accounts_studentgroup_grade_id_edb09d9b ON public.accounts_studentgroup USING btree (grade_id);

CREATE INDEX accounts_studentnote_by_id_004f0f14 ON public.accounts_studentnote USING btree (by_id);

CREATE INDEX accounts_teacherincharge_created_by_id_76cc5476 ON public.accounts_teacherincharge USING btree (created_by_id);

CREATE INDEX accounts_teacherincharge_grade_id_cda246b9 ON public.accounts_teacherincharge USING btree (grade_id);

CREATE INDEX accounts_teacherincharge_group_id_bc3077ea ON public.accounts_teacherincharge USING btree (group_id);

CREATE INDEX accounts_teacherincharge_teacher_id_113ef36a ON public.accounts_teacherincharge USING btree (teacher_id);

CREATE INDEX accounts_user_login_c2ed0b12_like ON public.accounts_user USING btree (login varchar_pattern_ops);

CREATE INDEX accounts_visit_enterprise_id_b94c2845 ON public.accounts_visit USING btree (enterprise_id);

CREATE INDEX accounts_visit_operator_id_d5ed5cdd ON public.accounts_visit USING btree (operator_id);

CREATE UNIQUE INDEX alarm_of_a_school_open_once ON public.classes_alarm USING btree (enterprise_id, kind) WHERE ((lesson_id IS NULL) AND (resolved_at IS NULL));

CREATE UNIQUE INDEX alarm_once_a_lesson ON public.classes_alarm USING btree (lesson_id, kind) WHERE (lesson_id IS NOT NULL);

CREATE INDEX alarm_open ON public.classes_alarm USING btree (enterprise_id) WHERE (resolved_at IS NULL);

CREATE INDEX attempt_started ON public.outbox_attempt USING brin (started_at) WITH (pages_per_range='16');

CREATE INDEX attendance_of_person ON public.classes_attendance USING btree (person_id, lesson_id DESC);

CREATE INDEX audit_auditentry_actor_id_8ab278be ON public.audit_auditentry USING btree (actor_id);

CREATE INDEX audit_auditentry_enterprise_id_2742647f ON public.audit_auditentry USING btree (enterprise_id);

CREATE INDEX audit_by_act ON public.audit_auditentry USING btree (enterprise_id, action, at DESC, id DESC);

CREATE INDEX audit_by_actor ON public.audit_auditentry USING btree (actor_id, at DESC, id DESC);

CREATE INDEX audit_by_request ON public.audit_auditentry USING btree (request_id, at DESC, id DESC) WHERE (NOT ((request_id)::text = ''::text));

CREATE INDEX audit_by_thing ON public.audit_auditentry USING btree (object_type, object_id, at DESC, id DESC);

CREATE INDEX audit_by_time ON public.audit_auditentry USING btree (enterprise_id, at DESC, id DESC);

CREATE INDEX audit_looks ON public.audit_auditentry USING btree (enterprise_id, at DESC, id DESC) WHERE looks;

CREATE INDEX audit_seen_entry_id_ce714277 ON public.audit_seen USING btree (entry_id);

CREATE INDEX audit_seen_person_id_22071d78 ON public.audit_seen USING btree (person_id);

CREATE INDEX audit_waiting_of_a_chain ON public.audit_waiting USING btree (chain, entry_id);

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

CREATE INDEX call_of_person ON public.classes_call USING btree (lesson_id, person_id, id DESC);

CREATE INDEX callback_class ON public.inbox_callback USING btree (enterprise_id, class_id);

CREATE INDEX callback_difference_open ON public.classes_callbackdifference USING btree (lesson_id) WHERE (decided_at IS NULL);

CREATE INDEX callback_due ON public.inbox_callback USING btree (due_at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'parked'::character varying])::text[]));

CREATE INDEX callback_enterprise ON public.inbox_callback USING btree (enterprise_id, id DESC);

CREATE INDEX callback_set_aside ON public.inbox_callback USING btree (enterprise_id) WHERE ((state)::text = 'quarantined'::text);

CREATE INDEX classes_alarm_acknowledged_by_id_d94fb85d ON public.classes_alarm USING btree (acknowledged_by_id);

CREATE INDEX classes_alarm_enterprise_id_2b3602ac ON public.classes_alarm USING btree (enterprise_id);

CREATE INDEX classes_alarm_lesson_id_9a1bd6c5 ON public.classes_alarm USING btree (lesson_id);

CREATE INDEX classes_appeal_answered_by_id_ccbb37b0 ON public.classes_appeal USING btree (answered_by_id);

CREATE INDEX classes_appeal_lesson_id_5178c458 ON public.classes_appeal USING btree (lesson_id);

CREATE INDEX classes_appeal_person_id_f90f71af ON public.classes_appeal USING btree (person_id);

CREATE INDEX classes_attachment_course_id_d467bd21 ON public.classes_attachment USING btree (course_id);

CREATE INDEX classes_attachment_document_id_1db89415 ON public.classes_attachment USING btree (document_id);

CREATE INDEX classes_attachment_enterprise_id_f1deed29 ON public.classes_attachment USING btree (enterprise_id);

CREATE INDEX classes_attachment_lesson_id_db309420 ON public.classes_attachment USING btree (lesson_id);

CREATE INDEX classes_attendance_lesson_id_79937ebf ON public.classes_attendance USING btree (lesson_id);

CREATE INDEX classes_attendance_person_id_52f90cad ON public.classes_attendance USING btree (person_id);

CREATE INDEX classes_attendancecode_enterprise_id_9e81bfab ON public.classes_attendancecode USING btree (enterprise_id);

CREATE INDEX classes_attendancewarning_acknowledged_by_id_30f72bcb ON public.classes_attendancewarning USING btree (acknowledged_by_id);

CREATE INDEX classes_attendancewarning_closed_by_id_a53b3917 ON public.classes_attendancewarning USING btree (closed_by_id);

CREATE INDEX classes_attendancewarning_enterprise_id_81cef483 ON public.classes_attendancewarning USING btree (enterprise_id);

CREATE INDEX classes_attendancewarning_person_id_de814c3d ON public.classes_attendancewarning USING btree (person_id);

CREATE INDEX classes_attendancewarning_rule_id_00a9bca6 ON public.classes_attendancewarning USING btree (rule_id);

CREATE INDEX classes_call_by_id_637d52de ON public.classes_call USING btree (by_id);

CREATE INDEX classes_call_lesson_id_517e8943 ON public.classes_call USING btree (lesson_id);

CREATE INDEX classes_call_person_id_d5966db2 ON public.classes_call USING btree (person_id);

CREATE INDEX classes_callbackdifference_decided_by_id_f17c1a0f ON public.classes_callbackdifference USING btree (decided_by_id);

CREATE INDEX classes_callbackdifference_lesson_id_aa4be57a ON public.classes_callbackdifference USING btree (lesson_id);

CREATE INDEX classes_codeuse_code_id_df5534c7 ON public.classes_codeuse USING btree (code_id);

CREATE INDEX classes_codeuse_enterprise_id_d31af5cf ON public.classes_codeuse USING btree (enterprise_id);

CREATE INDEX classes_correction_appeal_id_c0c0e25b ON public.classes_correction USING btree (appeal_id);

CREATE INDEX classes_correction_by_id_14222699 ON public.classes_correction USING btree (by_id);

CREATE INDEX classes_correction_lesson_id_0a0e83cd ON public.classes_correction USING btree (lesson_id);

CREATE INDEX classes_correction_person_id_32141099 ON public.classes_correction USING btree (person_id);

CREATE INDEX classes_course_assistants_course_id_ef4f5082 ON public.classes_course_assistants USING btree (course_id);

CREATE INDEX classes_course_assistants_user_id_2dc82ed5 ON public.classes_course_assistants USING btree (user_id);

CREATE INDEX classes_course_enterprise_id_c851913f ON public.classes_course USING btree (enterprise_id);

CREATE INDEX classes_course_groups_course_id_e7ce0309 ON public.classes_course_groups USING btree (course_id);

CREATE INDEX classes_course_groups_studentgroup_id_2555b4e4 ON public.classes_course_groups USING btree (studentgroup_id);

CREATE INDEX classes_course_members_course_id_4c9382ab ON public.classes_course_members USING btree (course_id);

CREATE INDEX classes_course_members_user_id_475567d9 ON public.classes_course_members USING btree (user_id);

CREATE INDEX classes_course_subject_id_29a88131 ON public.classes_course USING btree (subject_id);

CREATE INDEX classes_course_teacher_id_05e80871 ON public.classes_course USING btree (teacher_id);

CREATE INDEX classes_course_term_id_542a69de ON public.classes_course USING btree (term_id);

CREATE INDEX classes_cover_absence_id_437decd2 ON public.classes_cover USING btree (absence_id);

CREATE INDEX classes_cover_absent_id_31ea009f ON public.classes_cover USING btree (absent_id);

CREATE INDEX classes_cover_by_id_41c1fee8 ON public.classes_cover USING btree (by_id);

CREATE INDEX classes_cover_covering_id_5a79ecaf ON public.classes_cover USING btree (covering_id);

CREATE INDEX classes_cover_lesson_id_e6d2b51d ON public.classes_cover USING btree (lesson_id);

CREATE INDEX classes_cover_undone_by_id_cdf8c9b3 ON public.classes_cover USING btree (undone_by_id);

CREATE INDEX classes_credit_by_id_47e024cd ON public.classes_credit USING btree (by_id);

CREATE INDEX classes_credit_lesson_id_494b623c ON public.classes_credit USING btree (lesson_id);

CREATE INDEX classes_credit_person_id_19fe42b5 ON public.classes_credit USING btree (person_id);

CREATE INDEX classes_credit_undone_by_id_c0a05bff ON public.classes_credit USING btree (undone_by_id);

CREATE INDEX classes_entry_enterprise_id_a213d9ef ON public.classes_entry USING btree (enterprise_id);

CREATE INDEX classes_entry_lesson_id_4b74e182 ON public.classes_entry USING btree (lesson_id);

CREATE INDEX classes_entry_person_id_b9f8d6ba ON public.classes_entry USING btree (person_id);

CREATE INDEX classes_exportrun_enterprise_id_5da1645c ON public.classes_exportrun USING btree (enterprise_id);

CREATE INDEX classes_exportrun_job_id_bd917c22 ON public.classes_exportrun USING btree (job_id);

CREATE INDEX classes_exportrun_requested_by_id_104bcac8 ON public.classes_exportrun USING btree (requested_by_id);

CREATE INDEX classes_exportrun_schedule_id_d1e16b03 ON public.classes_exportrun USING btree (schedule_id);

CREATE INDEX classes_exportschedule_course_id_8a021211 ON public.classes_exportschedule USING btree (course_id);

CREATE INDEX classes_exportschedule_enterprise_id_82427291 ON public.classes_exportschedule USING btree (enterprise_id);

CREATE INDEX classes_exportschedule_group_id_1dfb7ad1 ON public.classes_exportschedule USING btree (group_id);

CREATE INDEX classes_exportschedule_owner_id_96810b4b ON public.classes_exportschedule USING btree (owner_id);

CREATE INDEX classes_exportschedule_recipients_exportschedule_id_48a89932 ON public.classes_exportschedule_recipients USING btree (exportschedule_id);

CREATE INDEX classes_exportschedule_recipients_user_id_4ded81b5 ON public.classes_exportschedule_recipients USING btree (user_id);

CREATE INDEX classes_feed_created_by_id_f82f5f64 ON public.classes_feed USING btree (created_by_id);

CREATE INDEX classes_feed_digest_da2643d6_like ON public.classes_feed USING btree (digest varchar_pattern_ops);

CREATE INDEX classes_feed_enterprise_id_ec910354 ON public.classes_feed USING btree (enterprise_id);

CREATE INDEX classes_feed_group_id_069a3a65 ON public.classes_feed USING btree (group_id);

CREATE INDEX classes_feed_person_id_64df373b ON public.classes_feed USING btree (person_id);

CREATE INDEX classes_footage_enterprise_id_7e3b929e ON public.classes_footage USING btree (enterprise_id);

CREATE INDEX classes_graderevision_course_id_021126b1 ON public.classes_graderevision USING btree (course_id);

CREATE INDEX classes_graderevision_enterprise_id_1ae6650e ON public.classes_graderevision USING btree (enterprise_id);

CREATE INDEX classes_graderevision_fixed_by_id_29a18242 ON public.classes_graderevision USING btree (fixed_by_id);

CREATE INDEX classes_holiday_enterprise_id_82538fa7 ON public.classes_holiday USING btree (enterprise_id);

CREATE INDEX classes_holiday_term_id_d64d31b4 ON public.classes_holiday USING btree (term_id);

CREATE INDEX classes_leave_answered_by_id_d470cfac ON public.classes_leave USING btree (answered_by_id);

CREATE INDEX classes_leave_by_id_f74025a5 ON public.classes_leave USING btree (by_id);

CREATE INDEX classes_leave_enterprise_id_5ca58563 ON public.classes_leave USING btree (enterprise_id);

CREATE INDEX classes_leave_guardian_id_fecfd301 ON public.classes_leave USING btree (guardian_id);

CREATE INDEX classes_leave_person_id_28af4cea ON public.classes_leave USING btree (person_id);

CREATE INDEX classes_leavefile_by_id_eefed924 ON public.classes_leavefile USING btree (by_id);

CREATE INDEX classes_leavefile_enterprise_id_aa4deb38 ON public.classes_leavefile USING btree (enterprise_id);

CREATE INDEX classes_leavefile_file_7f8b0a48 ON public.classes_leavefile USING btree (file);

CREATE INDEX classes_leavefile_file_7f8b0a48_like ON public.classes_leavefile USING btree (file varchar_pattern_ops);

CREATE INDEX classes_leavefile_leave_id_c4200273 ON public.classes_leavefile USING btree (leave_id);

CREATE INDEX classes_lesson_conflict_by_id_10002146 ON public.classes_lesson USING btree (conflict_by_id);

CREATE INDEX classes_lesson_course_id_1986852b ON public.classes_lesson USING btree (course_id);

CREATE INDEX classes_lesson_double_of_id_af2f8e54 ON public.classes_lesson USING btree (double_of_id);

CREATE INDEX classes_lesson_groups_lesson_id_8dfde231 ON public.classes_lesson_groups USING btree (lesson_id);

CREATE INDEX classes_lesson_groups_studentgroup_id_a8f50f31 ON public.classes_lesson_groups USING btree (studentgroup_id);

CREATE INDEX classes_lessonkey_enterprise_id_e8fbac57 ON public.classes_lessonkey USING btree (enterprise_id);

CREATE INDEX classes_member_user_id_f3b6559f ON public.classes_member USING btree (user_id);

CREATE INDEX classes_member_via_id_d9c5b093 ON public.classes_member USING btree (via_id);

CREATE INDEX classes_observation_lesson_id_091880cb ON public.classes_observation USING btree (lesson_id);

CREATE INDEX classes_recording_enterprise_id_8505809f ON public.classes_recording USING btree (enterprise_id);

CREATE INDEX classes_recording_lesson_id_ead7ca9b ON public.classes_recording USING btree (lesson_id);

CREATE INDEX classes_register_closed_by_id_5c3fec63 ON public.classes_register USING btree (closed_by_id);

CREATE INDEX classes_register_lesson_id_db1112a9 ON public.classes_register USING btree (lesson_id);

CREATE INDEX classes_register_reopened_by_id_0b62c29c ON public.classes_register USING btree (reopened_by_id);

CREATE INDEX classes_reportschedule_created_by_id_e9040e24 ON public.classes_reportschedule USING btree (created_by_id);

CREATE INDEX classes_reportschedule_enterprise_id_019825be ON public.classes_reportschedule USING btree (enterprise_id);

CREATE INDEX classes_reportschedule_grade_id_09e293ca ON public.classes_reportschedule USING btree (grade_id);

CREATE INDEX classes_reportschedule_group_id_d68576f0 ON public.classes_reportschedule USING btree (group_id);

CREATE INDEX classes_reportschedule_person_id_2c184b73 ON public.classes_reportschedule USING btree (person_id);

CREATE INDEX classes_rollover_beginning_id_ef6de568 ON public.classes_rollover USING btree (beginning_id);

CREATE INDEX classes_rollover_by_id_ab15de78 ON public.classes_rollover USING btree (by_id);

CREATE INDEX classes_rollover_ending_id_ca515aa3 ON public.classes_rollover USING btree (ending_id);

CREATE INDEX classes_rollover_job_id_13ad924c ON public.classes_rollover USING btree (job_id);

CREATE INDEX classes_samples_lesson_id_cea9d22b ON public.classes_samples USING btree (lesson_id);

CREATE INDEX classes_samples_person_id_a7b07488 ON public.classes_samples USING btree (person_id);

CREATE INDEX classes_seat_person_id_ea73cbe0 ON public.classes_seat USING btree (person_id);

CREATE INDEX classes_stay_lesson_id_60e19672 ON public.classes_stay USING btree (lesson_id);

CREATE INDEX classes_streak_person_id_224a9112 ON public.classes_streak USING btree (person_id);

CREATE INDEX classes_subject_enterprise_id_540608a2 ON public.classes_subject USING btree (enterprise_id);

CREATE INDEX classes_subject_teachers_subject_id_880fc986 ON public.classes_subject_teachers USING btree (subject_id);

CREATE INDEX classes_subject_teachers_user_id_cb907c29 ON public.classes_subject_teachers USING btree (user_id);

CREATE INDEX classes_teacherabsence_by_id_cf3ab194 ON public.classes_teacherabsence USING btree (by_id);

CREATE INDEX classes_teacherabsence_teacher_id_b7a8b3eb ON public.classes_teacherabsence USING btree (teacher_id);

CREATE INDEX classes_term_enterprise_id_899e9cb5 ON public.classes_term USING btree (enterprise_id);

CREATE INDEX classes_thresholdrule_course_id_ebc871e5 ON public.classes_thresholdrule USING btree (course_id);

CREATE INDEX classes_thresholdrule_created_by_id_b62bceec ON public.classes_thresholdrule USING btree (created_by_id);

CREATE INDEX classes_thresholdrule_enterprise_id_8cb9c41d ON public.classes_thresholdrule USING btree (enterprise_id);

CREATE INDEX classes_thresholdrule_grade_id_3b8a5d38 ON public.classes_thresholdrule USING btree (grade_id);

CREATE INDEX classes_thresholdrule_group_id_afdcd06c ON public.classes_thresholdrule USING btree (group_id);

CREATE INDEX classes_timetableimport_by_id_e98b862f ON public.classes_timetableimport USING btree (by_id);

CREATE INDEX classes_timetableimport_enterprise_id_fafe6b04 ON public.classes_timetableimport USING btree (enterprise_id);

CREATE INDEX classes_timetableimport_job_id_cceab507 ON public.classes_timetableimport USING btree (job_id);

CREATE INDEX classes_timetablerow_course_id_057c4110 ON public.classes_timetablerow USING btree (course_id);

CREATE INDEX classes_timetablerow_enterprise_id_c312bf36 ON public.classes_timetablerow USING btree (enterprise_id);

CREATE INDEX classes_timetablerow_lesson_id_4297244c ON public.classes_timetablerow USING btree (lesson_id);

CREATE INDEX classes_timetablerow_source_id_6eda2439 ON public.classes_timetablerow USING btree (source_id);

CREATE INDEX classes_warningfollowup_by_id_e54786f6 ON public.classes_warningfollowup USING btree (by_id);

CREATE INDEX classes_warningfollowup_warning_id_6f42b6a6 ON public.classes_warningfollowup USING btree (warning_id);

CREATE INDEX consent_by_time ON public.accounts_consent USING btree (enterprise_id, at);

CREATE INDEX correction_newest ON public.classes_correction USING btree (lesson_id, user_id, id DESC);

CREATE INDEX course_by_title ON public.classes_course USING btree (enterprise_id, title, id);

CREATE INDEX cover_by_teacher ON public.classes_cover USING btree (enterprise_id, covering_id) WHERE (undone_at IS NULL);

CREATE INDEX digest_mail ON public.notices_digest USING btree (mail_due_at) WHERE ((mail)::text = ANY ((ARRAY['waiting'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);

CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);

CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);

CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX document_by_md5 ON public.documents_document USING btree (enterprise_id, md5);

CREATE INDEX document_by_name ON public.documents_document USING btree (enterprise_id, name, id);

CREATE INDEX document_by_size ON public.documents_document USING btree (enterprise_id, bytes, id);

CREATE INDEX document_newest ON public.documents_document USING btree (enterprise_id, id DESC);

CREATE UNIQUE INDEX document_once_at_the_service ON public.documents_document USING btree (enterprise_id, remote_id) WHERE (NOT ((remote_id)::text = ''::text));

CREATE INDEX document_to_look_at ON public.documents_document USING btree (look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX documents_document_double_of_id_6b9a4bfe ON public.documents_document USING btree (double_of_id);

CREATE INDEX documents_document_enterprise_id_d1495cfa ON public.documents_document USING btree (enterprise_id);

CREATE INDEX documents_document_owner_id_04d2b723 ON public.documents_document USING btree (owner_id);

CREATE INDEX documents_document_replaces_id_54d67f4d ON public.documents_document USING btree (replaces_id);

CREATE INDEX documents_upload_by_id_67f09624 ON public.documents_upload USING btree (by_id);

CREATE INDEX documents_upload_enterprise_id_21ce10b7 ON public.documents_upload USING btree (enterprise_id);

CREATE INDEX entry_to_wipe ON public.classes_entry USING btree (secrets_until) WHERE (secrets_until IS NOT NULL);

CREATE INDEX erasure_request_newest ON public.accounts_erasurerequest USING btree (enterprise_id, id DESC);

CREATE INDEX erasure_request_waits ON public.accounts_erasurerequest USING btree (enterprise_id, expires_at) WHERE ((state)::text = 'waiting'::text);

CREATE INDEX export_of_a_person ON public.accounts_export USING btree (enterprise_id, by_id, id DESC);

CREATE INDEX export_run_newest ON public.classes_exportrun USING btree (schedule_id, id DESC);

CREATE INDEX export_run_of_school ON public.classes_exportrun USING btree (enterprise_id, id DESC);

CREATE UNIQUE INDEX export_run_once_a_time ON public.classes_exportrun USING btree (schedule_id, planned_for) WHERE (requested_by_id IS NULL);

CREATE INDEX export_schedule_due ON public.classes_exportschedule USING btree (due_at) WHERE is_on;

CREATE INDEX footage_failed ON public.classes_footage USING btree (lesson_id) WHERE ((NOT (begin_code = 0)) OR (NOT (end_code = 0)));

CREATE INDEX footage_in_bin ON public.classes_footage USING btree (binned_at) WHERE (binned_at IS NOT NULL);

CREATE INDEX footage_kept_until ON public.classes_footage USING btree (keep_until) WHERE (keep_until IS NOT NULL);

CREATE INDEX guardian_invitation_expiry ON public.accounts_guardianinvitation USING btree (expires_at);

CREATE INDEX guardian_invitation_mail ON public.accounts_guardianinvitation USING btree (mail_due_at, id) WHERE ((mail)::text = ANY ((ARRAY['waiting'::character varying, 'sending'::character varying])::text[]));

CREATE UNIQUE INDEX guardian_invitation_one_open ON public.accounts_guardianinvitation USING btree (guardian_id) WHERE ((revoked_at IS NULL) AND (used_at IS NULL));

CREATE INDEX guardian_notice_due ON public.accounts_guardiannotice USING btree (delivery_due_at) WHERE ((delivery)::text = ANY ((ARRAY['waiting'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX guardian_notice_oldest ON public.accounts_guardiannotice USING btree (enterprise_id, created_at);

CREATE INDEX guardian_notice_rate ON public.accounts_guardiannotice USING btree (attempted_at) WHERE (attempted_at IS NOT NULL);

CREATE INDEX guardian_session_last_seen ON public.accounts_guardiansession USING btree (last_seen_at);

CREATE INDEX identity_provider_order ON public.accounts_identityprovider USING btree (enterprise_id, "position", id);

CREATE INDEX import_of_a_school ON public.accounts_peopleimport USING btree (enterprise_id, id DESC);

CREATE INDEX inbox_callback_enterprise_id_0d7bb44b ON public.inbox_callback USING btree (enterprise_id);

CREATE INDEX inbox_queuesample_hour_8ad147f2 ON public.inbox_queuesample USING btree (hour);

CREATE INDEX inbox_refusal_enterprise_id_1890e247 ON public.inbox_refusal USING btree (enterprise_id);

CREATE INDEX job_due ON public.jobs_job USING btree (due_at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying])::text[]));

CREATE INDEX job_enterprise ON public.jobs_job USING btree (enterprise_id, id DESC);

CREATE INDEX jobs_job_created_by_id_f3283268 ON public.jobs_job USING btree (created_by_id);

CREATE INDEX jobs_job_enterprise_id_b0f2beb8 ON public.jobs_job USING btree (enterprise_id);

CREATE INDEX known_device_last_used ON public.accounts_knowndevice USING btree (last_used_at);

CREATE INDEX leave_by_begin ON public.classes_leave USING btree (enterprise_id, begins_at, id);

CREATE INDEX leave_by_end ON public.classes_leave USING btree (enterprise_id, ends_at, id);

CREATE INDEX leave_of_person ON public.classes_leave USING btree (person_id, ends_at);

CREATE INDEX leave_open ON public.classes_leave USING btree (enterprise_id, id) WHERE ((state)::text = 'requested'::text);

CREATE INDEX lesson_by_facts ON public.classes_lesson USING btree (facts_version);

CREATE INDEX lesson_by_start ON public.classes_lesson USING btree (enterprise_id, starts_at, id);

CREATE INDEX lesson_by_teacher ON public.classes_lesson USING btree (teacher_id, starts_at);

CREATE INDEX lesson_by_topic ON public.classes_lesson USING btree (enterprise_id, topic, id);

CREATE INDEX lesson_made_outside ON public.classes_lesson USING btree (enterprise_id) WHERE made_outside;

CREATE INDEX lesson_make_ups ON public.classes_lesson USING btree (makes_up_for_id) WHERE (makes_up_for_id IS NOT NULL);

CREATE INDEX lesson_newest ON public.classes_lesson USING btree (enterprise_id, id DESC);

CREATE INDEX lesson_not_in_sync ON public.classes_lesson USING btree (enterprise_id, sync_state) WHERE (NOT ((sync_state)::text = 'in_sync'::text));

CREATE INDEX lesson_not_over ON public.classes_lesson USING btree (enterprise_id, status, starts_at) WHERE ((cancelled_at IS NULL) AND (NOT ((status)::text = 'end'::text)));

CREATE UNIQUE INDEX lesson_once_at_the_service ON public.classes_lesson USING btree (enterprise_id, remote_id) WHERE (NOT ((remote_id)::text = ''::text));

CREATE INDEX lesson_provisional ON public.classes_lesson USING btree (enterprise_id) WHERE ((cancelled_at IS NULL) AND (final_at IS NULL) AND ((status)::text = 'end'::text));

CREATE INDEX lesson_to_look_at ON public.classes_lesson USING btree (look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX lesson_to_make_up ON public.classes_lesson USING btree (enterprise_id, starts_at) WHERE ((cancelled_at IS NOT NULL) AND (NOT made_up));

CREATE INDEX lesson_topic_tripled ON public.classes_lesson USING gin (regexp_replace(upper((topic)::text), '(.)'::text, '\1\1\1'::text, 'g'::text) public.gin_trgm_ops);

CREATE INDEX lists_savedview_user_id_e17ed120 ON public.lists_savedview USING btree (user_id);

CREATE INDEX lists_waitingmark_enterprise_id_ddf0e373 ON public.lists_waitingmark USING btree (enterprise_id);

CREATE INDEX lists_waitingmark_given_by_id_510f6a3e ON public.lists_waitingmark USING btree (given_by_id);

CREATE INDEX message_due ON public.notices_message USING btree (delivery_due_at) WHERE ((delivery)::text = ANY ((ARRAY['waiting'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX message_not_delivered ON public.notices_message USING btree (enterprise_id, id DESC) WHERE ((delivery)::text = ANY ((ARRAY['refused'::character varying, 'unknown'::character varying])::text[]));

CREATE INDEX message_to_group ON public.notices_message USING btree (created_at) WHERE (notice_id IS NULL);

CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);

CREATE INDEX mirror_ignored_by_id_2b55a716 ON public.mirror_ignored USING btree (by_id);

CREATE INDEX mirror_ignored_enterprise_id_14fd70f6 ON public.mirror_ignored USING btree (enterprise_id);

CREATE INDEX mirror_missed_enterprise_id_db6c00ce ON public.mirror_missed USING btree (enterprise_id);

CREATE INDEX mirror_walked_enterprise_id_442517a3 ON public.mirror_walked USING btree (enterprise_id);

CREATE INDEX note_of_person ON public.accounts_studentnote USING btree (person_id, id DESC);

CREATE INDEX notice_enterprise ON public.notices_notice USING btree (enterprise_id, id DESC);

CREATE INDEX notice_for_digest ON public.notices_notice USING btree (enterprise_id, period) WHERE ((digest_id IS NULL) AND (NOT ((period)::text = ''::text)));

CREATE INDEX notice_mail ON public.notices_notice USING btree (mail_due_at) WHERE ((mail)::text = ANY ((ARRAY['waiting'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX notice_unread ON public.notices_notice USING btree (person_id) WHERE (read_at IS NULL);

CREATE INDEX notices_digest_enterprise_id_ee5a1253 ON public.notices_digest USING btree (enterprise_id);

CREATE INDEX notices_digest_person_id_e2b4b73d ON public.notices_digest USING btree (person_id);

CREATE INDEX notices_message_app_id_de61f4c6 ON public.notices_message USING btree (app_id);

CREATE INDEX notices_message_bot_id_827defca ON public.notices_message USING btree (bot_id);

CREATE INDEX notices_message_enterprise_id_cf9a260f ON public.notices_message USING btree (enterprise_id);

CREATE INDEX notices_message_notice_id_57207d27 ON public.notices_message USING btree (notice_id);

CREATE INDEX notices_messagingaddress_enterprise_id_e75d6b89 ON public.notices_messagingaddress USING btree (enterprise_id);

CREATE INDEX notices_messagingaddress_person_id_2f6af22b ON public.notices_messagingaddress USING btree (person_id);

CREATE INDEX notices_messagingapp_enterprise_id_56df1ee6 ON public.notices_messagingapp USING btree (enterprise_id);

CREATE INDEX notices_messagingbot_enterprise_id_952d4eed ON public.notices_messagingbot USING btree (enterprise_id);

CREATE INDEX notices_notice_digest_id_917c04b6 ON public.notices_notice USING btree (digest_id);

CREATE INDEX notices_notice_enterprise_id_bc3f6779 ON public.notices_notice USING btree (enterprise_id);

CREATE INDEX notices_notice_person_id_94368381 ON public.notices_notice USING btree (person_id);

CREATE INDEX notices_wish_person_id_5c9ee661 ON public.notices_wish USING btree (person_id);

CREATE INDEX observation_of_person ON public.classes_observation USING btree (lesson_id, user_id, id);

CREATE UNIQUE INDEX one_cover_a_lesson ON public.classes_cover USING btree (lesson_id) WHERE (undone_at IS NULL);

CREATE UNIQUE INDEX one_erasure_request_waits ON public.accounts_erasurerequest USING btree (person_id) WHERE ((state)::text = 'waiting'::text);

CREATE UNIQUE INDEX one_make_up_a_lesson ON public.classes_lesson USING btree (makes_up_for_id) WHERE (cancelled_at IS NULL);

CREATE UNIQUE INDEX one_open_appeal ON public.classes_appeal USING btree (lesson_id, person_id) WHERE ((state)::text = 'open'::text);

CREATE UNIQUE INDEX one_register_closed_at_a_time ON public.classes_register USING btree (lesson_id) WHERE (reopened_at IS NULL);

CREATE UNIQUE INDEX one_roll_over_a_term ON public.classes_rollover USING btree (ending_id) WHERE ((state)::text = ANY ((ARRAY['applied'::character varying, 'undoing'::character varying])::text[]));

CREATE UNIQUE INDEX one_roll_over_at_a_time ON public.classes_rollover USING btree (enterprise_id) WHERE ((state)::text = ANY ((ARRAY['draft'::character varying, 'applying'::character varying])::text[]));

CREATE UNIQUE INDEX one_warning_a_crossing ON public.classes_attendancewarning USING btree (rule_id, person_id) WHERE (ended_at IS NULL);

CREATE INDEX operation_due ON public.outbox_operation USING btree (due_at, id) WHERE ((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying, 'unknown'::character varying, 'probing'::character varying, 'held'::character varying, 'needs_you'::character varying])::text[]));

CREATE INDEX operation_enterprise ON public.outbox_operation USING btree (enterprise_id, id DESC);

CREATE INDEX operation_open_lane ON public.outbox_operation USING btree (lane, id) WHERE ((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying, 'unknown'::character varying, 'probing'::character varying, 'held'::character varying, 'needs_you'::character varying])::text[]));

CREATE INDEX operation_subject ON public.outbox_operation USING btree (subject_type, subject_id, id DESC);

CREATE INDEX operation_unfinished ON public.outbox_operation USING btree (enterprise_id, state) WHERE (NOT ((state)::text = ANY ((ARRAY['done'::character varying, 'superseded'::character varying])::text[])));

CREATE INDEX outbox_attempt_operation_id_df5a12d5 ON public.outbox_attempt USING btree (operation_id);

CREATE INDEX outbox_operation_created_by_id_3ec1562c ON public.outbox_operation USING btree (created_by_id);

CREATE INDEX outbox_operation_enterprise_id_6e0e35eb ON public.outbox_operation USING btree (enterprise_id);

CREATE INDEX outbox_operation_waits_for_from_operation_id_2dae392b ON public.outbox_operation_waits_for USING btree (from_operation_id);

CREATE INDEX outbox_operation_waits_for_to_operation_id_fad19cb9 ON public.outbox_operation_waits_for USING btree (to_operation_id);

CREATE INDEX outbox_pulse_name_dd8273db_like ON public.outbox_pulse USING btree (name varchar_pattern_ops);

CREATE INDEX password_link_expiry ON public.accounts_passwordlink USING btree (expires_at);

CREATE UNIQUE INDEX password_link_one_open ON public.accounts_passwordlink USING btree (person_id) WHERE ((revoked_at IS NULL) AND (used_at IS NULL));

CREATE INDEX password_link_waiting ON public.accounts_passwordlink USING btree (enterprise_id, id DESC) WHERE ((revoked_at IS NULL) AND (used_at IS NULL));

CREATE INDEX password_request_oldest ON public.accounts_passwordrequest USING btree (enterprise_id, asked_at);

CREATE INDEX policy_apitoken_digest_76d665af_like ON public.policy_apitoken USING btree (digest varchar_pattern_ops);

CREATE INDEX policy_apitoken_user_id_07d5382c ON public.policy_apitoken USING btree (user_id);

CREATE INDEX policy_idempotentrequest_created_at_071af113 ON public.policy_idempotentrequest USING btree (created_at);

CREATE INDEX policy_idempotentrequest_enterprise_id_f5d3c692 ON public.policy_idempotentrequest USING btree (enterprise_id);

CREATE INDEX policy_idempotentrequest_user_id_b02bc9b6 ON public.policy_idempotentrequest USING btree (user_id);

CREATE INDEX policy_rowchange_at_9b71243d ON public.policy_rowchange USING btree (at);

CREATE INDEX report_schedule_due ON public.classes_reportschedule USING btree (due_at) WHERE is_on;

CREATE INDEX roll_over_of_a_school ON public.classes_rollover USING btree (enterprise_id, id DESC);

CREATE INDEX roster_row_of_an_import ON public.accounts_rosterrow USING btree (source_id, kind, line);

CREATE INDEX row_by_outcome ON public.accounts_importrow USING btree (source_id, outcome, number);

CREATE INDEX row_change_of_school ON public.policy_rowchange USING btree (enterprise_id, model, transaction_id);

CREATE UNIQUE INDEX saml_assertion_once ON public.accounts_samlsignin USING btree (provider_id, assertion) WHERE (NOT ((assertion)::text = ''::text));

CREATE UNIQUE INDEX saml_handover_once ON public.accounts_samlsignin USING btree (handover) WHERE (NOT ((handover)::text = ''::text));

CREATE INDEX saml_sign_in_kept ON public.accounts_samlsignin USING btree (kept_until);

CREATE INDEX seat_to_tell ON public.classes_seat USING btree (person_id) WHERE pending;

CREATE INDEX seen_of_a_person ON public.audit_seen USING btree (person_id, id DESC);

CREATE INDEX socialaccount_socialaccount_user_id_8146e70c ON public.socialaccount_socialaccount USING btree (user_id);

CREATE INDEX socialaccount_socialtoken_account_id_951f210e ON public.socialaccount_socialtoken USING btree (account_id);

CREATE INDEX socialaccount_socialtoken_app_id_636a42d7 ON public.socialaccount_socialtoken USING btree (app_id);

CREATE INDEX stay_of_person ON public.classes_stay USING btree (lesson_id, user_id, entered_at);

CREATE INDEX streak_of_now ON public.classes_streak USING btree (enterprise_id, number, last_at) WHERE (ended_at IS NULL);

CREATE INDEX streak_of_then ON public.classes_streak USING btree (enterprise_id, level, ended_at, number) WHERE (ended_at IS NOT NULL);

CREATE INDEX threshold_due ON public.classes_thresholdrule USING btree (checked_on) WHERE (is_on AND (removed_at IS NULL));

CREATE UNIQUE INDEX threshold_once_a_school ON public.classes_thresholdrule USING btree (enterprise_id, kind, group_id, course_id, grade_id, number, days, "least") NULLS NOT DISTINCT WHERE ((removed_at IS NULL) AND (((scope)::text = 'school'::text) OR (group_id IS NOT NULL) OR (course_id IS NOT NULL) OR (grade_id IS NOT NULL)));

CREATE INDEX timetable_import_of_a_school ON public.classes_timetableimport USING btree (enterprise_id, id DESC);

CREATE INDEX timetable_row_by_outcome ON public.classes_timetablerow USING btree (source_id, outcome, number);

CREATE INDEX track_by_person ON public.classes_recording USING btree (enterprise_id, user_id);

CREATE INDEX track_newest ON public.classes_recording USING btree (enterprise_id, id DESC);

CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));

CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";

CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;

CREATE INDEX upload_by_person ON public.documents_upload USING btree (enterprise_id, by_id);

CREATE INDEX user_by_age_group ON public.accounts_user USING btree (enterprise_id, age_group, consent, sort_name, nickname, id) WHERE (NOT ((age_group)::text = ''::text));

CREATE INDEX user_by_consent ON public.accounts_user USING btree (enterprise_id, consent, sort_name, nickname, id);

CREATE INDEX user_by_e_mail ON public.accounts_user USING btree (enterprise_id, upper((e_mail)::text)) WHERE (NOT ((e_mail)::text = ''::text));

CREATE INDEX user_by_end_of_phone ON public.accounts_user USING btree (reverse((phone_no)::text) text_pattern_ops);

CREATE INDEX user_by_name ON public.accounts_user USING btree (enterprise_id, nickname, id);

CREATE INDEX user_by_role ON public.accounts_user USING btree (enterprise_id, role, id);

CREATE INDEX user_by_sort_name ON public.accounts_user USING btree (enterprise_id, sort_name, nickname, id);

CREATE INDEX user_by_sync_state ON public.accounts_user USING btree (enterprise_id, sync_state, id);

CREATE INDEX user_id_trgm ON public.accounts_user USING gin (upper((user_id)::text) public.gin_trgm_ops);

CREATE INDEX user_id_tripled ON public.accounts_user USING gin (regexp_replace(upper((user_id)::text), '(.)'::text, '\1\1\1'::text, 'g'::text) public.gin_trgm_ops);

CREATE INDEX user_newest ON public.accounts_user USING btree (enterprise_id, id DESC);

CREATE INDEX user_nickname_trgm ON public.accounts_user USING gin (upper((nickname)::text) public.gin_trgm_ops);

CREATE INDEX user_nickname_tripled ON public.accounts_user USING gin (regexp_replace(upper((nickname)::text), '(.)'::text, '\1\1\1'::text, 'g'::text) public.gin_trgm_ops);

CREATE INDEX user_not_in_sync_by_name ON public.accounts_user USING btree (enterprise_id, sync_state, sort_name, nickname, id) WHERE (NOT ((sync_state)::text = 'in_sync'::text));

CREATE INDEX user_search_name_trgm ON public.accounts_user USING gin (search_name public.gin_trgm_ops);

CREATE INDEX user_without_password_by_name ON public.accounts_user USING btree (enterprise_id, sort_name, nickname, id) WHERE (((password)::text = ''::text) OR ((password)::text ~~ '!%'::text));

CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);

CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);

CREATE INDEX view_by_list ON public.lists_savedview USING btree (enterprise_id, list_name);

CREATE INDEX visit_of_a_school ON public.accounts_visit USING btree (enterprise_id, id DESC);

CREATE UNIQUE INDEX waiting_given_once ON public.lists_waitingmark USING btree (enterprise_id, kind, model, "row") WHERE (given_by_id IS NOT NULL);

CREATE INDEX warning_newest ON public.classes_attendancewarning USING btree (enterprise_id, id DESC);

CREATE INDEX warning_of_person ON public.classes_attendancewarning USING btree (person_id, rule_id);

CREATE INDEX warning_open ON public.classes_attendancewarning USING btree (enterprise_id) WHERE ((state)::text = 'open'::text);

CREATE INDEX webhook_attempt_delivery_id_17aa98ac ON public.webhook_attempt USING btree (delivery_id);

CREATE INDEX webhook_due ON public.webhook_delivery USING btree (endpoint_id, due_at, id) WHERE ((state)::text = 'ready'::text);

CREATE INDEX webhook_endpoint_enterprise_id_4b547ec9 ON public.webhook_endpoint USING btree (enterprise_id);

CREATE INDEX webhook_in_flight ON public.webhook_delivery USING btree (endpoint_id) WHERE ((state)::text = 'sending'::text);

CREATE INDEX webhook_newest ON public.webhook_delivery USING btree (endpoint_id, id DESC);

CREATE INDEX webhook_of_school ON public.webhook_delivery USING btree (enterprise_id, id DESC);

CREATE INDEX webhook_open_lane ON public.webhook_delivery USING btree (lane, id) WHERE ((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX webhook_tried_since ON public.webhook_delivery USING btree (endpoint_id, first_sent_at) WHERE ((state)::text = 'ready'::text);

CREATE TRIGGER accounts_consent_stays BEFORE UPDATE ON public.accounts_consent FOR EACH ROW EXECUTE FUNCTION public.accounts_consent_stays();

CREATE TRIGGER accounts_user_keeps_remote_id BEFORE UPDATE OF remote_id ON public.accounts_user FOR EACH ROW WHEN ((((old.remote_id)::text <> ''::text) AND ((new.remote_id)::text IS DISTINCT FROM (old.remote_id)::text))) EXECUTE FUNCTION public.outbox_keep_remote_id();

CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON public.audit_auditentry FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();

CREATE TRIGGER audit_entry_kept BEFORE DELETE OR UPDATE ON public.audit_auditentry FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();

CREATE TRIGGER audit_entry_written AFTER INSERT ON public.audit_auditentry FOR EACH ROW EXECUTE FUNCTION public.audit_written();

CREATE TRIGGER audit_link_kept BEFORE DELETE OR UPDATE ON public.audit_link FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.accounts_enterprise DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old.sdkappid IS DISTINCT FROM new.sdkappid) OR (old.tic_key IS DISTINCT FROM new.tic_key) OR ((old.contact_user)::text IS DISTINCT FROM (new.contact_user)::text) OR ((old.phone_no)::text IS DISTINCT FROM (new.phone_no)::text) OR ((old.e_mail)::text IS DISTINCT FROM (new.e_mail)::text) OR ((old.call_back_url)::text IS DISTINCT FROM (new.call_back_url)::text) OR ((old.zone)::text IS DISTINCT FROM (new.zone)::text) OR ((old.sign_in_name)::text IS DISTINCT FROM (new.sign_in_name)::text) OR (old.late_after_s IS DISTINCT FROM new.late_after_s) OR (old.early_leave_s IS DISTINCT FROM new.early_leave_s) OR (old.present_share IS DISTINCT FROM new.present_share) OR (old.leave_minutes IS DISTINCT FROM new.leave_minutes) OR (old.leave_request_days IS DISTINCT FROM new.leave_request_days) OR (old.included_minutes IS DISTINCT FROM new.included_minutes) OR (old.minutes_since IS DISTINCT FROM new.minutes_since) OR (old.session_idle_minutes IS DISTINCT FROM new.session_idle_minutes) OR (old.session_hours IS DISTINCT FROM new.session_hours) OR (old.teachers_schedule IS DISTINCT FROM new.teachers_schedule) OR (old.teachers_edit_rosters IS DISTINCT FROM new.teachers_edit_rosters) OR (old.teachers_correct IS DISTINCT FROM new.teachers_correct) OR (old.correct_within_days IS DISTINCT FROM new.correct_within_days) OR (old.teachers_see_phones IS DISTINCT FROM new.teachers_see_phones) OR (old.assistants_close IS DISTINCT FROM new.assistants_close) OR (old.students_see_recordings IS DISTINCT FROM new.students_see_recordings) OR (old.students_appeal IS DISTINCT FROM new.students_appeal))) EXECUTE FUNCTION public.audit_net('accounts.enterprise', 'name,sdkappid,tic_key,contact_user,phone_no,e_mail,call_back_url,zone,sign_in_name,late_after_s,early_leave_s,present_share,leave_minutes,leave_request_days,included_minutes,minutes_since,session_idle_minutes,session_hours,teachers_schedule,teachers_edit_rosters,teachers_correct,correct_within_days,teachers_see_phones,assistants_close,students_see_recordings,students_appeal');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.accounts_grade DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old."position" IS DISTINCT FROM new."position"))) EXECUTE FUNCTION public.audit_net('accounts.grade', 'name,position');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.accounts_studentgroup DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old.grade_id IS DISTINCT FROM new.grade_id) OR (old.archived_at IS DISTINCT FROM new.archived_at))) EXECUTE FUNCTION public.audit_net('accounts.studentgroup', 'name,grade_id,archived_at');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.accounts_teacherincharge DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.group_id IS DISTINCT FROM new.group_id) OR (old.grade_id IS DISTINCT FROM new.grade_id) OR (old.teacher_id IS DISTINCT FROM new.teacher_id) OR ((old.kind)::text IS DISTINCT FROM (new.kind)::text) OR (old.starts_on IS DISTINCT FROM new.starts_on) OR (old.ends_on IS DISTINCT FROM new.ends_on))) EXECUTE FUNCTION public.audit_net('accounts.teacherincharge', 'group_id,grade_id,teacher_id,kind,starts_on,ends_on');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.accounts_user DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.user_id)::text IS DISTINCT FROM (new.user_id)::text) OR ((old.login)::text IS DISTINCT FROM (new.login)::text) OR ((old.role)::text IS DISTINCT FROM (new.role)::text) OR ((old.nickname)::text IS DISTINCT FROM (new.nickname)::text) OR ((old.gender)::text IS DISTINCT FROM (new.gender)::text) OR ((old.avatar)::text IS DISTINCT FROM (new.avatar)::text) OR ((old.phone_no)::text IS DISTINCT FROM (new.phone_no)::text) OR ((old.e_mail)::text IS DISTINCT FROM (new.e_mail)::text) OR ((old.password)::text IS DISTINCT FROM (new.password)::text) OR (old.is_active IS DISTINCT FROM new.is_active) OR (old.is_superuser IS DISTINCT FROM new.is_superuser))) EXECUTE FUNCTION public.audit_net('accounts.user', 'user_id,login,role,nickname,gender,avatar,phone_no,e_mail,password,is_active,is_superuser');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.classes_course DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.title)::text IS DISTINCT FROM (new.title)::text) OR (old.teacher_id IS DISTINCT FROM new.teacher_id) OR ((old.class_type)::text IS DISTINCT FROM (new.class_type)::text) OR (old.term_id IS DISTINCT FROM new.term_id) OR (old.starts_local IS DISTINCT FROM new.starts_local) OR (old.duration_minutes IS DISTINCT FROM new.duration_minutes) OR ((old.rrule)::text IS DISTINCT FROM (new.rrule)::text) OR (old.skip IS DISTINCT FROM new.skip) OR (old.make_up_skipped IS DISTINCT FROM new.make_up_skipped) OR (old.subject_id IS DISTINCT FROM new.subject_id))) EXECUTE FUNCTION public.audit_net('classes.course', 'title,teacher_id,class_type,term_id,starts_local,duration_minutes,rrule,skip,make_up_skipped,subject_id');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.classes_cover DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.lesson_id IS DISTINCT FROM new.lesson_id) OR (old.absent_id IS DISTINCT FROM new.absent_id) OR (old.covering_id IS DISTINCT FROM new.covering_id) OR (old.undone_at IS DISTINCT FROM new.undone_at))) EXECUTE FUNCTION public.audit_net('classes.cover', 'lesson_id,absent_id,covering_id,undone_at');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.classes_holiday DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old.term_id IS DISTINCT FROM new.term_id) OR (old.starts_on IS DISTINCT FROM new.starts_on) OR (old.ends_on IS DISTINCT FROM new.ends_on))) EXECUTE FUNCTION public.audit_net('classes.holiday', 'name,term_id,starts_on,ends_on');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.classes_lesson DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.topic)::text IS DISTINCT FROM (new.topic)::text) OR (old.teacher_id IS DISTINCT FROM new.teacher_id) OR (old.starts_at IS DISTINCT FROM new.starts_at) OR (old.ends_at IS DISTINCT FROM new.ends_at) OR ((old.class_type)::text IS DISTINCT FROM (new.class_type)::text) OR (old.record_types IS DISTINCT FROM new.record_types) OR (old.cancelled_at IS DISTINCT FROM new.cancelled_at) OR (old.conflict_allowed IS DISTINCT FROM new.conflict_allowed))) EXECUTE FUNCTION public.audit_net('classes.lesson', 'topic,teacher_id,starts_at,ends_at,class_type,record_types,cancelled_at,conflict_allowed');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.classes_subject DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old.colour IS DISTINCT FROM new.colour))) EXECUTE FUNCTION public.audit_net('classes.subject', 'name,colour');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.classes_teacherabsence DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.teacher_id IS DISTINCT FROM new.teacher_id) OR (old.begins_at IS DISTINCT FROM new.begins_at) OR (old.ends_at IS DISTINCT FROM new.ends_at) OR (old.withdrawn_at IS DISTINCT FROM new.withdrawn_at))) EXECUTE FUNCTION public.audit_net('classes.teacherabsence', 'teacher_id,begins_at,ends_at,withdrawn_at');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.classes_term DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old.starts_on IS DISTINCT FROM new.starts_on) OR (old.ends_on IS DISTINCT FROM new.ends_on))) EXECUTE FUNCTION public.audit_net('classes.term', 'name,starts_on,ends_on');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.documents_document DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.owner_id IS DISTINCT FROM new.owner_id) OR ((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.permission)::text IS DISTINCT FROM (new.permission)::text) OR (old.deleted_at IS DISTINCT FROM new.deleted_at))) EXECUTE FUNCTION public.audit_net('documents.document', 'owner_id,name,permission,deleted_at');

CREATE CONSTRAINT TRIGGER audit_net_change AFTER UPDATE ON public.webhook_endpoint DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.url)::text IS DISTINCT FROM (new.url)::text) OR (old.events IS DISTINCT FROM new.events) OR (old.personal_data IS DISTINCT FROM new.personal_data))) EXECUTE FUNCTION public.audit_net('webhooks.webhookendpoint', 'name,url,events,personal_data');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.accounts_enterprise DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('accounts.enterprise', 'name,sdkappid,tic_key,contact_user,phone_no,e_mail,call_back_url,zone,sign_in_name,late_after_s,early_leave_s,present_share,leave_minutes,leave_request_days,included_minutes,minutes_since,session_idle_minutes,session_hours,teachers_schedule,teachers_edit_rosters,teachers_correct,correct_within_days,teachers_see_phones,assistants_close,students_see_recordings,students_appeal');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.accounts_grade DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('accounts.grade', 'name,position');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.accounts_studentgroup DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('accounts.studentgroup', 'name,grade_id,archived_at');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.accounts_teacherincharge DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('accounts.teacherincharge', 'group_id,grade_id,teacher_id,kind,starts_on,ends_on');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.accounts_user DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('accounts.user', 'user_id,login,role,nickname,gender,avatar,phone_no,e_mail,password,is_active,is_superuser');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.classes_course DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('classes.course', 'title,teacher_id,class_type,term_id,starts_local,duration_minutes,rrule,skip,make_up_skipped,subject_id');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.classes_cover DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('classes.cover', 'lesson_id,absent_id,covering_id,undone_at');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.classes_holiday DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('classes.holiday', 'name,term_id,starts_on,ends_on');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.classes_lesson DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('classes.lesson', 'topic,teacher_id,starts_at,ends_at,class_type,record_types,cancelled_at,conflict_allowed');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.classes_subject DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('classes.subject', 'name,colour');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.classes_teacherabsence DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('classes.teacherabsence', 'teacher_id,begins_at,ends_at,withdrawn_at');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.classes_term DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('classes.term', 'name,starts_on,ends_on');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.documents_document DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('documents.document', 'owner_id,name,permission,deleted_at');

CREATE CONSTRAINT TRIGGER audit_net_delete AFTER DELETE ON public.webhook_endpoint DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.audit_net('webhooks.webhookendpoint', 'name,url,events,personal_data');

CREATE CONSTRAINT TRIGGER audit_net_insert AFTER INSERT ON public.accounts_user DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.is_superuser OR ("left"((new.password)::text, 1) <> ALL (ARRAY[''::text, '!'::text])))) EXECUTE FUNCTION public.audit_net('accounts.user', 'user_id,login,role,nickname,gender,avatar,phone_no,e_mail,password,is_active,is_superuser');

CREATE TRIGGER audit_seen_kept BEFORE DELETE OR UPDATE ON public.audit_seen FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();

CREATE TRIGGER classes_correction_stays BEFORE DELETE OR UPDATE ON public.classes_correction FOR EACH ROW EXECUTE FUNCTION public.classes_correction_stays();

CREATE TRIGGER classes_followup_stays BEFORE UPDATE ON public.classes_warningfollowup FOR EACH ROW EXECUTE FUNCTION public.classes_followup_stays();

CREATE TRIGGER classes_grades_stay BEFORE DELETE OR UPDATE ON public.classes_graderevision FOR EACH ROW EXECUTE FUNCTION public.classes_grades_stay();

CREATE TRIGGER classes_lesson_keeps_remote_id BEFORE UPDATE OF remote_id ON public.classes_lesson FOR EACH ROW WHEN ((((old.remote_id)::text <> ''::text) AND ((new.remote_id)::text IS DISTINCT FROM (old.remote_id)::text))) EXECUTE FUNCTION public.outbox_keep_remote_id();

CREATE TRIGGER classes_lesson_revised BEFORE UPDATE ON public.classes_lesson FOR EACH ROW EXECUTE FUNCTION public.classes_lesson_revised();

CREATE TRIGGER classes_observation_is_kept BEFORE DELETE ON public.classes_observation FOR EACH ROW EXECUTE FUNCTION public.classes_observation_is_kept();

CREATE TRIGGER classes_observation_stays BEFORE UPDATE ON public.classes_observation FOR EACH ROW EXECUTE FUNCTION public.classes_observation_stays();

CREATE TRIGGER classes_register_stays BEFORE DELETE OR UPDATE ON public.classes_register FOR EACH ROW EXECUTE FUNCTION public.classes_register_stays();

CREATE TRIGGER documents_document_keeps_remote_id BEFORE UPDATE OF remote_id ON public.documents_document FOR EACH ROW WHEN ((((old.remote_id)::text <> ''::text) AND ((new.remote_id)::text IS DISTINCT FROM (old.remote_id)::text))) EXECUTE FUNCTION public.outbox_keep_remote_id();

CREATE TRIGGER make_up_changed AFTER UPDATE OF makes_up_for_id, cancelled_at ON public.classes_lesson FOR EACH ROW WHEN ((COALESCE(old.makes_up_for_id, new.makes_up_for_id) IS NOT NULL)) EXECUTE FUNCTION public.classes_lesson_made_up();

CREATE TRIGGER make_up_deleted AFTER DELETE ON public.classes_lesson FOR EACH ROW WHEN ((old.makes_up_for_id IS NOT NULL)) EXECUTE FUNCTION public.classes_lesson_made_up();

CREATE TRIGGER make_up_scheduled AFTER INSERT ON public.classes_lesson FOR EACH ROW WHEN ((new.makes_up_for_id IS NOT NULL)) EXECUTE FUNCTION public.classes_lesson_made_up();

CREATE TRIGGER outbox_legal_step BEFORE UPDATE OF state ON public.outbox_operation FOR EACH ROW EXECUTE FUNCTION public.outbox_legal_step();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.accounts_grade REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_grade();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.accounts_groupstudent REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_groupstudent();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.accounts_studentgroup REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_studentgroup();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.accounts_teacherincharge REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_teacherincharge();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.accounts_user REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_user();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.audit_auditentry REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_audit_auditentry();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_appeal REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_appeal();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_attendance REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendance();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_attendancecode REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendancecode();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_attendancewarning REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendancewarning();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_codeuse REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_codeuse();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_course REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_course_assistants REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_assistants();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_course_groups REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_groups();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_course_members REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_members();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_cover REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_cover();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_credit REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_credit();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_exportrun REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportrun();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_exportschedule REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportschedule();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_exportschedule_recipients REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportschedule_recipients();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_leave REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_leave();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_leavefile REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_leavefile();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_lesson REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_lesson();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_member REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_member();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_recording REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_recording();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_subject REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_subject();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_subject_teachers REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_subject_teachers();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_teacherabsence REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_teacherabsence();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_thresholdrule REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_thresholdrule();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.classes_warningfollowup REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_warningfollowup();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.documents_document REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_documents_document();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.inbox_callback REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_inbox_callback();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.jobs_job REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_jobs_job();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.notices_message REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_message();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.notices_messagingapp REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_messagingapp();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.notices_messagingbot REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_messagingbot();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.outbox_operation REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_outbox_operation();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.webhook_endpoint REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_webhook_endpoint();

CREATE TRIGGER row_change_delete AFTER DELETE ON public.webhook_gate REFERENCING OLD TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_webhook_gate();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.accounts_grade REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_grade();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.accounts_groupstudent REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_groupstudent();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.accounts_studentgroup REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_studentgroup();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.accounts_teacherincharge REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_teacherincharge();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.accounts_user REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_user();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.audit_auditentry REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_audit_auditentry();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_appeal REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_appeal();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_attendance REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendance();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_attendancecode REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendancecode();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_attendancewarning REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendancewarning();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_codeuse REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_codeuse();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_course REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_course_assistants REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_assistants();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_course_groups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_groups();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_course_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_members();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_cover REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_cover();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_credit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_credit();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_exportrun REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportrun();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_exportschedule REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportschedule();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_exportschedule_recipients REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportschedule_recipients();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_leave REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_leave();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_leavefile REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_leavefile();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_lesson REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_lesson();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_member REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_member();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_recording REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_recording();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_subject REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_subject();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_subject_teachers REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_subject_teachers();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_teacherabsence REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_teacherabsence();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_thresholdrule REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_thresholdrule();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.classes_warningfollowup REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_warningfollowup();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.documents_document REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_documents_document();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.inbox_callback REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_inbox_callback();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.jobs_job REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_jobs_job();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.notices_message REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_message();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.notices_messagingapp REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_messagingapp();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.notices_messagingbot REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_messagingbot();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.outbox_operation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_outbox_operation();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.webhook_endpoint REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_webhook_endpoint();

CREATE TRIGGER row_change_insert AFTER INSERT ON public.webhook_gate REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_webhook_gate();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.accounts_grade REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_grade();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.accounts_groupstudent REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_groupstudent();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.accounts_studentgroup REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_studentgroup();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.accounts_teacherincharge REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_teacherincharge();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.accounts_user REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_accounts_user();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.audit_auditentry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_audit_auditentry();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_appeal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_appeal();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_attendance REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendance();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_attendancecode REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendancecode();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_attendancewarning REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_attendancewarning();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_codeuse REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_codeuse();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_course REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_course_assistants REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_assistants();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_course_groups REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_groups();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_course_members REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_course_members();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_cover REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_cover();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_credit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_credit();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_exportrun REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportrun();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_exportschedule REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportschedule();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_exportschedule_recipients REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_exportschedule_recipients();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_leave REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_leave();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_leavefile REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_leavefile();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_lesson REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_lesson();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_member();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_recording REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_recording();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_subject REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_subject();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_subject_teachers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_subject_teachers();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_teacherabsence REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_teacherabsence();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_thresholdrule REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_thresholdrule();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.classes_warningfollowup REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_classes_warningfollowup();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.documents_document REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_documents_document();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.inbox_callback REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_inbox_callback();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.jobs_job REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_jobs_job();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.notices_message REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_message();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.notices_messagingapp REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_messagingapp();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.notices_messagingbot REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_notices_messagingbot();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.outbox_operation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_outbox_operation();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.webhook_endpoint REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_webhook_endpoint();

CREATE TRIGGER row_change_update AFTER UPDATE ON public.webhook_gate REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.row_change_webhook_gate();

CREATE TRIGGER seat_of_gone AFTER DELETE ON public.classes_member REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.classes_seat_follows();

CREATE TRIGGER seat_of_new AFTER INSERT ON public.classes_member REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.classes_seat_follows();

CREATE TRIGGER seat_of_teacher AFTER UPDATE OF teacher_id ON public.classes_lesson FOR EACH ROW WHEN ((old.teacher_id IS DISTINCT FROM new.teacher_id)) EXECUTE FUNCTION public.classes_teachers_seat_follows();

CREATE TRIGGER streaks_of_lesson AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN (((((old.final_at IS NOT NULL) AND (old.cancelled_at IS NULL) AND (NOT old.made_up)) <> ((new.final_at IS NOT NULL) AND (new.cancelled_at IS NULL) AND (NOT new.made_up))) OR ((old.starts_at <> new.starts_at) AND (new.final_at IS NOT NULL) AND (new.cancelled_at IS NULL) AND (NOT new.made_up)))) EXECUTE FUNCTION public.classes_streaks_follow_lesson();

CREATE TRIGGER tally_of_changed AFTER UPDATE ON public.classes_attendance REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.classes_tally_follows();

CREATE TRIGGER tally_of_gone AFTER DELETE ON public.classes_attendance REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.classes_tally_follows();

CREATE TRIGGER tally_of_new AFTER INSERT ON public.classes_attendance REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.classes_tally_follows();

CREATE TRIGGER tally_then_streaks_of_changed AFTER UPDATE ON public.classes_attendance REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.classes_streaks_follow_changed();

CREATE TRIGGER tally_then_streaks_of_gone AFTER DELETE ON public.classes_attendance REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION public.classes_streaks_follow_gone();

CREATE TRIGGER tally_then_streaks_of_new AFTER INSERT ON public.classes_attendance REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.classes_streaks_follow_new();

CREATE TRIGGER webhook_legal_step BEFORE UPDATE OF state ON public.webhook_delivery FOR EACH ROW EXECUTE FUNCTION public.webhook_legal_step();

CREATE TRIGGER webhook_on_alarm_cleared_0 AFTER UPDATE ON public.classes_alarm FOR EACH ROW WHEN (((old.resolved_at IS NULL) AND (new.resolved_at IS NOT NULL))) EXECUTE FUNCTION public.webhook_on_alarm_cleared();

CREATE TRIGGER webhook_on_alarm_raised_0 AFTER INSERT ON public.classes_alarm FOR EACH ROW WHEN ((new.resolved_at IS NULL)) EXECUTE FUNCTION public.webhook_on_alarm_raised();

CREATE TRIGGER webhook_on_alarm_raised_1 AFTER UPDATE ON public.classes_alarm FOR EACH ROW WHEN (((old.resolved_at IS NOT NULL) AND (new.resolved_at IS NULL))) EXECUTE FUNCTION public.webhook_on_alarm_raised();

CREATE TRIGGER webhook_on_attendance_corrected_0 AFTER INSERT ON public.classes_correction FOR EACH ROW WHEN (true) EXECUTE FUNCTION public.webhook_on_attendance_corrected();

CREATE TRIGGER webhook_on_attendance_final_0 AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN (((old.final_at IS NULL) AND (new.final_at IS NOT NULL))) EXECUTE FUNCTION public.webhook_on_attendance_final();

CREATE TRIGGER webhook_on_lesson_cancelled_0 AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN (((old.cancelled_at IS NULL) AND (new.cancelled_at IS NOT NULL))) EXECUTE FUNCTION public.webhook_on_lesson_cancelled();

CREATE TRIGGER webhook_on_lesson_changed_0 AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN (((new.cancelled_at IS NULL) AND (old.cancelled_at IS NULL) AND (((old.topic)::text IS DISTINCT FROM (new.topic)::text) OR (old.teacher_id IS DISTINCT FROM new.teacher_id) OR (old.starts_at IS DISTINCT FROM new.starts_at) OR (old.ends_at IS DISTINCT FROM new.ends_at) OR ((old.class_type)::text IS DISTINCT FROM (new.class_type)::text)))) EXECUTE FUNCTION public.webhook_on_lesson_changed();

CREATE TRIGGER webhook_on_lesson_ended_0 AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN ((((old.status)::text <> 'end'::text) AND ((new.status)::text = 'end'::text))) EXECUTE FUNCTION public.webhook_on_lesson_ended();

CREATE TRIGGER webhook_on_lesson_scheduled_0 AFTER INSERT ON public.classes_lesson FOR EACH ROW WHEN ((new.cancelled_at IS NULL)) EXECUTE FUNCTION public.webhook_on_lesson_scheduled();

CREATE TRIGGER webhook_on_lesson_scheduled_1 AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN (((old.cancelled_at IS NOT NULL) AND (new.cancelled_at IS NULL))) EXECUTE FUNCTION public.webhook_on_lesson_scheduled();

CREATE TRIGGER webhook_on_lesson_started_0 AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN ((((old.status)::text <> 'ing'::text) AND ((new.status)::text = 'ing'::text))) EXECUTE FUNCTION public.webhook_on_lesson_started();

CREATE TRIGGER webhook_on_person_added_0 AFTER INSERT ON public.accounts_user FOR EACH ROW WHEN (((new.enterprise_id IS NOT NULL) AND new.is_active)) EXECUTE FUNCTION public.webhook_on_person_added();

CREATE TRIGGER webhook_on_person_added_1 AFTER UPDATE ON public.accounts_user FOR EACH ROW WHEN (((new.enterprise_id IS NOT NULL) AND new.is_active AND (NOT old.is_active))) EXECUTE FUNCTION public.webhook_on_person_added();

CREATE TRIGGER webhook_on_person_changed_0 AFTER UPDATE ON public.accounts_user FOR EACH ROW WHEN (((new.enterprise_id IS NOT NULL) AND new.is_active AND old.is_active AND (((old.role)::text IS DISTINCT FROM (new.role)::text) OR ((old.nickname)::text IS DISTINCT FROM (new.nickname)::text) OR ((old.gender)::text IS DISTINCT FROM (new.gender)::text) OR ((old.avatar)::text IS DISTINCT FROM (new.avatar)::text) OR ((old.phone_no)::text IS DISTINCT FROM (new.phone_no)::text) OR ((old.e_mail)::text IS DISTINCT FROM (new.e_mail)::text)))) EXECUTE FUNCTION public.webhook_on_person_changed();

CREATE TRIGGER webhook_on_person_left_0 AFTER UPDATE ON public.accounts_user FOR EACH ROW WHEN (((new.enterprise_id IS NOT NULL) AND old.is_active AND (NOT new.is_active))) EXECUTE FUNCTION public.webhook_on_person_left();

CREATE TRIGGER webhook_on_recording_missing_0 AFTER INSERT ON public.classes_alarm FOR EACH ROW WHEN ((((new.kind)::text = 'recording_missing'::text) AND (new.resolved_at IS NULL))) EXECUTE FUNCTION public.webhook_on_recording_missing();

CREATE TRIGGER webhook_on_recording_missing_1 AFTER UPDATE ON public.classes_alarm FOR EACH ROW WHEN ((((new.kind)::text = 'recording_missing'::text) AND (old.resolved_at IS NOT NULL) AND (new.resolved_at IS NULL))) EXECUTE FUNCTION public.webhook_on_recording_missing();

CREATE TRIGGER webhook_on_recording_ready_0 AFTER INSERT ON public.classes_recording FOR EACH ROW WHEN (true) EXECUTE FUNCTION public.webhook_on_recording_ready();

CREATE TRIGGER webhook_on_register_closed_0 AFTER UPDATE ON public.classes_lesson FOR EACH ROW WHEN (((old.register_closed_at IS NULL) AND (new.register_closed_at IS NOT NULL))) EXECUTE FUNCTION public.webhook_on_register_closed();

CREATE TRIGGER webhook_on_sync_needs_you_0 AFTER UPDATE ON public.outbox_operation FOR EACH ROW WHEN ((((old.state)::text <> (new.state)::text) AND ((new.state)::text = ANY ((ARRAY['refused'::character varying, 'needs_you'::character varying])::text[])))) EXECUTE FUNCTION public.webhook_on_sync_needs_you();

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_consent
    ADD CONSTRAINT accounts_consent_by_id_e3f3c955_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_consent
    ADD CONSTRAINT accounts_consent_enterprise_id_e4cf03c7_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_consent
    ADD CONSTRAINT accounts_consent_person_id_dc6f3178_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_erasurerequest
    ADD CONSTRAINT accounts_erasurerequ_answered_by_id_10d50880_fk_accounts_ FOREIGN KEY (answered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_erasurerequest
    ADD CONSTRAINT accounts_erasurerequ_enterprise_id_47861e4e_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_erasurerequest
    ADD CONSTRAINT accounts_erasurerequ_requested_by_id_4fafc0b1_fk_accounts_ FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_erasurerequest
    ADD CONSTRAINT accounts_erasurerequest_person_id_16e4a624_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_export
    ADD CONSTRAINT accounts_export_by_id_57929a2a_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_export
    ADD CONSTRAINT accounts_export_enterprise_id_42d1572b_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_export
    ADD CONSTRAINT accounts_export_group_id_907983b3_fk_accounts_studentgroup_id FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_export
    ADD CONSTRAINT accounts_export_job_id_83031534_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES public.jobs_job(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_export
    ADD CONSTRAINT accounts_export_person_id_c478793f_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_exportpiece
    ADD CONSTRAINT accounts_exportpiece_enterprise_id_c0f9163c_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_exportpiece
    ADD CONSTRAINT accounts_exportpiece_source_id_222b61c9_fk_accounts_export_id FOREIGN KEY (source_id) REFERENCES public.accounts_export(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_grade
    ADD CONSTRAINT accounts_grade_enterprise_id_44e0ba8b_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_groupstudent
    ADD CONSTRAINT accounts_groupstuden_group_id_0e76c305_fk_accounts_ FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_groupstudent
    ADD CONSTRAINT accounts_groupstudent_student_id_c35a23f8_fk_accounts_user_id FOREIGN KEY (student_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardian
    ADD CONSTRAINT accounts_guardian_account_id_2133be68_fk_accounts_ FOREIGN KEY (account_id) REFERENCES public.accounts_guardianaccount(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardian
    ADD CONSTRAINT accounts_guardian_enterprise_id_9592574d_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardian
    ADD CONSTRAINT accounts_guardian_person_id_b729af31_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardianaccount
    ADD CONSTRAINT accounts_guardianacc_enterprise_id_25e1c721_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardianinvitation
    ADD CONSTRAINT accounts_guardianinv_account_id_8e72bbf2_fk_accounts_ FOREIGN KEY (account_id) REFERENCES public.accounts_guardianaccount(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardianinvitation
    ADD CONSTRAINT accounts_guardianinv_created_by_id_139a0303_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardianinvitation
    ADD CONSTRAINT accounts_guardianinv_enterprise_id_ab20fd98_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardianinvitation
    ADD CONSTRAINT accounts_guardianinv_guardian_id_5e4bfe45_fk_accounts_ FOREIGN KEY (guardian_id) REFERENCES public.accounts_guardian(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardiannoticesettings
    ADD CONSTRAINT accounts_guardiannot_enterprise_id_0cce219b_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardiannotice
    ADD CONSTRAINT accounts_guardiannot_enterprise_id_6467ab8a_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardiannotice
    ADD CONSTRAINT accounts_guardiannot_guardian_id_563ea63f_fk_accounts_ FOREIGN KEY (guardian_id) REFERENCES public.accounts_guardian(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardianpasswordrequest
    ADD CONSTRAINT accounts_guardianpas_enterprise_id_f408a97a_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_guardiansession
    ADD CONSTRAINT accounts_guardianses_account_id_caf0769e_fk_accounts_ FOREIGN KEY (account_id) REFERENCES public.accounts_guardianaccount(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_identitylink
    ADD CONSTRAINT accounts_identitylin_provider_id_eda78a93_fk_accounts_ FOREIGN KEY (provider_id) REFERENCES public.accounts_identityprovider(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_identitylink
    ADD CONSTRAINT accounts_identitylink_person_id_d62f82b4_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_identityprovider
    ADD CONSTRAINT accounts_identitypro_enterprise_id_327e01ff_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_identityrule
    ADD CONSTRAINT accounts_identityrul_group_id_2244c11d_fk_accounts_ FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_identityrule
    ADD CONSTRAINT accounts_identityrul_provider_id_4a9017ba_fk_accounts_ FOREIGN KEY (provider_id) REFERENCES public.accounts_identityprovider(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_importrow
    ADD CONSTRAINT accounts_importrow_enterprise_id_c02a37ee_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_importrow
    ADD CONSTRAINT accounts_importrow_operation_id_6b9da710_fk_outbox_operation_id FOREIGN KEY (operation_id) REFERENCES public.outbox_operation(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_importrow
    ADD CONSTRAINT accounts_importrow_person_id_875741a5_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_importrow
    ADD CONSTRAINT accounts_importrow_source_id_6d03a48c_fk_accounts_ FOREIGN KEY (source_id) REFERENCES public.accounts_peopleimport(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_knowndevice
    ADD CONSTRAINT accounts_knowndevice_person_id_f41dde2d_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_logo
    ADD CONSTRAINT accounts_logo_enterprise_id_13cb1b17_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_passwordlink
    ADD CONSTRAINT accounts_passwordlin_created_by_id_8517f7ca_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_passwordlink
    ADD CONSTRAINT accounts_passwordlin_enterprise_id_7acac305_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_passwordlink
    ADD CONSTRAINT accounts_passwordlink_person_id_9814d4d7_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_passwordrequest
    ADD CONSTRAINT accounts_passwordreq_enterprise_id_0b68ec28_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_passwordrequest
    ADD CONSTRAINT accounts_passwordrequest_person_id_768d30d0_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_peopleimport
    ADD CONSTRAINT accounts_peopleimpor_enterprise_id_2d82d438_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_peopleimportguardian
    ADD CONSTRAINT accounts_peopleimpor_enterprise_id_4b725468_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_peopleimportguardian
    ADD CONSTRAINT accounts_peopleimpor_guardian_id_fadc2fda_fk_accounts_ FOREIGN KEY (guardian_id) REFERENCES public.accounts_guardian(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_peopleimportguardian
    ADD CONSTRAINT accounts_peopleimpor_row_id_40c20a0e_fk_accounts_ FOREIGN KEY (row_id) REFERENCES public.accounts_importrow(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_peopleimport
    ADD CONSTRAINT accounts_peopleimport_by_id_cad95151_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_peopleimport
    ADD CONSTRAINT accounts_peopleimport_job_id_5182b10b_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES public.jobs_job(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_picture
    ADD CONSTRAINT accounts_picture_enterprise_id_7c8c5487_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_picture
    ADD CONSTRAINT accounts_picture_person_id_c564c212_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rosterconnection
    ADD CONSTRAINT accounts_rosterconne_enterprise_id_d40c14c3_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rosterconnection
    ADD CONSTRAINT accounts_rosterconne_newest_id_c6635492_fk_accounts_ FOREIGN KEY (newest_id) REFERENCES public.accounts_peopleimport(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rosterconnection
    ADD CONSTRAINT accounts_rosterconnection_by_id_c23f11cd_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rosterpage
    ADD CONSTRAINT accounts_rosterpage_connection_id_64dfbd4f_fk_accounts_ FOREIGN KEY (connection_id) REFERENCES public.accounts_rosterconnection(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rosterpage
    ADD CONSTRAINT accounts_rosterpage_enterprise_id_0c40d756_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rosterrow
    ADD CONSTRAINT accounts_rosterrow_enterprise_id_bb4b7edc_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rosterrow
    ADD CONSTRAINT accounts_rosterrow_source_id_81edd371_fk_accounts_ FOREIGN KEY (source_id) REFERENCES public.accounts_peopleimport(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_samlsignin
    ADD CONSTRAINT accounts_samlsignin_enterprise_id_01863d81_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_samlsignin
    ADD CONSTRAINT accounts_samlsignin_provider_id_773aa9ef_fk_accounts_ FOREIGN KEY (provider_id) REFERENCES public.accounts_identityprovider(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_sourcedid
    ADD CONSTRAINT accounts_sourcedid_enterprise_id_ec000255_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_studentgroup
    ADD CONSTRAINT accounts_studentgrou_enterprise_id_7f05ad2c_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_studentgroup
    ADD CONSTRAINT accounts_studentgroup_grade_id_edb09d9b_fk_accounts_grade_id FOREIGN KEY (grade_id) REFERENCES public.accounts_grade(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_studentnote
    ADD CONSTRAINT accounts_studentnote_by_id_004f0f14_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_studentnote
    ADD CONSTRAINT accounts_studentnote_enterprise_id_a6141191_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_studentnote
    ADD CONSTRAINT accounts_studentnote_person_id_b40577ec_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT accounts_teacherinch_created_by_id_76cc5476_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT accounts_teacherinch_enterprise_id_ebd0ce90_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT accounts_teacherinch_group_id_bc3077ea_fk_accounts_ FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT accounts_teacherinch_teacher_id_113ef36a_fk_accounts_ FOREIGN KEY (teacher_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_teacherincharge
    ADD CONSTRAINT accounts_teacherincharge_grade_id_cda246b9_fk_accounts_grade_id FOREIGN KEY (grade_id) REFERENCES public.accounts_grade(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_enterprise_id_6aca4ea8_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_visit
    ADD CONSTRAINT accounts_visit_enterprise_id_b94c2845_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_visit
    ADD CONSTRAINT accounts_visit_operator_id_d5ed5cdd_fk_accounts_user_id FOREIGN KEY (operator_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_auditentry_actor_id_8ab278be_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_auditentry_enterprise_id_2742647f_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_link
    ADD CONSTRAINT audit_link_entry_id_090b67f9_fk_audit_auditentry_id FOREIGN KEY (entry_id) REFERENCES public.audit_auditentry(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_personkey
    ADD CONSTRAINT audit_personkey_person_id_3d3b11db_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_seen
    ADD CONSTRAINT audit_seen_entry_id_ce714277_fk_audit_auditentry_id FOREIGN KEY (entry_id) REFERENCES public.audit_auditentry(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_seen
    ADD CONSTRAINT audit_seen_person_id_22071d78_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_alarm
    ADD CONSTRAINT classes_alarm_acknowledged_by_id_d94fb85d_fk_accounts_user_id FOREIGN KEY (acknowledged_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_alarm
    ADD CONSTRAINT classes_alarm_enterprise_id_2b3602ac_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_alarm
    ADD CONSTRAINT classes_alarm_lesson_id_9a1bd6c5_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_appeal
    ADD CONSTRAINT classes_appeal_answered_by_id_ccbb37b0_fk_accounts_user_id FOREIGN KEY (answered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_appeal
    ADD CONSTRAINT classes_appeal_lesson_id_5178c458_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_appeal
    ADD CONSTRAINT classes_appeal_person_id_f90f71af_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attachment
    ADD CONSTRAINT classes_attachment_course_id_d467bd21_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attachment
    ADD CONSTRAINT classes_attachment_document_id_1db89415_fk_documents FOREIGN KEY (document_id) REFERENCES public.documents_document(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attachment
    ADD CONSTRAINT classes_attachment_enterprise_id_f1deed29_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attachment
    ADD CONSTRAINT classes_attachment_lesson_id_db309420_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendance
    ADD CONSTRAINT classes_attendance_lesson_id_79937ebf_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendance
    ADD CONSTRAINT classes_attendance_person_id_52f90cad_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendancecode
    ADD CONSTRAINT classes_attendanceco_enterprise_id_9e81bfab_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendancewarning
    ADD CONSTRAINT classes_attendancewa_acknowledged_by_id_30f72bcb_fk_accounts_ FOREIGN KEY (acknowledged_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendancewarning
    ADD CONSTRAINT classes_attendancewa_closed_by_id_a53b3917_fk_accounts_ FOREIGN KEY (closed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendancewarning
    ADD CONSTRAINT classes_attendancewa_enterprise_id_81cef483_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendancewarning
    ADD CONSTRAINT classes_attendancewa_person_id_de814c3d_fk_accounts_ FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_attendancewarning
    ADD CONSTRAINT classes_attendancewa_rule_id_00a9bca6_fk_classes_t FOREIGN KEY (rule_id) REFERENCES public.classes_thresholdrule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_call
    ADD CONSTRAINT classes_call_by_id_637d52de_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_call
    ADD CONSTRAINT classes_call_lesson_id_517e8943_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_call
    ADD CONSTRAINT classes_call_person_id_d5966db2_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_callbackdifference
    ADD CONSTRAINT classes_callbackdiff_decided_by_id_f17c1a0f_fk_accounts_ FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_callbackdifference
    ADD CONSTRAINT classes_callbackdiff_lesson_id_aa4be57a_fk_classes_l FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_codeuse
    ADD CONSTRAINT classes_codeuse_code_id_df5534c7_fk_classes_attendancecode_id FOREIGN KEY (code_id) REFERENCES public.classes_attendancecode(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_codeuse
    ADD CONSTRAINT classes_codeuse_enterprise_id_d31af5cf_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_correction
    ADD CONSTRAINT classes_correction_appeal_id_c0c0e25b_fk_classes_appeal_id FOREIGN KEY (appeal_id) REFERENCES public.classes_appeal(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_correction
    ADD CONSTRAINT classes_correction_by_id_14222699_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_correction
    ADD CONSTRAINT classes_correction_lesson_id_0a0e83cd_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_correction
    ADD CONSTRAINT classes_correction_person_id_32141099_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course_assistants
    ADD CONSTRAINT classes_course_assis_course_id_ef4f5082_fk_classes_c FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course_assistants
    ADD CONSTRAINT classes_course_assistants_user_id_2dc82ed5_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course
    ADD CONSTRAINT classes_course_enterprise_id_c851913f_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course_groups
    ADD CONSTRAINT classes_course_group_studentgroup_id_2555b4e4_fk_accounts_ FOREIGN KEY (studentgroup_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course_groups
    ADD CONSTRAINT classes_course_groups_course_id_e7ce0309_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course_members
    ADD CONSTRAINT classes_course_members_course_id_4c9382ab_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course_members
    ADD CONSTRAINT classes_course_members_user_id_475567d9_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course
    ADD CONSTRAINT classes_course_subject_id_29a88131_fk_classes_subject_id FOREIGN KEY (subject_id) REFERENCES public.classes_subject(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course
    ADD CONSTRAINT classes_course_teacher_id_05e80871_fk_accounts_user_id FOREIGN KEY (teacher_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_course
    ADD CONSTRAINT classes_course_term_id_542a69de_fk_classes_term_id FOREIGN KEY (term_id) REFERENCES public.classes_term(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_absence_id_437decd2_fk_classes_teacherabsence_id FOREIGN KEY (absence_id) REFERENCES public.classes_teacherabsence(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_absent_id_31ea009f_fk_accounts_user_id FOREIGN KEY (absent_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_by_id_41c1fee8_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_covering_id_5a79ecaf_fk_accounts_user_id FOREIGN KEY (covering_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_enterprise_id_acad6da5_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_lesson_id_e6d2b51d_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_cover
    ADD CONSTRAINT classes_cover_undone_by_id_cdf8c9b3_fk_accounts_user_id FOREIGN KEY (undone_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_credit
    ADD CONSTRAINT classes_credit_by_id_47e024cd_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_credit
    ADD CONSTRAINT classes_credit_lesson_id_494b623c_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_credit
    ADD CONSTRAINT classes_credit_person_id_19fe42b5_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_credit
    ADD CONSTRAINT classes_credit_undone_by_id_c0a05bff_fk_accounts_user_id FOREIGN KEY (undone_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_entry
    ADD CONSTRAINT classes_entry_enterprise_id_a213d9ef_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_entry
    ADD CONSTRAINT classes_entry_lesson_id_4b74e182_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_entry
    ADD CONSTRAINT classes_entry_person_id_b9f8d6ba_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportrun
    ADD CONSTRAINT classes_exportrun_enterprise_id_5da1645c_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportrun
    ADD CONSTRAINT classes_exportrun_job_id_bd917c22_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES public.jobs_job(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportrun
    ADD CONSTRAINT classes_exportrun_requested_by_id_104bcac8_fk_accounts_user_id FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportrun
    ADD CONSTRAINT classes_exportrun_schedule_id_d1e16b03_fk_classes_e FOREIGN KEY (schedule_id) REFERENCES public.classes_exportschedule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportschedule
    ADD CONSTRAINT classes_exportschedu_enterprise_id_82427291_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportschedule_recipients
    ADD CONSTRAINT classes_exportschedu_exportschedule_id_48a89932_fk_classes_e FOREIGN KEY (exportschedule_id) REFERENCES public.classes_exportschedule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportschedule
    ADD CONSTRAINT classes_exportschedu_group_id_1dfb7ad1_fk_accounts_ FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportschedule_recipients
    ADD CONSTRAINT classes_exportschedu_user_id_4ded81b5_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportschedule
    ADD CONSTRAINT classes_exportschedule_course_id_8a021211_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_exportschedule
    ADD CONSTRAINT classes_exportschedule_owner_id_96810b4b_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT classes_feed_created_by_id_f82f5f64_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT classes_feed_enterprise_id_ec910354_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT classes_feed_group_id_069a3a65_fk_accounts_studentgroup_id FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_feed
    ADD CONSTRAINT classes_feed_person_id_64df373b_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_footage
    ADD CONSTRAINT classes_footage_enterprise_id_7e3b929e_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_footage
    ADD CONSTRAINT classes_footage_lesson_id_952c67aa_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_graderevision
    ADD CONSTRAINT classes_graderevisio_enterprise_id_1ae6650e_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_graderevision
    ADD CONSTRAINT classes_graderevision_course_id_021126b1_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_graderevision
    ADD CONSTRAINT classes_graderevision_fixed_by_id_29a18242_fk_accounts_user_id FOREIGN KEY (fixed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_graderule
    ADD CONSTRAINT classes_graderule_enterprise_id_e415afcc_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_holiday
    ADD CONSTRAINT classes_holiday_enterprise_id_82538fa7_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_holiday
    ADD CONSTRAINT classes_holiday_term_id_d64d31b4_fk_classes_term_id FOREIGN KEY (term_id) REFERENCES public.classes_term(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leave
    ADD CONSTRAINT classes_leave_answered_by_id_d470cfac_fk_accounts_user_id FOREIGN KEY (answered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leave
    ADD CONSTRAINT classes_leave_by_id_f74025a5_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leave
    ADD CONSTRAINT classes_leave_enterprise_id_5ca58563_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leave
    ADD CONSTRAINT classes_leave_guardian_id_fecfd301_fk_accounts_guardian_id FOREIGN KEY (guardian_id) REFERENCES public.accounts_guardian(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leave
    ADD CONSTRAINT classes_leave_person_id_28af4cea_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leavefile
    ADD CONSTRAINT classes_leavefile_by_id_eefed924_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leavefile
    ADD CONSTRAINT classes_leavefile_enterprise_id_aa4deb38_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_leavefile
    ADD CONSTRAINT classes_leavefile_leave_id_c4200273_fk_classes_leave_id FOREIGN KEY (leave_id) REFERENCES public.classes_leave(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT classes_lesson_conflict_by_id_10002146_fk_accounts_user_id FOREIGN KEY (conflict_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT classes_lesson_course_id_1986852b_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT classes_lesson_double_of_id_af2f8e54_fk_classes_lesson_id FOREIGN KEY (double_of_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT classes_lesson_enterprise_id_f45321a4_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson_groups
    ADD CONSTRAINT classes_lesson_group_studentgroup_id_a8f50f31_fk_accounts_ FOREIGN KEY (studentgroup_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson_groups
    ADD CONSTRAINT classes_lesson_groups_lesson_id_8dfde231_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT classes_lesson_makes_up_for_id_30fb2c35_fk_classes_lesson_id FOREIGN KEY (makes_up_for_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lesson
    ADD CONSTRAINT classes_lesson_teacher_id_0dbc4006_fk_accounts_user_id FOREIGN KEY (teacher_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lessonkey
    ADD CONSTRAINT classes_lessonkey_enterprise_id_e8fbac57_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_lessonkey
    ADD CONSTRAINT classes_lessonkey_lesson_id_848822e1_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_member
    ADD CONSTRAINT classes_member_lesson_id_ff93c891_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_member
    ADD CONSTRAINT classes_member_user_id_f3b6559f_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_member
    ADD CONSTRAINT classes_member_via_id_d9c5b093_fk_accounts_studentgroup_id FOREIGN KEY (via_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_observation
    ADD CONSTRAINT classes_observation_lesson_id_091880cb_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_recording
    ADD CONSTRAINT classes_recording_enterprise_id_8505809f_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_recording
    ADD CONSTRAINT classes_recording_lesson_id_ead7ca9b_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_register
    ADD CONSTRAINT classes_register_closed_by_id_5c3fec63_fk_accounts_user_id FOREIGN KEY (closed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_register
    ADD CONSTRAINT classes_register_lesson_id_db1112a9_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_register
    ADD CONSTRAINT classes_register_reopened_by_id_0b62c29c_fk_accounts_user_id FOREIGN KEY (reopened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_reportschedule
    ADD CONSTRAINT classes_reportschedu_created_by_id_e9040e24_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_reportschedule
    ADD CONSTRAINT classes_reportschedu_enterprise_id_019825be_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_reportschedule
    ADD CONSTRAINT classes_reportschedu_group_id_d68576f0_fk_accounts_ FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_reportschedule
    ADD CONSTRAINT classes_reportschedule_grade_id_09e293ca_fk_accounts_grade_id FOREIGN KEY (grade_id) REFERENCES public.accounts_grade(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_reportschedule
    ADD CONSTRAINT classes_reportschedule_person_id_2c184b73_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_rollover
    ADD CONSTRAINT classes_rollover_beginning_id_ef6de568_fk_classes_term_id FOREIGN KEY (beginning_id) REFERENCES public.classes_term(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_rollover
    ADD CONSTRAINT classes_rollover_by_id_ab15de78_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_rollover
    ADD CONSTRAINT classes_rollover_ending_id_ca515aa3_fk_classes_term_id FOREIGN KEY (ending_id) REFERENCES public.classes_term(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_rollover
    ADD CONSTRAINT classes_rollover_enterprise_id_ee6fa611_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_rollover
    ADD CONSTRAINT classes_rollover_job_id_13ad924c_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES public.jobs_job(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_samples
    ADD CONSTRAINT classes_samples_lesson_id_cea9d22b_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_samples
    ADD CONSTRAINT classes_samples_person_id_a7b07488_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_seat
    ADD CONSTRAINT classes_seat_lesson_id_4059aafa_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_seat
    ADD CONSTRAINT classes_seat_person_id_ea73cbe0_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_stay
    ADD CONSTRAINT classes_stay_lesson_id_60e19672_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_streak
    ADD CONSTRAINT classes_streak_enterprise_id_b9c3bf52_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_streak
    ADD CONSTRAINT classes_streak_person_id_224a9112_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_subject
    ADD CONSTRAINT classes_subject_enterprise_id_540608a2_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_subject_teachers
    ADD CONSTRAINT classes_subject_teac_subject_id_880fc986_fk_classes_s FOREIGN KEY (subject_id) REFERENCES public.classes_subject(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_subject_teachers
    ADD CONSTRAINT classes_subject_teachers_user_id_cb907c29_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_tally
    ADD CONSTRAINT classes_tally_lesson_id_fdd5e924_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_teacherabsence
    ADD CONSTRAINT classes_teacherabsen_enterprise_id_09317086_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_teacherabsence
    ADD CONSTRAINT classes_teacherabsence_by_id_cf3ab194_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_teacherabsence
    ADD CONSTRAINT classes_teacherabsence_teacher_id_b7a8b3eb_fk_accounts_user_id FOREIGN KEY (teacher_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_term
    ADD CONSTRAINT classes_term_enterprise_id_899e9cb5_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_thresholdrule
    ADD CONSTRAINT classes_thresholdrul_created_by_id_b62bceec_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_thresholdrule
    ADD CONSTRAINT classes_thresholdrul_enterprise_id_8cb9c41d_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_thresholdrule
    ADD CONSTRAINT classes_thresholdrul_group_id_afdcd06c_fk_accounts_ FOREIGN KEY (group_id) REFERENCES public.accounts_studentgroup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_thresholdrule
    ADD CONSTRAINT classes_thresholdrule_course_id_ebc871e5_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_thresholdrule
    ADD CONSTRAINT classes_thresholdrule_grade_id_3b8a5d38_fk_accounts_grade_id FOREIGN KEY (grade_id) REFERENCES public.accounts_grade(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_timetableimport
    ADD CONSTRAINT classes_timetableimp_enterprise_id_fafe6b04_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_timetableimport
    ADD CONSTRAINT classes_timetableimport_by_id_e98b862f_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_timetableimport
    ADD CONSTRAINT classes_timetableimport_job_id_cceab507_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES public.jobs_job(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_timetablerow
    ADD CONSTRAINT classes_timetablerow_course_id_057c4110_fk_classes_course_id FOREIGN KEY (course_id) REFERENCES public.classes_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_timetablerow
    ADD CONSTRAINT classes_timetablerow_enterprise_id_c312bf36_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_timetablerow
    ADD CONSTRAINT classes_timetablerow_lesson_id_4297244c_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_timetablerow
    ADD CONSTRAINT classes_timetablerow_source_id_6eda2439_fk_classes_t FOREIGN KEY (source_id) REFERENCES public.classes_timetableimport(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_told
    ADD CONSTRAINT classes_told_lesson_id_118a48cd_fk_classes_lesson_id FOREIGN KEY (lesson_id) REFERENCES public.classes_lesson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_told
    ADD CONSTRAINT classes_told_teacher_id_69171319_fk_accounts_user_id FOREIGN KEY (teacher_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_warningfollowup
    ADD CONSTRAINT classes_warningfollo_warning_id_6f42b6a6_fk_classes_a FOREIGN KEY (warning_id) REFERENCES public.classes_attendancewarning(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.classes_warningfollowup
    ADD CONSTRAINT classes_warningfollowup_by_id_e54786f6_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.documents_document
    ADD CONSTRAINT documents_document_double_of_id_6b9a4bfe_fk_documents FOREIGN KEY (double_of_id) REFERENCES public.documents_document(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.documents_document
    ADD CONSTRAINT documents_document_enterprise_id_d1495cfa_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.documents_document
    ADD CONSTRAINT documents_document_owner_id_04d2b723_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.documents_document
    ADD CONSTRAINT documents_document_replaces_id_54d67f4d_fk_documents FOREIGN KEY (replaces_id) REFERENCES public.documents_document(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.documents_upload
    ADD CONSTRAINT documents_upload_by_id_67f09624_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.documents_upload
    ADD CONSTRAINT documents_upload_enterprise_id_21ce10b7_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.inbox_callback
    ADD CONSTRAINT inbox_callback_enterprise_id_0d7bb44b_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.inbox_queuesample
    ADD CONSTRAINT inbox_queuesample_enterprise_id_3ef43c71_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.inbox_refusal
    ADD CONSTRAINT inbox_refusal_enterprise_id_1890e247_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.jobs_job
    ADD CONSTRAINT jobs_job_created_by_id_f3283268_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.jobs_job
    ADD CONSTRAINT jobs_job_enterprise_id_b0f2beb8_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.lists_savedview
    ADD CONSTRAINT lists_savedview_enterprise_id_a3b0174c_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.lists_savedview
    ADD CONSTRAINT lists_savedview_user_id_e17ed120_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.lists_waitingmark
    ADD CONSTRAINT lists_waitingmark_enterprise_id_ddf0e373_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.lists_waitingmark
    ADD CONSTRAINT lists_waitingmark_given_by_id_510f6a3e_fk_accounts_user_id FOREIGN KEY (given_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.lists_waitingmark
    ADD CONSTRAINT lists_waitingmark_user_id_d20096d9_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.mirror_ignored
    ADD CONSTRAINT mirror_ignored_by_id_2b55a716_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.mirror_ignored
    ADD CONSTRAINT mirror_ignored_enterprise_id_14fd70f6_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.mirror_missed
    ADD CONSTRAINT mirror_missed_enterprise_id_db6c00ce_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.mirror_walked
    ADD CONSTRAINT mirror_walked_enterprise_id_442517a3_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_digest
    ADD CONSTRAINT notices_digest_enterprise_id_ee5a1253_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_digest
    ADD CONSTRAINT notices_digest_person_id_e2b4b73d_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_message
    ADD CONSTRAINT notices_message_app_id_de61f4c6_fk_notices_messagingapp_id FOREIGN KEY (app_id) REFERENCES public.notices_messagingapp(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_message
    ADD CONSTRAINT notices_message_bot_id_827defca_fk_notices_messagingbot_id FOREIGN KEY (bot_id) REFERENCES public.notices_messagingbot(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_message
    ADD CONSTRAINT notices_message_enterprise_id_cf9a260f_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_message
    ADD CONSTRAINT notices_message_notice_id_57207d27_fk_notices_notice_id FOREIGN KEY (notice_id) REFERENCES public.notices_notice(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_messagingaddress
    ADD CONSTRAINT notices_messagingadd_enterprise_id_e75d6b89_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_messagingaddress
    ADD CONSTRAINT notices_messagingaddress_person_id_2f6af22b_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_messagingapp
    ADD CONSTRAINT notices_messagingapp_enterprise_id_56df1ee6_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_messagingbot
    ADD CONSTRAINT notices_messagingbot_enterprise_id_952d4eed_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_messagingsettings
    ADD CONSTRAINT notices_messagingset_enterprise_id_5a4abd54_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_digest_id_917c04b6_fk_notices_digest_id FOREIGN KEY (digest_id) REFERENCES public.notices_digest(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_enterprise_id_bc3f6779_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_person_id_94368381_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_quiethours
    ADD CONSTRAINT notices_quiethours_person_id_ae2b37e2_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_wish
    ADD CONSTRAINT notices_wish_person_id_5c9ee661_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.outbox_attempt
    ADD CONSTRAINT outbox_attempt_operation_id_df5a12d5_fk_outbox_operation_id FOREIGN KEY (operation_id) REFERENCES public.outbox_operation(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.outbox_gate
    ADD CONSTRAINT outbox_gate_enterprise_id_646f1c03_fk_accounts_enterprise_id FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.outbox_operation
    ADD CONSTRAINT outbox_operation_created_by_id_3ec1562c_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.outbox_operation
    ADD CONSTRAINT outbox_operation_enterprise_id_6e0e35eb_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.outbox_operation_waits_for
    ADD CONSTRAINT outbox_operation_wai_from_operation_id_2dae392b_fk_outbox_op FOREIGN KEY (from_operation_id) REFERENCES public.outbox_operation(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.outbox_operation_waits_for
    ADD CONSTRAINT outbox_operation_wai_to_operation_id_fad19cb9_fk_outbox_op FOREIGN KEY (to_operation_id) REFERENCES public.outbox_operation(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policy_apitoken
    ADD CONSTRAINT policy_apitoken_user_id_07d5382c_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policy_idempotentrequest
    ADD CONSTRAINT policy_idempotentreq_enterprise_id_f5d3c692_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policy_idempotentrequest
    ADD CONSTRAINT policy_idempotentrequest_user_id_b02bc9b6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_account_id_951f210e_fk_socialacc FOREIGN KEY (account_id) REFERENCES public.socialaccount_socialaccount(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_app_id_636a42d7_fk_socialacc FOREIGN KEY (app_id) REFERENCES public.socialaccount_socialapp(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_social_user_id_8146e70c_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_user_id_af5e0a6d_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.webhook_attempt
    ADD CONSTRAINT webhook_attempt_delivery_id_17aa98ac_fk_webhook_delivery_id FOREIGN KEY (delivery_id) REFERENCES public.webhook_delivery(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_endpoint_id_b30f68a9_fk_webhook_endpoint_id FOREIGN KEY (endpoint_id) REFERENCES public.webhook_endpoint(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_enterprise_id_b4b9e0f2_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_enterprise_id_4b547ec9_fk_accounts_ FOREIGN KEY (enterprise_id) REFERENCES public.accounts_enterprise(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.webhook_gate
    ADD CONSTRAINT webhook_gate_endpoint_id_d980c793_fk_webhook_endpoint_id FOREIGN KEY (endpoint_id) REFERENCES public.webhook_endpoint(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE public.account_emailaddress ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account_emailconfirmation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_enterprise ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_erasurerequest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_export ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_exportpiece ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_grade ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_groupstudent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guardian ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guardianaccount ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guardianinvitation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guardiannotice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guardiannoticesettings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guardianpasswordrequest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guardiansession ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_guesses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_identitylink ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_identityprovider ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_identityrule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_importrow ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_knowndevice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_logo ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_passwordlink ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_passwordrequest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_peopleimport ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_peopleimportguardian ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_picture ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_rosterconnection ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_rosterpage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_rosterrow ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_samlsignin ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_sourcedid ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_studentgroup ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_studentnote ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_teacherincharge ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_user ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_visit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_auditentry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_personkey ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_seen ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_waiting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.auth_group ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.auth_group_permissions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.auth_permission ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_alarm ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_appeal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_attachment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_attendance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_attendancecode ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_attendancewarning ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_call ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_callbackdifference ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_codeuse ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_correction ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_course ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_course_assistants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_course_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_course_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_cover ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_credit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_exportrun ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_exportschedule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_exportschedule_recipients ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_feed ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_footage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_graderevision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_graderule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_holiday ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_leave ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_leavefile ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_lesson ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_lesson_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_lessonkey ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_observation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_recording ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_register ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_reportschedule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_rollover ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_samples ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_seat ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_stay ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_streak ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_subject ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_subject_teachers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_tally ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_teacherabsence ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_term ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_thresholdrule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_timetableimport ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_timetablerow ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_told ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.classes_warningfollowup ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.django_admin_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.django_content_type ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.django_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.documents_document ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.documents_upload ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox_callback ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox_queuesample ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox_refusal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobs_job ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.lists_savedview ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.lists_waitingmark ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mfa_authenticator ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mirror_ignored ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mirror_missed ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mirror_walked ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_digest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_mailserver ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_messagingaddress ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_messagingapp ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_messagingbot ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_messagingsettings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_notice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_quiethours ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices_wish ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_gate ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_operation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_operation_waits_for ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_pulse ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.policy_apitoken ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.policy_idempotentrequest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.policy_rowchange ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialaccount ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialapp ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialtoken ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usersessions_usersession ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_endpoint ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_gate ENABLE ROW LEVEL SECURITY;

INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0002_email_max_length', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0003_alter_emailaddress_create_unique_verified_email', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0004_alter_emailaddress_drop_unique_email', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0005_emailaddress_idx_upper_email', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0006_emailaddress_lower', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0007_emailaddress_idx_email', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0008_emailaddress_unique_primary_email_fixup', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('account', '0009_emailaddress_unique_primary_email', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0002_guesses', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0003_user_language', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0004_visits', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0005_people', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0006_imports', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0007_people_not_in_sync', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0008_school_branding_and_retention', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0009_groups_in_charge_and_archived', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0010_names_of_groups_and_schools', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0011_engagement_samples_setting', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0012_long_exports', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0013_groups_in_charge_in_files', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0014_recordings_kept_so_many_days', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0015_who_wants_which_mails', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0016_wishes_lie_with_the_notices', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0017_imports_that_plan_somebody_twice', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0018_people_found_by_two_letters', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0019_people_newest_first', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0020_remote_ids_are_kept', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0021_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0022_pinyin_of_names', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0023_people_in_order_of_sync_state', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0024_enterprise_default_recording', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0025_password_links', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0026_included_minutes', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0027_leave_request_days', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0028_rights_switches', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0029_teachers_in_charge', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0030_privacy', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0031_erasure_requests', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0032_grades', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0033_heads_of_grade', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0034_signing_in', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0035_identity_providers', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0036_session_limits_and_known_devices', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0037_form_of_address_parts', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0038_saml', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0039_guardian_notices', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0040_guardians_of_imports', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0041_guardian_accounts', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0042_guardian_sessions', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0043_retention_of_export_files', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0044_one_roster', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0045_roster_connection', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0046_leave_minutes', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0047_plain_labels', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('accounts', '0048_guardian_ties', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('admin', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('admin', '0002_logentry_remove_auto_add', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('admin', '0003_logentry_add_action_flag_choices', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('audit', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('audit', '0002_append_only', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('audit', '0003_chain_and_keys', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('audit', '0004_chained_by_triggers', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('audit', '0005_looks', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('audit', '0006_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0002_alter_permission_name_max_length', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0003_alter_user_email_max_length', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0004_alter_user_username_opts', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0005_alter_user_last_login_null', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0006_require_contenttypes_0002', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0007_alter_validators_add_error_messages', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0008_alter_user_username_max_length', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0009_alter_user_last_name_max_length', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0010_alter_group_name_max_length', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0011_update_proxy_permissions', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('auth', '0012_alter_user_first_name_max_length', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0002_evidence_is_append_only', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0003_entries_and_doubles', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0004_evidence_can_forget_a_name', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0005_groups_of_lessons', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0006_quiet_rooms_and_incomplete_histories', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0007_calls_and_devices', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0008_people_decide_about_attendance', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0009_feeds_and_what_was_told', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0010_alarms', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0011_courses_and_conflicts', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0012_recordings', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0013_attachments', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0014_registers_in_numbers', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0015_timetables_from_files', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0016_engagement_samples', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0017_who_allowed_a_conflict', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0018_recordings_kept_for_good', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0019_later_fields', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0020_recordings_that_failed', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0021_no_index_twice', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0022_words_of_cancelling', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0023_who_came_and_went', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0024_holidays_of_terms', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0025_lessons_and_tracks_newest_first', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0026_absences_in_a_row', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0027_what_the_first_page_counts', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0028_callbacks_that_contradict_a_register', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0030_remote_ids_are_kept', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0034_ended_lessons_free_their_teacher', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0035_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0036_streaks_of_final_lessons', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0037_courses_make_up_skipped_dates', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0038_report_schedules', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0039_lessons_and_courses_by_name', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0040_lessons_found_by_topic', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0041_leave_by_day', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0042_usage_of_lessons', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0043_cover_for_absent_teachers', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0044_leave_requests', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0045_attendance_thresholds', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0046_attendance_codes_and_grades', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0047_make_up_lessons', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0048_subjects', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0049_roll_over', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0050_rules_and_reports_of_a_grade', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0051_rules_tell_guardians', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0052_leave_by_guardian', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0053_no_hook_of_alarms', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0054_scheduled_exports', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0055_leases_of_threshold_rules', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0056_labels', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0057_plain_labels', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0058_report_schedules_of_every_report', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('classes', '0059_report_choices', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('contenttypes', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('contenttypes', '0002_remove_content_type_name', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0002_added_and_deleted', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0003_watched', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0004_files', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0005_uploads_in_pieces', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0006_newest_first', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0010_remote_ids_are_kept', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0011_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0012_courseware_by_name_and_size', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('documents', '0013_plain_labels', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('inbox', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('inbox', '0002_refusals', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('inbox', '0003_state_words', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('inbox', '0004_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('inbox', '0005_count_of_failed_callbacks', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('inbox', '0006_queue_samples', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('jobs', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('lists', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('lists', '0002_waiting_mark', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('mfa', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('mfa', '0002_authenticator_timestamps', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('mfa', '0003_authenticator_type_uniq', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('mirror', '0001_walks', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('mirror', '0002_ignored', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('mirror', '0003_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('notices', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('notices', '0002_wishes_and_digests', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('notices', '0003_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('notices', '0004_message_channels', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('notices', '0005_found_for', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('notices', '0006_plain_labels', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0002_legal_steps', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0003_pulse', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0004_gate', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0005_desk', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0006_remote_ids_are_kept', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0007_trial_of', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('outbox', '0008_rename_models', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('policy', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('policy', '0002_token_scopes', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('policy', '0003_rest_requests_and_changes', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('sessions', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('socialaccount', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('socialaccount', '0002_token_max_lengths', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('socialaccount', '0003_extra_data_default_dict', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('socialaccount', '0004_app_provider_id_settings', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('socialaccount', '0005_socialtoken_nullable_app', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('socialaccount', '0006_alter_socialaccount_extra_data', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('usersessions', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('webhooks', '0001_initial', now());
INSERT INTO public.django_migrations (app, name, applied) VALUES ('webhooks', '0002_legal_steps', now());

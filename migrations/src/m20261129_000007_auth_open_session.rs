//! The function `auth_open_session`.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::postgres::on_postgres;

/// Creates the function `auth_open_session` on Postgres, by which a login is one trip and not four.
///
/// It locks the user, ends what has to make room and inserts the session, three statements of which the
/// later ones see what was committed before the first had its lock. Without it that takes a transaction. On SQLite, which is in
/// the same process, there is no trip to be spared, and nothing is created.
///
/// It returns no row where the user has another hash by now, is disabled or gone; else one of nulls,
/// and one for each session that had to end.
#[derive(Clone, Copy, Debug)]
pub struct CreateOpenSession;

impl MigrationName for CreateOpenSession {
    fn name(&self) -> &'static str {
        "m20261129_000007_auth_open_session"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateOpenSession {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, &[POSTGRES, SEARCH_PATH]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, &["DROP FUNCTION auth_open_session"]).await
    }
}

// Whatever columns the tables get one day, its parameters are its own.
const POSTGRES: &str = "\
CREATE FUNCTION auth_open_session(
    its_user uuid, verified text, its_id uuid, its_secret bytea, now bigint, its_expires_at bigint,
    its_ends_at bigint, its_user_agent text, its_ip_address text,
    old_id uuid, old_secret bytea, kept bigint, replaced text, beyond_limit text
) RETURNS TABLE (ended_id uuid, ended_user uuid, ended_why text)
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    PERFORM FROM users WHERE id = its_user AND password_hash = verified AND disabled_at IS NULL
        FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN NEXT;
    RETURN QUERY
    WITH beyond AS (
        SELECT id FROM sessions
         WHERE user_id = its_user AND ended_at IS NULL AND expires_at > now AND ends_at > now
           AND (id IS DISTINCT FROM old_id OR secret_hash <> old_secret)
         ORDER BY created_at DESC, id DESC OFFSET kept
    ), doomed AS MATERIALIZED (
        SELECT id FROM sessions
         WHERE id = ANY (ARRAY(
                   SELECT id FROM beyond UNION ALL
                   SELECT id FROM sessions WHERE id = old_id AND secret_hash = old_secret
               )) AND ended_at IS NULL
         ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE sessions AS s
       SET ended_at = now,
           end_reason = CASE WHEN s.id = old_id AND s.secret_hash = old_secret THEN replaced ELSE beyond_limit END
      FROM doomed WHERE s.id = doomed.id AND s.ended_at IS NULL
    RETURNING s.id, s.user_id, s.end_reason;
    INSERT INTO sessions
        (id, user_id, secret_hash, generation, created_at, expires_at, ends_at, user_agent, ip_address)
    VALUES (its_id, its_user, its_secret, 0, now, its_expires_at, its_ends_at, its_user_agent, its_ip_address);
END $$";

// The functions look for the tables where these are, whatever `search_path` their caller has. That of the
// session that makes them may say `"$user"`, which is somebody else for each caller; so the functions of the
// migration before get the same.
const SEARCH_PATH: &str = "\
DO $$
DECLARE
    place text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'sessions'::regclass);
    name  text;
BEGIN
    FOREACH name IN ARRAY ARRAY['auth_open_session', 'auth_note_session', 'auth_note_user'] LOOP
        EXECUTE format('ALTER FUNCTION %I SET search_path = %s', name, place);
    END LOOP;
END $$";

//! The function `auth_open_sessions`.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::postgres::on_postgres;

/// Creates the function `auth_open_sessions` on Postgres, by which many logins are one trip and as few statements
/// as `auth_open_session` makes of each.
///
/// It locks the users, ends what has to make room and inserts the sessions; the later statements see
/// what was committed before the first had its locks. Each array has an element for each session. No element
/// is null: a user agent or an address that is not known is an empty text, and a session that
/// nobody replaces one that cannot be, with an empty secret. On SQLite nothing is created.
///
/// With `waits` it waits for users and sessions that somebody else has locked. Otherwise it waits for nobody, and leaves
/// out whoever would have to. Of the sessions of one user it opens the first.
///
/// It returns no row for a session that was left out or whose user is gone. For each other there is one of nulls
/// but for its number, from 1, and whether it was opened: not where the user has another hash by now or is
/// disabled; and one for each session that had to end for it.
///
/// `auth_open_session` stays, for servers from before.
#[derive(Clone, Copy, Debug)]
pub struct CreateOpenSessions;

impl MigrationName for CreateOpenSessions {
    fn name(&self) -> &'static str {
        "m20261130_000008_auth_open_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateOpenSessions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, &[POSTGRES, SEARCH_PATH]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, &["DROP FUNCTION auth_open_sessions"]).await
    }
}

// Rows of sessions are locked by their ids, because one that is replaced may be another user's. One plan is for
// any number of logins, and for tables that were empty when it was made: to make one for each
// number costs more than it saves, and what was right for empty tables is slow on full ones.
const POSTGRES: &str = "\
CREATE FUNCTION auth_open_sessions(
    their_users uuid[], verified text[], their_ids uuid[], their_secrets bytea[], times bigint[],
    their_expires_at bigint[], their_ends_at bigint[], their_user_agents text[], their_ip_addresses text[],
    old_ids uuid[], old_secrets bytea[], limits bigint[], why_replaced text, why_beyond_limit text, waits boolean
) RETURNS TABLE (nth bigint, opened boolean, ended_id uuid, ended_user uuid, ended_why text)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    locked  bigint[];
    good    bigint[];
    doomed  uuid[];
    causes  bigint[];
    reasons text[];
    missed  bigint[];
BEGIN
    IF waits THEN
        PERFORM FROM users WHERE id = ANY (their_users) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    SELECT array_agg(l.nth), array_agg(l.nth) FILTER (WHERE l.good) INTO locked, good
      FROM (
        SELECT asked.nth, u.password_hash = asked.verified AND u.disabled_at IS NULL AS good
          FROM (
            SELECT DISTINCT ON (user_id) user_id, verified, nth
              FROM unnest(their_users, verified) WITH ORDINALITY AS asked (user_id, verified, nth)
             ORDER BY user_id, nth
          ) AS asked JOIN users AS u ON u.id = asked.user_id
           FOR NO KEY UPDATE OF u SKIP LOCKED
      ) AS l;

    WITH asked AS (
        SELECT * FROM unnest(their_users, times, old_ids, old_secrets, limits)
               WITH ORDINALITY AS asked (user_id, now, old_id, old_secret, kept, nth)
         WHERE nth = ANY (good)
    ), ending AS (
        SELECT s.id, asked.nth, why_replaced AS why
          FROM asked JOIN sessions AS s ON s.id = asked.old_id AND s.secret_hash = asked.old_secret
         WHERE s.ended_at IS NULL
        UNION ALL
        SELECT s.id, asked.nth, why_beyond_limit
          FROM asked CROSS JOIN LATERAL (
            SELECT id FROM sessions
             WHERE user_id = asked.user_id AND ended_at IS NULL AND expires_at > asked.now AND ends_at > asked.now
               AND (id <> asked.old_id OR secret_hash <> asked.old_secret)
             ORDER BY created_at DESC, id DESC OFFSET asked.kept
          ) AS s
    )
    SELECT array_agg(ending.id), array_agg(ending.nth), array_agg(ending.why) INTO doomed, causes, reasons FROM ending;

    IF doomed IS NOT NULL THEN
        IF waits THEN
            PERFORM FROM sessions WHERE id = ANY (doomed) ORDER BY id FOR NO KEY UPDATE;
        ELSE
            WITH had AS MATERIALIZED (
                SELECT id FROM sessions WHERE id = ANY (doomed) AND ended_at IS NULL FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT array_agg(d.nth) INTO missed
              FROM unnest(doomed, causes) AS d (id, nth) WHERE NOT EXISTS (SELECT FROM had WHERE had.id = d.id);
            IF missed IS NOT NULL THEN
                locked := ARRAY(SELECT unnest(locked) EXCEPT SELECT unnest(missed));
                good := ARRAY(SELECT unnest(good) EXCEPT SELECT unnest(missed));
            END IF;
        END IF;
        RETURN QUERY
        UPDATE sessions AS s SET ended_at = times[d.nth], end_reason = d.why
          FROM (
            SELECT DISTINCT ON (id) id, nth, why FROM unnest(doomed, causes, reasons) AS d (id, nth, why)
             WHERE nth = ANY (good) ORDER BY id, why = why_replaced DESC, nth
          ) AS d WHERE s.id = d.id AND s.ended_at IS NULL
        RETURNING d.nth, TRUE, s.id, s.user_id, s.end_reason;
    END IF;

    RETURN QUERY
    SELECT l.nth, COALESCE(l.nth = ANY (good), FALSE), NULL::uuid, NULL::uuid, NULL::text FROM unnest(locked) AS l (nth);
    INSERT INTO sessions
        (id, user_id, secret_hash, generation, created_at, expires_at, ends_at, user_agent, ip_address)
    SELECT id, user_id, secret, 0, now, expires_at, ends_at, NULLIF(user_agent, ''), NULLIF(ip_address, '')
      FROM unnest(
        their_ids, their_users, their_secrets, times, their_expires_at, their_ends_at, their_user_agents,
        their_ip_addresses
      ) WITH ORDINALITY AS asked (id, user_id, secret, now, expires_at, ends_at, user_agent, ip_address, nth)
     WHERE nth = ANY (good);
END $$";

// It looks for the tables where these are, as the functions of the migration before do.
const SEARCH_PATH: &str = "\
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION auth_open_sessions SET search_path = %s', (
        SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'sessions'::regclass
    ));
END $$";

-- Many people, and sessions of theirs that began evenly over the last week, in the order in which they began.
-- Beside those of `rows`, which have tokens, there are as many others as it takes; their ids begin with a time too.
INSERT INTO users (id, email, name, name_folded, role, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'user' || n || '@example.com', 'User ' || n, 'user ' || n, 'USER', n
  FROM generate_series(0::bigint, :users - 1) AS n;
CREATE TEMPORARY TABLE rows (id uuid, owner uuid, secret bytea, began bigint, expires bigint, ends bigint);
\copy rows FROM ROWS
INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at)
SELECT * FROM (
    SELECT id, owner, secret, 0, began, expires, ends FROM rows
    UNION ALL
    SELECT (lpad(to_hex(at), 12, '0') || '7' || substr(digest, 1, 3) || '8' || substr(digest, 4, 15))::uuid,
           lpad(to_hex(n * 7919 % :users), 32, '0')::uuid, sha256(digest::bytea), 0, at, at + 604800000, at + 2592000000
      FROM (SELECT n, md5(n::text) AS digest, :now - 604800000 + n * 604800000 / :others AS at
              FROM generate_series(0::bigint, :others - 1) AS n) AS other
) AS every ORDER BY 5;

-- 1,000 people who can log in, and so many sessions of theirs that the indexes have some depth.
-- The password is StrongPassword123!; its hash has the default cost of 19 MiB and two passes.
INSERT INTO users (id, email, name, name_folded, role, password_hash, created_at)
SELECT gen_random_uuid(), 'user' || n || '@example.com', 'User ' || n, 'user ' || n, 'USER', :'hash', :now + n
  FROM generate_series(0, :users - 1) AS n;
INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at)
SELECT gen_random_uuid(), u.id, sha256(n::text::bytea), 0, :now, :now + 604800000, :now + 2592000000
  FROM (SELECT id, row_number() OVER () AS nth FROM users) AS u
  JOIN generate_series(1, :sessions) AS n ON u.nth = 1 + n % :users;

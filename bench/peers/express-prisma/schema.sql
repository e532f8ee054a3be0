-- The tables of prisma/schema.prisma.
CREATE TYPE "Role" AS ENUM ('ADMIN', 'USER');
CREATE TABLE "User" (
    id             uuid         PRIMARY KEY,
    email          text         NOT NULL UNIQUE,
    name           text         NOT NULL,
    role           "Role"       NOT NULL DEFAULT 'USER',
    "passwordHash" text         NOT NULL,
    "createdAt"    timestamp(3) NOT NULL DEFAULT now()
);
CREATE TABLE "RefreshToken" (
    id          uuid         PRIMARY KEY,
    "tokenHash" text         NOT NULL UNIQUE,
    "userId"    uuid         NOT NULL REFERENCES "User" (id) ON DELETE CASCADE,
    "expiresAt" timestamp(3) NOT NULL,
    "revokedAt" timestamp(3),
    "createdAt" timestamp(3) NOT NULL DEFAULT now()
);
CREATE INDEX ON "RefreshToken" ("userId");

INSERT INTO "User" (id, email, name, "passwordHash")
SELECT gen_random_uuid(), 'user' || n || '@example.com', 'User ' || n, :'hash' FROM generate_series(0, 999) AS n;
INSERT INTO "RefreshToken" (id, "tokenHash", "userId", "expiresAt")
SELECT gen_random_uuid(), encode(sha256(n::text::bytea), 'hex'), u.id, now() + interval '7 days'
  FROM generate_series(0, 9999) AS n JOIN "User" AS u ON u.email = 'user' || n % 1000 || '@example.com';

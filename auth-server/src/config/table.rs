//! The one table of what can be set.

/// A variable of the environment.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds where it is not set.
    pub default: &'static str,
    /// What it means, in a sentence or two.
    pub meaning: &'static str,
}

const fn row(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning }
}

/// Every variable that the server reads, in the order in which one would set them.
pub const VARIABLES: &[Variable] = &[
    row(
        "DATABASE_URL",
        "sqlite://auth.db?mode=rwc",
        "The database: sqlite: or postgres:. Special characters in a password are percent-encoded.",
    ),
    row("DATABASE_MAX_CONNECTIONS", "10, or 4 for SQLite", "The most connections to the database."),
    row(
        "DATABASE_POOLING",
        "session",
        "transaction where a pooler in transaction mode, such as PgBouncer, stands before Postgres; that needs AUTO_MIGRATE=false.",
    ),
    row(
        "AUTO_MIGRATE",
        "true",
        "Creates or upgrades the tables at start. With false, a database without its tables stops the start.",
    ),
    row("HOST", "127.0.0.1", "The IP address to listen on."),
    row("PORT", "4000", "The port to listen on; 0 takes a free one and logs which."),
    row("MAX_CONNECTIONS", "1024", "The most connections from clients at a time; further ones wait."),
    row(
        "METRICS_LISTEN",
        "unset",
        "Where set, an IP address and a port on which metrics are served, at /metrics, to whoever reaches it: 127.0.0.1:9464, say. Port 0 takes a free one and logs which.",
    ),
    row("CONSOLE", "on", "With off, there is no console at /console."),
    row(
        "NODE_ENV",
        "development",
        "development and test are open; any other value counts as production. Unset, the server listens on loopback only and refuses another HOST.",
    ),
    row("APP_ENV", "unset", "The same as NODE_ENV, and wins over it."),
    row(
        "ALLOW_BOOTSTRAP",
        "unset",
        "Exactly true opens bootstrap in production; any other value leaves it closed, with a warning at start.",
    ),
    row(
        "BOOTSTRAP_TOKEN",
        "unset",
        "Where set, bootstrap asks for it in the header X-Bootstrap-Token: at least 32 bytes, as for JWT_ACCESS_SECRET.",
    ),
    row(
        "TRUSTED_ORIGINS",
        "unset",
        "Exact origins of front ends elsewhere, such as https://app.example.com, with commas between them: their pages may call the routes and read the answers.",
    ),
    row(
        "TRUSTED_PROXIES",
        "unset",
        "Addresses and networks of the proxies in front, with commas between them: they are believed where X-Forwarded-For or Forwarded says from where a request comes.",
    ),
    row(
        "JWT_ACCESS_SECRET",
        "random per process",
        "Signs access tokens: at least 32 bytes, not a known sample, not repetitive. Production refuses to start without it; elsewhere a random one is used, with a warning.",
    ),
    row("JWT_REFRESH_SECRET", "random per process", "Seals refresh tokens: as above, and a different value."),
    row(
        "JWT_ACCESS_SECRET_PREVIOUS",
        "unset",
        "Verifies access tokens and signs none: what JWT_ACCESS_SECRET was before, or will be on the other instances; several with commas between them.",
    ),
    row(
        "JWT_REFRESH_SECRET_PREVIOUS",
        "unset",
        "Opens refresh tokens and seals none: as above, for JWT_REFRESH_SECRET.",
    ),
    row(
        "JWT_KEYS_SECRET",
        "unset",
        "Where set, keys in the database sign access tokens, which anyone can verify by /api/auth/jwks.json, and this encrypts them: as JWT_ACCESS_SECRET, which then is only needed as long as its tokens are to be good.",
    ),
    row(
        "JWT_KEYS_SECRET_PREVIOUS",
        "unset",
        "Opens the keys that JWT_KEYS_SECRET encrypted before it was replaced; several with commas between them.",
    ),
    row(
        "JWT_KEYS_INTERVAL",
        "30s",
        "How often a running server looks which signing keys there are, 100ms to 5m.",
    ),
    row("JWT_ACCESS_TTL", "15m", "How long an access token is good."),
    row("JWT_REFRESH_TTL", "7d", "How long a session lasts after its last refresh."),
    row("SESSION_MAX_TTL", "30d", "How long a session lasts after its login, however often it is refreshed."),
    row(
        "SESSION_LIMIT",
        "50",
        "The most live sessions of one user, 1 to 1000. One login more ends the oldest.",
    ),
    row(
        "REFRESH_REUSE_GRACE",
        "10s",
        "How long after a rotation the refresh token answers with itself, and its predecessor with an access token; at most 5m. 0 rotates on every refresh: for clients that never send two at once.",
    ),
    row(
        "REFRESH_LATE_RETRY",
        "true",
        "Whether a predecessor whose answer was lost is good after the grace, too. With false it counts as reuse and ends the session.",
    ),
    row(
        "REVOCATION_DELAY",
        "0",
        "How long GET /api/auth/check may believe an access token whose session has ended or whose user has changed. 0 asks the database each time; 300ms to 1day reads every third of it what has been revoked; off believes a token until it expires. All other routes ask each time.",
    ),
    row("SWEEP_INTERVAL", "1h", "How often sessions that have ended for good are deleted, 1s to 1day."),
    row("JWT_ISSUER", "auth-server", "The iss claim of access tokens, matched exactly."),
    row("JWT_AUDIENCE", "api", "The aud claim of access tokens, matched exactly."),
    row("PASSWORD_MIN_LENGTH", "8", "The fewest code points of a new password, 8 to 128."),
    row("ROLES", "unset", "The roles beside ADMIN and USER: upper-case names with commas between them."),
    row(
        "POLICY_FILE",
        "unset",
        "A TOML file that says which role has which permissions; without it, none has any.",
    ),
    row("HASH_THREADS", "one per core", "How many passwords are hashed at the same time; each takes 19 MiB."),
    row("HASH_QUEUE", "64 per thread", "How many may wait for that; beyond, the answer is 503."),
    row(
        "THROTTLE_STORE",
        "database",
        "Where failed logins are counted: database, which all instances share, or memory, for each process alone.",
    ),
    row(
        "LOGIN_FREE_FAILURES",
        "5",
        "How many wrong passwords in a row an account has for free; then come waits that double from a second to a quarter of an hour.",
    ),
    row(
        "LOGIN_MOST_FAILURES",
        "100",
        "How many wrong passwords in a row are looked at at all, at most 100; then only an admin lets the account try again.",
    ),
    row(
        "LOGIN_FAILURES_PER_MINUTE",
        "30",
        "How many wrong passwords may come from one address, or one IPv6 /64, in a minute.",
    ),
    row("AUDIT_RETENTION", "90d", "How long events are kept, from 1d on; they hold addresses of people."),
    row("LOG_FORMAT", "json in production, else pretty", "How a line of the log looks: json or pretty."),
    row(
        "RUST_LOG",
        "info",
        "What is logged: a level, or a list such as info,auth_core=debug. Whatever it says, libraries underneath stay at info, so that none can print a secret.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "unset",
        "Where traces are sent to, by OTLP over HTTP: the address of a collector, such as http://127.0.0.1:4318. For servers built with the feature otlp.",
    ),
    row("OTEL_SERVICE_NAME", "auth-server", "What the server is called in traces."),
    row(
        "OTEL_TRACES_SAMPLER",
        "parentbased_always_on",
        "Which traces are sent: always_on, always_off or traceidratio; after parentbased_, only of those that no caller has begun.",
    ),
    row("OTEL_TRACES_SAMPLER_ARG", "1", "The share of traces that traceidratio sends, from 0 to 1."),
    row("JWT_ACCESS_SECRET_FILE", "unset", "A file that holds JWT_ACCESS_SECRET; set one of the two."),
    row("JWT_REFRESH_SECRET_FILE", "unset", "A file that holds JWT_REFRESH_SECRET; set one of the two."),
    row("BOOTSTRAP_TOKEN_FILE", "unset", "A file that holds BOOTSTRAP_TOKEN; set one of the two."),
    row(
        "JWT_ACCESS_SECRET_PREVIOUS_FILE",
        "unset",
        "A file that holds JWT_ACCESS_SECRET_PREVIOUS; set one of the two.",
    ),
    row(
        "JWT_REFRESH_SECRET_PREVIOUS_FILE",
        "unset",
        "A file that holds JWT_REFRESH_SECRET_PREVIOUS; set one of the two.",
    ),
    row("JWT_KEYS_SECRET_FILE", "unset", "A file that holds JWT_KEYS_SECRET; set one of the two."),
    row(
        "JWT_KEYS_SECRET_PREVIOUS_FILE",
        "unset",
        "A file that holds JWT_KEYS_SECRET_PREVIOUS; set one of the two.",
    ),
    row("DATABASE_URL_FILE", "unset", "A file that holds DATABASE_URL; set one of the two."),
];

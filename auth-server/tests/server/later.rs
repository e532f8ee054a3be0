//! A server on tables that a later version has brought further: a rolling upgrade, and the way back.

use sea_orm::{ConnectionTrait, Database};

use crate::process::{Server, Store, program};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_starts_on_tables_of_a_later_version_unless_it_needs_what_is_gone() {
    for store in [Some(Store::sqlite()), Store::postgres()].into_iter().flatten() {
        Server::start(&store.url()).stop();
        let db = Database::connect(store.url()).await.unwrap();
        let apply = async |name: &str| {
            let sql = format!("INSERT INTO auth_migrations (version, applied_at) VALUES ('{name}', 1)");
            db.execute_unprepared(&sql).await.unwrap();
        };
        let more = "m20991231_000099_more";
        apply(more).await;
        for auto_migrate in ["true", "false"] {
            let variables = [("NODE_ENV", "test"), ("AUTO_MIGRATE", auto_migrate)];
            let server = Server::start_with(&store.url(), &variables);
            assert_eq!(server.client().get("/readyz").await.status, 200);
            let log = server.stop().concat();
            assert!(log.contains("of a later version, and fit this one") && log.contains(more), "{log}");
        }

        let less = "m20991231_000100_less_needs_000099";
        apply(less).await;
        for auto_migrate in ["true", "false"] {
            let folder = tempfile::tempdir().unwrap();
            let mut command = program(&folder);
            command.envs([("NODE_ENV", "test"), ("PORT", "0"), ("AUTO_MIGRATE", auto_migrate)]);
            let output = command.env("DATABASE_URL", store.url()).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(1), "{said}");
            let why = format!("does not get along with them: {less} took away what this version needs");
            assert!(said.contains(&why), "{said}");
        }
    }
}

//! The secrets are replaced, and nobody is logged out.

use crate::client::Answer;
use crate::process::{ACCESS_SECRET, REFRESH_SECRET, Server, Store};

const NEW_ACCESS: &str = "Wd5Jq8Ls1Xv4Nb7Hc2Rf9Tk6Yg3Mz0Pe";
const NEW_REFRESH: &str = "k2Gt7Zb4Qx9Mv1Ld6Rj3Hs8Pw5Nc0FyA";

const REFUSED: &str = r#"{"error":"Invalid or expired token"}"#;

/// Which secrets a server has.
#[derive(Clone, Copy, Debug)]
enum Secrets {
    Old,
    /// The new ones are known already, and nothing is made with them yet.
    OldAndComing,
    /// The new ones are in use, and what the old ones made is still good.
    NewAndPrevious,
    New,
}

fn start(store: &Store, secrets: Secrets) -> Server {
    let (old, new) = ([ACCESS_SECRET, REFRESH_SECRET], [NEW_ACCESS, NEW_REFRESH]);
    let (current, previous) = match secrets {
        Secrets::Old => (old, None),
        Secrets::OldAndComing => (old, Some(new)),
        Secrets::NewAndPrevious => (new, Some(old)),
        Secrets::New => (new, None),
    };
    // No grace, so that every refresh makes a new token.
    let mut variables = vec![
        ("NODE_ENV", "test"),
        ("REFRESH_REUSE_GRACE", "0"),
        ("JWT_ACCESS_SECRET", current[0]),
        ("JWT_REFRESH_SECRET", current[1]),
    ];
    if let Some([access, refresh]) = previous {
        variables.extend([("JWT_ACCESS_SECRET_PREVIOUS", access), ("JWT_REFRESH_SECRET_PREVIOUS", refresh)]);
    }
    Server::start_with(&store.url(), &variables)
}

/// Both tokens that an answer has brought.
fn tokens(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{answer:?}");
    (answer.access_token(), answer.cookie().expect("a cookie"))
}

/// The key that has sealed a refresh token: its first byte, in two characters that hold the
/// beginning of the session's id as well.
fn key_of(cookie: &str) -> &str {
    &cookie[..2]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_with_new_secrets_logs_nobody_out() {
    for store in [Some(Store::sqlite()), Store::postgres()].into_iter().flatten() {
        let server = start(&store, Secrets::Old);
        assert_eq!(server.client().bootstrap().await.status, 201);
        let (old_access, old_cookie) = tokens(&server.client().login().await);
        // Someone else, who does not come back before the old secret is gone.
        let (_, absent) = tokens(&server.client().login().await);
        drop(server);

        let server = start(&store, Secrets::NewAndPrevious);
        let client = server.client();
        assert_eq!(client.me(&old_access).await.status, 200);
        let (access, cookie) = tokens(&client.refresh(&old_cookie).await);
        assert_eq!(client.me(&access).await.status, 200);
        // A lost answer is made up for across the change as well: the predecessor is an old one.
        let (access, cookie_again) = tokens(&client.refresh(&old_cookie).await);
        assert_ne!(cookie, cookie_again);
        drop(server);

        let server = start(&store, Secrets::New);
        let client = server.client();
        assert_eq!(client.me(&access).await.status, 200);
        let (access, cookie) = tokens(&client.refresh(&cookie_again).await);
        assert_eq!(client.me(&access).await.status, 200);
        // And what the old ones have made is worth nothing.
        client.me(&old_access).await.is(401, REFUSED);
        client.refresh(&absent).await.is(401, REFUSED);
        assert_eq!(client.logout(&cookie).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_change_over_one_by_one_understand_each_other_at_every_step() {
    let Some(store) = Store::postgres() else { return };
    let mut servers = [start(&store, Secrets::Old), start(&store, Secrets::Old)];
    assert_eq!(servers[0].client().bootstrap().await.status, 201);
    let (_, mut cookie) = tokens(&servers[0].client().login().await);
    let first = key_of(&cookie).to_owned();
    for (place, secrets) in [
        (0, Secrets::OldAndComing),
        (1, Secrets::OldAndComing),
        (0, Secrets::NewAndPrevious),
        (1, Secrets::NewAndPrevious),
        (0, Secrets::New),
        (1, Secrets::New),
    ] {
        servers[place] = start(&store, secrets);
        // A session that wanders between the two, and its access tokens at both.
        for server in [0, 1, 0] {
            let (access, next) = tokens(&servers[server].client().refresh(&cookie).await);
            cookie = next;
            for server in &servers {
                assert_eq!(server.client().me(&access).await.status, 200, "{secrets:?} at {place}");
            }
        }
        if matches!(secrets, Secrets::OldAndComing) {
            assert_eq!(key_of(&cookie), first, "nothing is made with what is yet to come");
        }
    }
}

/// Why the first step is one of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_not_told_of_the_new_secrets_refuses_what_they_make() {
    let Some(store) = Store::postgres() else { return };
    let (hasty, left_behind) = (start(&store, Secrets::NewAndPrevious), start(&store, Secrets::Old));
    assert_eq!(hasty.client().bootstrap().await.status, 201);
    let (access, cookie) = tokens(&hasty.client().login().await);
    left_behind.client().me(&access).await.is(401, REFUSED);
    left_behind.client().refresh(&cookie).await.is(401, REFUSED);
    // It was refused without a look at the session, which lives on.
    assert_eq!(hasty.client().refresh(&cookie).await.status, 200);
}

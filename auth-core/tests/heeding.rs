//! Who is behind an access token, by what is known of revocations.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_core::{Clock, MemoryStore, RevocationDelay, Timestamp};
use support::{EMAIL, PASSWORD, SetClock, builder, login, new_admin, open_policy};

/// A clock that goes on by its second figure with each look at it.
#[derive(Debug)]
struct Ticking(AtomicI64, AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(self.1.load(Ordering::SeqCst), Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_token_is_judged_once_though_the_store_is_asked_as_well() {
    let (store, start) = (MemoryStore::new(), SetClock::new());
    let clock = Arc::new(Ticking(AtomicI64::new(start.now().millis()), AtomicI64::new(0)));
    let auth =
        builder(&store, &start, open_policy()).clock(Arc::clone(&clock)).build().expect("it is complete");
    auth.bootstrap(new_admin()).await.expect("the store is empty");
    let token = auth.login(login(EMAIL, PASSWORD)).await.expect("it is right").access_token;
    let expires_at = auth.authenticate(token.expose()).expect("it is fresh").expires_at;
    let nothing_read = auth.revocations(RevocationDelay::Within(Duration::from_secs(5)));

    // It is good at the first look at the clock, and no more at the second.
    clock.0.store(expires_at.millis() - 1, Ordering::SeqCst);
    clock.1.store(1, Ordering::SeqCst);
    let identity = auth.authenticate_heeding(token.expose(), &nothing_read).await;
    assert_eq!(identity.expect("it was good when it came").expires_at, expires_at);
    auth.authenticate_heeding(token.expose(), &nothing_read).await.expect_err("it has expired");
}

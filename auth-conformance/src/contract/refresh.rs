//! `POST /refresh`: the table of rotation as a client sees it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, SET_COOKIE};

use super::client::{Ask, Client, LOGGED_OUT};
use super::{Door, Settings};
use crate::race::all_at_once;

/// The first refresh after a login hands out an access token, and a successor in the cookie.
pub async fn the_first_refresh_rotates<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let answer = client.refresh(&session.refresh).await;
    let access = answer.is_refreshed();
    assert_ne!(answer.issued_cookie_for(604_800), session.refresh);
    assert_ne!(access, session.access);
    client.me(&access).await.is_user();
}

/// Without the cookie, a refresh is refused; no cookie is touched.
pub async fn a_refresh_needs_its_cookie<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    for ask in [Ask::post("/refresh"), Ask::post("/refresh").bearer(&session.access)] {
        let answer = client.send(ask).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Refresh token required").leaves_cookie();
    }
    client.send(Ask::post("/refresh")).await.challenges();
}

/// *Same*: within the grace the current token answers with itself, the same cookie anew.
pub async fn within_the_grace_the_current_token_answers_with_itself<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let current = client.refreshed(&client.login().await.refresh).await;
    for _ in 0..3 {
        let answer = client.refresh(&current).await;
        let access = answer.is_refreshed();
        assert_eq!(answer.issued_cookie_for(604_800), current);
        client.me(&access).await.is_user();
    }
}

/// *Access only*: within the grace the predecessor answers with an access token and leaves the
/// cookie alone.
pub async fn within_the_grace_the_predecessor_leaves_the_cookie_alone<D: Door>(door: D) {
    for settings in [Settings::development(), Settings::development().without_late_retry()] {
        let client = Client::with_admin(&door, settings).await;
        let session = client.login().await;
        let current = client.refreshed(&session.refresh).await;
        let answer = client.refresh(&session.refresh).await;
        let access = answer.is_refreshed();
        answer.leaves_cookie();
        client.me(&access).await.is_user();
        assert_eq!(client.refreshed(&current).await, current);
    }
}

/// *Advance*: without a grace, every refresh rotates.
pub async fn without_a_grace_every_refresh_rotates<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().without_grace()).await;
    let mut current = client.login().await.refresh;
    let mut seen = BTreeSet::from([current.clone()]);
    for _ in 0..5 {
        current = client.refreshed(&current).await;
        assert!(seen.insert(current.clone()), "every token is a new one");
    }
}

/// *Advance past*: after the grace, the predecessor gets a new token, and the one that was never
/// used becomes an orphan, whose use ends the session.
pub async fn a_lost_answer_is_made_up_for_and_leaves_an_orphan<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().without_grace()).await;
    let used = client.login().await.refresh;
    let lost = client.refreshed(&used).await;
    let second = client.refreshed(&used).await;
    let third = client.refreshed(&used).await;
    assert_eq!(BTreeSet::from([&used, &lost, &second, &third]).len(), 4, "each is another one");
    let current = client.refreshed(&third).await;
    client.refresh(&lost).await.refuses_refresh();
    client.refresh(&current).await.refuses_refresh();
}

/// *Reuse*: a token older than the predecessor ends the whole session, refresh and access tokens
/// alike; the user's other sessions live on.
pub async fn a_spent_token_ends_its_session_and_no_other<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().without_grace()).await;
    let (session, beside) = (client.login().await, client.login().await);
    let parent = client.refreshed(&session.refresh).await;
    let answer = client.refresh(&parent).await;
    let (access, current) = (answer.is_refreshed(), answer.issued_cookie());
    client.refresh(&session.refresh).await.refuses_refresh();
    for token in [&session.refresh, &parent, &current] {
        client.refresh(token).await.refuses_refresh();
    }
    for token in [&session.access, &access] {
        client.me(token).await.refuses_bearer();
    }
    client.refreshed(&beside.refresh).await;
    client.me(&beside.access).await.is_user();
}

/// With `REFRESH_LATE_RETRY=false`, the predecessor after the grace is reuse, too.
pub async fn without_late_retry_the_predecessor_ends_the_session<D: Door>(door: D) {
    let settings = Settings::development().without_grace().without_late_retry();
    let client = Client::with_admin(&door, settings).await;
    let first = client.login().await.refresh;
    let predecessor = client.refreshed(&first).await;
    let current = client.refreshed(&predecessor).await;
    client.refresh(&predecessor).await.refuses_refresh();
    client.refresh(&current).await.refuses_refresh();
}

/// Ten tabs that refresh with one cookie at once all get an access token, and all that get a
/// cookie get the same one.
pub async fn ten_tabs_may_refresh_at_once<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    for presented in [session.refresh.clone(), client.login().await.refresh] {
        let answers =
            all_at_once((0..10).map(|_| client.send(Ask::post("/refresh").cookie(&presented)))).await;
        let mut successors = BTreeSet::new();
        for answer in &answers {
            client.me(&answer.is_refreshed()).await.is_user();
            successors.extend(answer.cookie_if_any());
        }
        assert_eq!(successors.len(), 1, "the chain does not fork");
        let current = successors.into_iter().next().expect("one successor");
        assert_ne!(current, presented);
        client.refreshed(&current).await;
    }
}

/// A token that is unknown, forged, expired or ended: the same 401 to the byte.
pub async fn every_worthless_token_gets_one_answer<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let ended = client.login().await.refresh;
    client.logout(&ended).await.is(StatusCode::OK, LOGGED_OUT);
    let refusal = client.refresh(&ended).await;
    refusal.refuses_refresh();

    // Sealed with the same secret, by an installation with another store.
    let elsewhere = Client::with_admin(&door, Settings::development()).await;
    let unknown = elsewhere.login().await.refresh;
    assert_eq!(client.refresh(&unknown).await.fingerprint(), refusal.fingerprint());
    elsewhere.refreshed(&unknown).await;

    for forged in [
        "x",
        "AAAA",
        "null",
        "undefined",
        "..",
        "eyJhbGciOiJub25lIn0.e30.",
        &"A".repeat(92),
        &"A".repeat(4_000),
    ] {
        assert_eq!(client.refresh(forged).await.fingerprint(), refusal.fingerprint(), "{forged}");
    }
}

/// A token of which any one character was changed, added or taken away is worth nothing, and does
/// its session no harm.
pub async fn a_mangled_token_is_worth_nothing<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let token = client.login().await.refresh;
    let mut mangled = vec![
        token[1..].to_owned(),
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        format!("{token}="),
    ];
    for place in 0..token.len() {
        let other = if &token[place..=place] == "A" { "B" } else { "A" };
        mangled.push(format!("{}{other}{}", &token[..place], &token[place + 1..]));
    }
    for forged in mangled {
        client.refresh(&forged).await.refuses_refresh();
    }
    client.refreshed(&token).await;
}

/// However often it is refreshed, a session ends when its longest lifetime is over, and then gets
/// the same 401 as any other worthless token. (It lasts a second here, so this test spins for one.)
pub async fn a_session_ends_at_its_longest_lifetime<D: Door>(door: D) {
    let settings = Settings::development().without_grace().with_lifetimes(1, 1, 1);
    let client = Client::with_admin(&door, settings).await;
    let mut current = client.login().await.refresh;
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = client.refresh(&current).await;
        if answer.status() != StatusCode::OK {
            answer.refuses_refresh();
            break;
        }
        answer.is_refreshed();
        let cookie = answer.values(&SET_COOKIE).concat();
        let value = cookie.strip_prefix("refresh_token=").and_then(|rest| rest.split(';').next());
        value.expect("a refresh token").clone_into(&mut current);
        assert!(Instant::now() < patience, "a session of one second ends within twenty");
    }
    let again = client.refresh(&current).await;
    let never = client.refresh("x").await;
    assert_eq!(again.fingerprint(), never.fingerprint());
}

/// A refresh ignores a body, whatever it says it is.
pub async fn a_refresh_ignores_its_body<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().without_grace()).await;
    let mut current = client.login().await.refresh;
    for (media_type, body) in [
        ("application/json", r#"{"refresh_token":"x","email":1}"#),
        ("application/json", "{"),
        ("text/plain", "refresh_token=x"),
        ("application/x-www-form-urlencoded", "refresh_token=x"),
    ] {
        let ask = Ask::post("/refresh").cookie(&current).with(CONTENT_TYPE, media_type).body(body);
        let answer = client.send(ask).await;
        answer.is_refreshed();
        current = answer.issued_cookie();
    }
}

/// A body above the size limit is refused here, too, and nothing is consumed.
pub async fn a_refresh_refuses_an_oversized_body<D: Door>(door: D) {
    let client =
        Client::with_admin(&door, Settings::development().without_grace().without_late_retry()).await;
    let token = client.login().await.refresh;
    for path in ["/refresh", "/logout"] {
        let ask = Ask::post(path).cookie(&token).body(Bytes::from(vec![b' '; 16 * 1024 + 1]));
        client.send(ask).await.refuses_somehow(StatusCode::PAYLOAD_TOO_LARGE);
    }
    client.refreshed(&token).await;
}

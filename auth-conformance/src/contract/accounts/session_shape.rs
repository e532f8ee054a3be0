//! What a list of sessions says of each.

use http::header::USER_AGENT;

use super::super::client::{PASSWORD, Session};
use super::super::token::Jwt;
use super::super::{Door, Settings};
use super::team::{Team, login_ask};

const ANN: &str = "ann@example.com";

/// A session is created with its login, and expires so long after it as the settings say.
pub async fn a_session_shows_when_it_began_and_when_it_ends<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().with_lifetimes(60, 3_600, 7_200)).await;
    let session = team.member(ANN, "USER").await;
    let [seen] = &team.sessions(&session).await[..] else { panic!("one session") };
    let issued = 1_000 * Jwt::parse(&session.access).number("iat");
    assert!((issued - 1_000..issued + 60_000).contains(&seen.created_at), "{} and {issued}", seen.created_at);
    assert_eq!(seen.last_used_at, seen.created_at);
    assert!((seen.expires_at - seen.created_at).abs_diff(3_600_000) <= 1_000, "{seen:?}");
}

/// A refresh moves on when a session was last used and when it expires, and nothing else.
pub async fn a_refresh_shows_as_the_last_use<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().without_grace()).await;
    let session = team.member(ANN, "USER").await;
    let [before] = &team.sessions(&session).await[..] else { panic!("one session") };
    let mut current = session.refresh.clone();
    // Two refreshes may fall into one millisecond, but not a thousand.
    for _ in 0..1_000 {
        current = team.client.refreshed(&current).await;
        let [after] = &team.sessions(&session).await[..] else { panic!("one session") };
        assert_eq!((&after.id, after.created_at), (&before.id, before.created_at));
        assert!(after.expires_at >= before.expires_at && after.last_used_at >= before.last_used_at);
        if after.last_used_at > before.last_used_at {
            assert!(after.expires_at > before.expires_at);
            return;
        }
    }
    panic!("a session that is refreshed was last used then");
}

/// The user agent is the one that the login sent; a later one counts for nothing.
pub async fn the_user_agent_is_what_the_login_sent<D: Door>(door: D) {
    let team = Team::open(&door).await;
    team.hire(ANN, "Ann", "USER").await;
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let (long, cut) = ("x".repeat(300), "x".repeat(256));
    for (sent, shown) in [
        (None, None),
        (Some(""), None),
        (Some(firefox), Some(firefox)),
        (Some("curl/8.5 \"quoted\" \\ <b>"), Some("curl/8.5 \"quoted\" \\ <b>")),
        (Some(long.as_str()), Some(cut.as_str())),
    ] {
        let ask = login_ask(ANN, PASSWORD);
        let ask = sent.into_iter().fold(ask, |ask, agent| ask.with(USER_AGENT, agent));
        let session = Session::of(&team.client.send(ask).await);
        let listed = team.sessions(&session).await;
        let current: Vec<_> = listed.iter().filter(|seen| seen.current).collect();
        let [seen] = current[..] else { panic!("one session is the current one") };
        assert_eq!((&seen.id, seen.user_agent.as_deref()), (&session.id(), shown));
    }
}

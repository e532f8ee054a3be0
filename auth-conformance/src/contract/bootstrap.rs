//! `POST /bootstrap`, and what an email, a name and a new password must be.

use http::StatusCode;
use serde_json::json;

use super::client::Ask;
use super::client::{ADMIN, CREATED, CREDENTIALS, Client, EMAIL, PASSWORD};
use super::{App, Door, Settings};
use crate::race::all_at_once;

fn admin(email: &str, password: &str, name: &str) -> Ask {
    Ask::post("/bootstrap").json(&json!({ "email": email, "password": password, "name": name }).to_string())
}

fn credentials(email: &str, password: &str) -> String {
    json!({ "email": email, "password": password }).to_string()
}

async fn created<A: App>(client: &Client<A>, ask: Ask) {
    client.send(ask).await.is(StatusCode::CREATED, CREATED).leaves_cookie();
}

/// The first call creates the first user, with the role `ADMIN`, and logs nobody in.
pub async fn bootstrap_creates_the_first_admin<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    created(&client, Ask::post("/bootstrap").json(ADMIN)).await;
    let answer = client.send(Ask::post("/login").json(CREDENTIALS)).await;
    assert_eq!(answer.text_at("/user/role"), "ADMIN");
}

/// As soon as there is a user, bootstrap answers 409, to the same person and to another.
pub async fn bootstrap_works_only_once<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    for ask in [Ask::post("/bootstrap").json(ADMIN), admin("other@example.com", "AnotherPassword1!", "Other")]
    {
        let answer = client.send(ask).await;
        answer.refuses(StatusCode::CONFLICT, "Admin user already exists").leaves_cookie();
    }
    let other = Ask::post("/login").json(&credentials("other@example.com", "AnotherPassword1!"));
    client.send(other).await.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password");
    client.login().await;
}

/// In production, bootstrap is closed.
pub async fn bootstrap_is_closed_in_production<D: Door>(door: D) {
    let client = Client::open(&door, Settings::production()).await;
    let answer = client.send(Ask::post("/bootstrap").json(ADMIN)).await;
    answer.refuses(StatusCode::FORBIDDEN, "Bootstrap is disabled").leaves_cookie();
    let login = client.send(Ask::post("/login").json(CREDENTIALS)).await;
    login.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password");
}

/// In production, bootstrap can be opened on purpose, and works once there, too.
pub async fn bootstrap_can_be_opened_in_production<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::production().with_bootstrap_open()).await;
    let again = client.send(Ask::post("/bootstrap").json(ADMIN)).await;
    again.refuses(StatusCode::CONFLICT, "Admin user already exists").leaves_cookie();
}

/// Fifty bootstraps at once create exactly one admin. The others are refused; some of them, if the
/// hashing threads had too much to do, for that.
pub async fn fifty_bootstraps_at_once_create_one_admin<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let address = |number: i32| format!("admin-{number}@example.com");
    let answers = all_at_once((0..50).map(|number| {
        let answer = client.send(admin(&address(number), PASSWORD, "Admin"));
        async move { (number, answer.await) }
    }));
    let mut winners = Vec::new();
    for (number, answer) in answers.await {
        answer.leaves_cookie();
        match answer.status() {
            StatusCode::CREATED => {
                answer.is(StatusCode::CREATED, CREATED);
                winners.push(number);
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                answer.refuses(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable");
                let retry = answer.values(&http::header::RETRY_AFTER).concat();
                assert!(retry.parse::<u32>().is_ok(), "Retry-After is in whole seconds: {retry}");
            }
            _ => {
                answer.refuses(StatusCode::CONFLICT, "Admin user already exists");
            }
        }
    }
    let [winner] = winners[..] else { panic!("one admin is created, not {winners:?}") };
    client.login_as(&credentials(&address(winner), PASSWORD)).await;
}

/// An address is trimmed of space and lower-cased, and stored and logged in with in that form.
pub async fn an_email_is_normalised<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    created(&client, admin("  Admin@EXAMPLE.Com ", PASSWORD, "Admin")).await;
    for spelling in [EMAIL, "ADMIN@EXAMPLE.COM", " admin@example.com  "] {
        let answer = client.send(Ask::post("/login").json(&credentials(spelling, PASSWORD))).await;
        answer.is_login();
        assert_eq!(answer.text_at("/user/email"), EMAIL);
    }
}

/// What a browser's email field would refuse is refused, with a sentence that names the field,
/// and creates nobody.
pub async fn a_malformed_email_is_refused<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let long_label = format!("admin@{}.com", "x".repeat(64));
    let too_long = format!("{}@example.com", "x".repeat(243));
    for email in [
        " ",
        "admin",
        "@example.com",
        "admin@",
        "admin@@example.com",
        "a@b@example.com",
        "admin@-example.com",
        "admin@example-.com",
        "admin@example..com",
        "admin@.example.com",
        "admin@example.com.",
        "ad min@example.com",
        "ädmin@example.com",
        "admin@exämple.com",
        "\"admin\"@example.com",
        "Admin <admin@example.com>",
        "admin@example.com\u{0}",
        "admin@exa_mple.com",
        long_label.as_str(),
        too_long.as_str(),
    ] {
        client.send(admin(email, PASSWORD, "Admin")).await.blames("email");
        client.send(Ask::post("/login").json(&credentials(email, PASSWORD))).await.blames("email");
    }
    created(&client, Ask::post("/bootstrap").json(ADMIN)).await;
}

/// An address of 254 bytes with every character of an atom in it is accepted and comes back whole.
pub async fn the_longest_and_strangest_email_is_accepted<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let strange = "!#$%&'*+/=?^_`{|}~-..0";
    let domain = format!("{}.{}.{}", "x".repeat(63), "y".repeat(63), "z".repeat(63));
    let email = format!("{strange}{}@{domain}", "a".repeat(254 - domain.len() - strange.len() - 1));
    created(&client, admin(&email, PASSWORD, "Admin")).await;
    let answer = client.send(Ask::post("/login").json(&credentials(&email, PASSWORD))).await;
    answer.is_login();
    assert_eq!(answer.text_at("/user/email"), email);
}

/// A name has 1 to 200 code points after trimming and no control characters.
pub async fn a_bad_name_is_refused<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let too_long = "🦊".repeat(201);
    for name in [" ", " \u{2003} ", "Ad\u{0}min", "Ad\nmin", "Ad\u{7f}min", "Ad\u{85}min", too_long.as_str()]
    {
        client.send(admin(EMAIL, PASSWORD, name)).await.blames("name");
    }
    created(&client, Ask::post("/bootstrap").json(ADMIN)).await;
}

/// A name of 200 four-byte characters is accepted, trimmed, and comes back whole.
pub async fn the_longest_name_is_accepted<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let longest = format!("e\u{301}שלום\"\\{}", "🦊".repeat(192));
    assert_eq!(longest.chars().count(), 200);
    created(&client, admin(EMAIL, PASSWORD, &format!("  {longest} "))).await;
    let session = client.login().await;
    assert_eq!(client.me(&session.access).await.text("name"), longest);
}

/// A new password has at least eight code points, is not a common one, nor the account's own
/// address or name, has no NUL and at most 512 bytes.
pub async fn a_bad_new_password_is_refused<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let too_long = "x1".repeat(257);
    for password in [
        "seven77",
        "🦊🦊🦊🦊🦊🦊🦊",
        "password",
        "PassWord",
        "12345678",
        "qwertyuiop",
        EMAIL,
        "ADMIN@example.com",
        "Jo Someone",
        "jo someone",
        "Strong\u{0}Password123!",
        too_long.as_str(),
    ] {
        client.send(admin(EMAIL, password, "Jo Someone")).await.blames("password");
    }
    created(&client, Ask::post("/bootstrap").json(ADMIN)).await;
}

/// There are no rules of composition: eight code points of anything else will do.
pub async fn a_password_needs_no_special_characters<D: Door>(door: D) {
    for password in ["qqzzvvkk", "🦊🦊🦊🦊🦊🦊🦊🦊", "        ", "ПарольМой"] {
        let client = Client::open(&door, Settings::development()).await;
        created(&client, admin(EMAIL, password, "Admin")).await;
        client.login_as(&credentials(EMAIL, password)).await;
    }
}

/// The shortest password can be set higher; it counts code points, not bytes.
pub async fn the_shortest_password_can_be_set_higher<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development().with_password_min_length(15)).await;
    client.send(admin(EMAIL, "🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊", "Admin")).await.blames("password");
    client.send(admin(EMAIL, "fourteen-chars", "Admin")).await.blames("password");
    created(&client, admin(EMAIL, "fifteen--chars!", "Admin")).await;
}

/// A password of 512 bytes is used to its last byte, exactly as received: no trimming, no case
/// folding, no truncation.
pub async fn a_password_is_used_exactly_as_received<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let longest = format!(" {} ", "Ab".repeat(255));
    assert_eq!(longest.len(), 512);
    created(&client, admin(EMAIL, &longest, "Admin")).await;
    client.login_as(&credentials(EMAIL, &longest)).await;
    let shorter = &longest[..511];
    let swapped = longest.to_lowercase();
    let other_end = format!("{}x", &longest[..511]);
    for wrong in [longest.trim(), shorter, &longest[..72], swapped.as_str(), other_end.as_str()] {
        let answer = client.send(Ask::post("/login").json(&credentials(EMAIL, wrong))).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password");
    }
}

/// A password is NFC-normalised: it does not matter how a keyboard composes its letters.
pub async fn a_password_is_the_same_in_either_normal_form<D: Door>(door: D) {
    let (composed, decomposed) = ("Zo\u{eb}-\u{e9}t\u{e9}-2026", "Zoe\u{308}-e\u{301}te\u{301}-2026");
    for (set, typed) in [(composed, decomposed), (decomposed, composed)] {
        let client = Client::open(&door, Settings::development()).await;
        created(&client, admin(EMAIL, set, "Admin")).await;
        client.login_as(&credentials(EMAIL, typed)).await;
        client.login_as(&credentials(EMAIL, set)).await;
        let plain = client.send(Ask::post("/login").json(&credentials(EMAIL, "Zoe-ete-2026"))).await;
        plain.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password");
    }
}

/// Fields that bootstrap does not know never reach the record.
pub async fn unknown_fields_never_reach_the_record<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let id = "00000000-0000-4000-8000-000000000000";
    let body = json!({
        "email": EMAIL, "password": PASSWORD, "name": "Admin", "role": "USER", "id": id,
        "disabledAt": "2020-01-01", "disabled_at": 1, "password_hash": "x", "user": { "role": "USER" },
    });
    created(&client, Ask::post("/bootstrap").json(&body.to_string())).await;
    let session = client.login().await;
    assert_ne!(session.user_id, id);
    assert_eq!(client.me(&session.access).await.text("role"), "ADMIN");
}

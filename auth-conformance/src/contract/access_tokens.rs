//! What an access token is, and everything that looks like one and is not.

use http::StatusCode;
use serde_json::{Value, json};

use super::client::{Client, LOGGED_OUT, Session};
use super::token::Jwt;
use super::{App, Door, Settings};

const CLAIMS: [&str; 9] = ["iss", "aud", "sub", "sid", "jti", "role", "iat", "nbf", "exp"];

/// A client with a session, and that session's token taken apart. Signed again unchanged, it
/// is good: what is refused below is refused for the change and not for the signature.
async fn with_token<D: Door>(door: &D, settings: Settings) -> (Client<D::App>, Session, Jwt) {
    let client = Client::with_admin(door, settings).await;
    let session = client.login().await;
    let token = Jwt::parse(&session.access);
    client.me(&token.signed()).await.is_user();
    (client, session, token)
}

async fn assert_refused<A: App>(client: &Client<A>, forgeries: impl IntoIterator<Item = String>) {
    for forged in forgeries {
        client.me(&forged).await.refuses_bearer();
    }
}

/// The header has `alg`, `typ` and at most `kid`; the claims are all there, each of its type, and
/// the token lasts fifteen minutes.
pub async fn an_access_token_has_its_header_and_claims<D: Door>(door: D) {
    let (_, session, token) = with_token(&door, Settings::development()).await;
    let Jwt { header, claims } = &token;
    assert_eq!((&header["alg"], &header["typ"]), (&json!("HS256"), &json!("at+jwt")));
    let known = |name: &String| ["alg", "typ", "kid"].contains(&name.as_str());
    assert!(header.as_object().expect("an object").keys().all(known), "{header}");
    for claim in CLAIMS {
        assert!(claims.get(claim).is_some(), "{claim} is there: {claims}");
    }
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("auth-server"), &json!("api")));
    assert_eq!((&claims["sub"], &claims["role"]), (&json!(session.user_id), &json!("ADMIN")));
    assert!(claims["sid"].is_string() && claims["jti"].is_string(), "{claims}");
    assert_eq!(token.number("exp") - token.number("iat"), 900);
    assert!(token.number("nbf") <= token.number("iat"));
    assert!(session.access.len() < 8 * 1024);
}

/// Each token has an id of its own; the tokens of one session share its id.
pub async fn every_access_token_has_an_id_of_its_own<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let (one, other) = (client.login().await, client.login().await);
    let refreshed = client.refresh(&one.refresh).await.is_refreshed();
    let [first, second, beside] =
        [&one.access, &refreshed, &other.access].map(|token| Jwt::parse(token).claims);
    assert_ne!(first["jti"], second["jti"]);
    assert_eq!(first["sid"], second["sid"]);
    assert_ne!(first["sid"], beside["sid"]);
}

/// Lifetime, issuer and audience are those of the settings.
pub async fn lifetime_issuer_and_audience_can_be_set<D: Door>(door: D) {
    let settings =
        Settings::development().with_lifetimes(60, 3_600, 7_200).with_parties("https://id.example", "shop");
    let (client, _, token) = with_token(&door, settings).await;
    assert_eq!(token.number("exp") - token.number("iat"), 60);
    assert_eq!((&token.claims["iss"], &token.claims["aud"]), (&json!("https://id.example"), &json!("shop")));
    let usual = token.clone().with_claim("iss", "auth-server").with_claim("aud", "api");
    assert_refused(&client, [usual.signed()]).await;
}

/// Signed with another secret, with the refresh secret, with none, or changed after signing.
pub async fn a_wrong_signature_is_refused<D: Door>(door: D) {
    let (client, session, token) = with_token(&door, Settings::development()).await;
    let [header, claims, signature] = session.access.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let demoted = token.clone().with_claim("role", "USER").signed();
    let other_claims = demoted.split('.').nth(1).expect("claims");
    let swapped: String = signature.chars().rev().collect();
    assert_refused(
        &client,
        [
            token.signed_with(Settings::REFRESH_SECRET.as_bytes()),
            token.signed_with(b""),
            token.signed_with(b"secret"),
            token.unsigned(),
            format!("{header}.{claims}"),
            format!("{header}.{other_claims}.{signature}"),
            format!("{header}.{claims}.{swapped}"),
            format!("{header}.{claims}.{}", &signature[..signature.len() - 1]),
            format!("{header}.{claims}.{signature}="),
            format!("{header}.{claims}.{signature}.{signature}"),
            format!("{header}.{claims}..{signature}"),
            format!(".{claims}.{signature}"),
            format!("{header}..{signature}"),
        ],
    )
    .await;
}

/// Another algorithm than the pinned one is refused, `none` above all.
pub async fn another_algorithm_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    for alg in ["none", "None", "NONE", "nOnE", "", "hs256", "HS384", "HS512", "RS256", "ES256", "EdDSA"] {
        let changed = token.clone().with_header("alg", alg);
        assert_refused(&client, [changed.signed(), changed.unsigned(), changed.signed_with_hs512()]).await;
    }
    assert_refused(&client, [token.signed_with_hs512()]).await;
    for alg in [Value::Null, json!(["HS256"]), json!(256)] {
        assert_refused(&client, [token.clone().with_header("alg", alg).signed()]).await;
    }
}

/// Another `typ` than `at+jwt`, or none, is refused.
pub async fn another_type_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    for typ in [
        json!("JWT"),
        json!("jwt"),
        json!("at"),
        json!("rt+jwt"),
        json!(""),
        Value::Null,
        json!(1),
        json!(["at+jwt"]),
    ] {
        assert_refused(&client, [token.clone().with_header("typ", typ).signed()]).await;
    }
    let mut without = token;
    without.header.as_object_mut().expect("an object").remove("typ");
    assert_refused(&client, [without.signed()]).await;
}

/// A header that brings its own key, or asks for something to be understood, is refused.
pub async fn a_header_that_brings_its_own_key_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    let url = "https://evil.example/keys.json";
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!(["x"])),
        ("crit", json!([])),
        ("zip", json!("DEF")),
        ("jwk", json!({ "kty": "oct", "k": "c2VjcmV0" })),
        ("jku", json!(url)),
        ("x5u", json!(url)),
        ("x5c", json!(["MIIB"])),
    ] {
        assert_refused(&client, [token.clone().with_header(name, value).signed()]).await;
    }
}

/// A `kid` that names no key of ours is refused, whatever it tries to be.
pub async fn an_unknown_key_id_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    for kid in [
        json!("unknown"),
        json!(""),
        json!("../../../../dev/null"),
        json!("' OR '1'='1"),
        json!(0),
        json!(["x"]),
        json!({}),
    ] {
        let changed = token.clone().with_header("kid", kid);
        assert_refused(&client, [changed.signed(), changed.signed_with(b"")]).await;
    }
}

/// Every claim is required.
pub async fn a_missing_claim_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    assert_refused(&client, CLAIMS.map(|claim| token.clone().without_claim(claim).signed())).await;
}

/// Every claim has its type, and an id is an id.
pub async fn an_ill_typed_claim_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    let mut forgeries = Vec::new();
    for claim in ["iss", "sub", "sid", "jti", "role"] {
        for value in [Value::Null, json!(1), json!(true), json!([token.claims[claim]]), json!({}), json!("")]
        {
            forgeries.push(token.clone().with_claim(claim, value).signed());
        }
    }
    for value in [Value::Null, json!(1), json!(true), json!({}), json!("")] {
        forgeries.push(token.clone().with_claim("aud", value).signed());
    }
    for claim in ["iat", "nbf", "exp"] {
        let text = token.number(claim).to_string();
        for value in [Value::Null, json!(text), json!(true), json!({}), json!([token.claims[claim]])] {
            forgeries.push(token.clone().with_claim(claim, value).signed());
        }
    }
    for claim in ["sub", "sid"] {
        for value in ["x", "0", "' OR '1'='1"] {
            forgeries.push(token.clone().with_claim(claim, value).signed());
        }
    }
    assert_refused(&client, forgeries).await;
}

/// Issuer and audience are matched exactly.
pub async fn another_issuer_or_audience_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    for other in ["other", "Auth-Server", "auth-server/", " auth-server", "auth-serve"] {
        assert_refused(&client, [token.clone().with_claim("iss", other).signed()]).await;
    }
    for other in [json!("other"), json!("API"), json!("api "), json!("ap"), json!(["other"]), json!([])] {
        assert_refused(&client, [token.clone().with_claim("aud", other).signed()]).await;
    }
}

/// A token that has expired, is not good yet, or would last longer than one may, is refused.
pub async fn a_token_out_of_its_time_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    let (iat, exp) = (token.number("iat"), token.number("exp"));
    let between = |from: i64, until: i64| {
        token.clone().with_claim("iat", from).with_claim("nbf", from).with_claim("exp", until).signed()
    };
    assert_refused(
        &client,
        [
            between(iat - 900, iat - 6),     // expired, and beyond any leeway
            between(iat - 1_800, iat - 900), // long ago
            between(iat + 60, exp + 60),     // issued in the future
            between(iat, iat + 901),         // a second too long
            between(iat, iat + 10 * 365 * 86_400),
            between(iat, i64::MAX),
            between(i64::MIN, i64::MAX),
            between(i64::MIN, exp),
            between(exp, iat), // the wrong way round
            token.clone().with_claim("nbf", iat + 60).signed(),
            token.clone().with_claim("nbf", i64::MAX).signed(),
            token.clone().with_claim("iat", i64::MAX).signed(),
            token.clone().with_claim("exp", u64::MAX).signed(),
            token.clone().with_claim("exp", json!(1e300)).signed(),
            token.clone().with_claim("exp", -1).signed(),
            token.clone().with_claim("exp", 0).signed(),
        ],
    )
    .await;
}

/// A well-signed token of another session, of an unknown one, or of another user, is refused.
pub async fn a_token_of_no_session_is_refused<D: Door>(door: D) {
    let (client, session, token) = with_token(&door, Settings::development()).await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert_refused(
        &client,
        [
            token.clone().with_claim("sid", unknown).signed(),
            token.clone().with_claim("sub", unknown).signed(),
        ],
    )
    .await;
    client.logout(&session.refresh).await.is(StatusCode::OK, LOGGED_OUT);
    assert_refused(&client, [token.signed()]).await;
}

/// A token of more than 8 KiB is refused, however well it is signed.
pub async fn an_oversized_token_is_refused<D: Door>(door: D) {
    let (client, _, token) = with_token(&door, Settings::development()).await;
    let huge = token.with_claim("jti", "x".repeat(7 * 1024)).signed();
    assert!(huge.len() > 8 * 1024 && huge.len() < 12 * 1024);
    assert_refused(&client, [huge]).await;
}

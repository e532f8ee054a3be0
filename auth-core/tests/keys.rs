//! Access tokens signed with keys instead of a secret: who can verify them, and how keys change.

mod support;

use std::sync::Arc;
use std::time::Duration;

use auth_core::{
    AccessKeys, Auth, AuthBuilder, BuildError, Jwks, LoggedIn, MemoryStore, OsEntropy, Refusal,
    SigningAlgorithm, SigningKey, SigningSecret, Verifier,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use support::{EMAIL, PASSWORD, SetClock, cheap, login, new_admin, open_policy};

const SECRET: &str = "qWx7Gd2Lr9Vt4Kp1Zs6Yb3Nf8Hm5Jc0T";
const REFRESH_SECRET: &str = "Mz8Xk1Rv5Tb2Wq7Ld4Hs9Gf6Pn3Yc0Jb";
const RSA: &[u8] = include_bytes!("data/keys/rsa2048.pem");

/// A key of each algorithm; of RSA always the same one, because those take long to make.
fn key(algorithm: SigningAlgorithm) -> SigningKey {
    match algorithm {
        SigningAlgorithm::Rs256 => SigningKey::from_pem(RSA).expect("it is a good key"),
        _ => SigningKey::generate(algorithm, &OsEntropy).expect("randomness"),
    }
}

fn secret() -> SigningSecret {
    SigningSecret::parse(SECRET.as_bytes()).expect("it is strong")
}

fn builder(store: &MemoryStore, clock: &Arc<SetClock>) -> AuthBuilder<MemoryStore> {
    Auth::builder(store.clone())
        .refresh_secret(REFRESH_SECRET)
        .policy(open_policy())
        .hashing(cheap())
        .clock(Arc::clone(clock))
}

/// An `Auth` with these keys, and an access token of it.
async fn signed_in(keys: AccessKeys, clock: &Arc<SetClock>) -> (Auth<MemoryStore>, String) {
    let auth = builder(&MemoryStore::new(), clock).access_keys(keys).build().expect("the keys are good");
    auth.bootstrap(new_admin()).await.expect("the store is empty");
    let token = log_in(&auth).await.access_token.expose().to_owned();
    (auth, token)
}

async fn log_in(auth: &Auth<MemoryStore>) -> LoggedIn {
    auth.login(login(EMAIL, PASSWORD)).await.expect("the password is right")
}

fn header(token: &str) -> Value {
    let header = token.split('.').next().expect("a first part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64url")).expect("JSON")
}

fn verifier(jwks: &Jwks, clock: &Arc<SetClock>) -> Verifier {
    let published = jwks.to_json();
    Verifier::new(Jwks::parse(published.as_bytes()).expect("it is a set")).with_clock(Arc::clone(clock))
}

#[tokio::test]
async fn each_algorithm_signs_what_its_public_key_verifies() {
    for algorithm in SigningAlgorithm::ALL {
        let clock = SetClock::new();
        let key = key(algorithm);
        let (auth, token) = signed_in(AccessKeys::new().signing_key(key.clone()), &clock).await;
        assert_eq!(header(&token), json!({"typ": "at+jwt", "alg": algorithm.as_str(), "kid": key.key_id()}));
        let identity = auth.authenticate(&token).expect("it is good");
        let verifier = verifier(&auth.jwks(), &clock);
        assert_eq!(verifier.verify(&token).as_ref(), Ok(&identity));
        assert_eq!(auth.me(&token).await.expect("they are known").id, identity.user_id);
        clock.pass(Duration::from_mins(15));
        assert_eq!(verifier.verify(&token), Err(Refusal::InvalidAccessToken));
    }
}

#[tokio::test]
async fn a_verifier_takes_tokens_for_its_issuer_and_audience_alone() {
    let clock = SetClock::new();
    let (auth, token) = signed_in(AccessKeys::new().signing_key(key(SigningAlgorithm::EdDsa)), &clock).await;
    let verifier = verifier(&auth.jwks(), &clock);
    assert!(verifier.clone().with_issuer("auth-server").with_audience("api").verify(&token).is_ok());
    assert!(verifier.clone().with_max_ttl(Duration::from_mins(15)).verify(&token).is_ok());
    for stranger in [
        verifier.clone().with_issuer("another"),
        verifier.clone().with_audience("another"),
        verifier.clone().with_max_ttl(Duration::from_secs(899)),
        Verifier::new(Jwks::default()).with_clock(Arc::clone(&clock)),
    ] {
        assert_eq!(stranger.verify(&token), Err(Refusal::InvalidAccessToken));
    }
}

/// The oldest trick: what verifies is public, and an HMAC takes any bytes for its secret.
#[tokio::test]
async fn a_public_key_is_never_taken_for_a_secret() {
    for algorithm in SigningAlgorithm::ALL {
        let clock = SetClock::new();
        let key = key(algorithm);
        let (auth, token) =
            signed_in(AccessKeys::new().signing_key(key.clone()).secret(secret()), &clock).await;
        let claims = token.split('.').nth(1).expect("claims");
        let jwk: Value = serde_json::from_str(&auth.jwks().to_json()).expect("JSON");
        let member = |name: &str| {
            jwk["keys"][0][name].as_str().map(|text| URL_SAFE_NO_PAD.decode(text).expect("base64url"))
        };
        let numbers = ["x", "y", "n", "e"].into_iter().filter_map(member);
        let guesses = numbers.clone().chain([
            numbers.flatten().collect(),
            jwk.to_string().into_bytes(),
            jwk["keys"][0].to_string().into_bytes(),
            Vec::new(),
        ]);
        for guess in guesses {
            for kid in [json!(key.key_id()), Value::Null] {
                let mut header = json!({"typ": "at+jwt", "alg": "HS256", "kid": kid});
                if kid.is_null() {
                    header.as_object_mut().expect("an object").remove("kid");
                }
                let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header.to_string()));
                let mac = Hmac::<Sha256>::new_from_slice(&guess).expect("any length will do");
                let tag = mac.chain_update(&message).finalize().into_bytes();
                let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
                assert_eq!(auth.authenticate(&forged), Err(Refusal::InvalidAccessToken));
                assert!(verifier(&auth.jwks(), &clock).verify(&forged).is_err());
            }
        }
    }
}

#[tokio::test]
async fn a_token_names_the_algorithm_of_its_key_or_is_refused() {
    let clock = SetClock::new();
    let keys = SigningAlgorithm::ALL.map(key);
    let all = keys.iter().fold(AccessKeys::new(), |all, key| all.signing_key(key.clone()));
    let (auth, token) = signed_in(all, &clock).await;
    let (_, rest) = token.split_once('.').expect("three parts");
    for (alg, kid) in ["EdDSA", "ES256", "RS256", "HS256", "none", "ES384", "RS512", "PS256", "eddsa"]
        .iter()
        .flat_map(|alg| keys.iter().map(move |key| (*alg, key.key_id())))
    {
        let header = json!({"typ": "at+jwt", "alg": alg, "kid": kid}).to_string();
        let renamed = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(auth.authenticate(&renamed), Err(Refusal::InvalidAccessToken), "{alg} {kid}");
    }
    assert!(auth.authenticate(&token).is_ok());
}

/// From a secret to a key and back, each step on two instances that do not take it at once.
#[tokio::test]
async fn keys_and_secrets_take_each_others_place_without_logging_anyone_out() {
    let (old, new) = (key(SigningAlgorithm::Es256), key(SigningAlgorithm::EdDsa));
    let steps = [
        AccessKeys::new().secret(secret()),
        AccessKeys::new().secret(secret()).signing_key(old.clone()),
        AccessKeys::new().signing_key(old.clone()).secret(secret()),
        AccessKeys::new().signing_key(old.clone()),
        AccessKeys::new().signing_key(old.clone()).verifying_key(new.public().clone()),
        AccessKeys::new().signing_key(new.clone()).verifying_key(old.public().clone()),
        AccessKeys::new().signing_key(new.clone()),
        AccessKeys::new().signing_key(new.clone()).secret(secret()),
        AccessKeys::new().secret(secret()).signing_key(new),
        AccessKeys::new().secret(secret()),
    ];
    let clock = SetClock::new();
    let store = MemoryStore::new();
    let instances =
        [0, 1].map(|_| builder(&store, &clock).access_secret(SECRET).build().expect("the keys are good"));
    instances[0].bootstrap(new_admin()).await.expect("the store is empty");
    let mut session = log_in(&instances[0]).await;
    for step in steps {
        for changing in &instances {
            changing.replace_access_keys(&step).expect("one of them signs");
            for auth in &instances {
                let refreshed =
                    auth.refresh(session.refresh.token.expose()).await.expect("they stay logged in");
                session.access_token = refreshed.access_token;
                if let Some(refresh) = refreshed.refresh {
                    session.refresh = refresh;
                }
                for asked in &instances {
                    asked.me(session.access_token.expose()).await.expect("they stay logged in");
                }
            }
        }
        clock.pass(Duration::from_mins(15));
    }
}

#[tokio::test]
async fn replacing_keys_reaches_every_clone_and_what_they_no_longer_hold_is_refused() {
    let clock = SetClock::new();
    let (old, new) = (key(SigningAlgorithm::EdDsa), key(SigningAlgorithm::EdDsa));
    let (auth, token) = signed_in(AccessKeys::new().signing_key(old), &clock).await;
    let clone = auth.clone();
    clone.replace_access_keys(&AccessKeys::new().signing_key(new.clone())).expect("it signs");
    assert_eq!(auth.authenticate(&token), Err(Refusal::InvalidAccessToken));
    assert_eq!(auth.jwks(), Jwks::from_iter([new.public().clone()]));
    assert_eq!(header(log_in(&auth).await.access_token.expose())["kid"], new.key_id());
}

#[tokio::test]
async fn keys_that_cannot_be_used_leave_the_old_ones_in_place() {
    let clock = SetClock::new();
    let (auth, token) = signed_in(AccessKeys::new().secret(secret()), &clock).await;
    let public = key(SigningAlgorithm::EdDsa).public().clone();
    let refresh = SigningSecret::parse(REFRESH_SECRET.as_bytes()).expect("it is strong");
    for (keys, flaw) in [
        (AccessKeys::new(), BuildError::AccessKeyMissing),
        (AccessKeys::new().verifying_key(public), BuildError::AccessKeyMissing),
        (AccessKeys::new().secret(refresh), BuildError::SecretsEqual),
    ] {
        assert_eq!(auth.replace_access_keys(&keys), Err(flaw));
        assert!(auth.authenticate(&token).is_ok());
    }
}

#[test]
fn secrets_are_published_nowhere() {
    let store = MemoryStore::new();
    let auth = builder(&store, &SetClock::new()).access_secret(SECRET).build().expect("the keys are good");
    assert_eq!(auth.jwks().to_json(), r#"{"keys":[]}"#);
    assert!(!format!("{auth:?} {:?}", AccessKeys::new().secret(secret())).contains(SECRET));
}

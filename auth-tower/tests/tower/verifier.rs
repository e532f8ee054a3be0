//! The guards of a service that issues nothing: made of a `Verifier`, without a store and a secret.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use auth_core::{
    AccessKeys, Auth, Fault, Jwks, KeySource, KeySourceError, Learning, MemoryStore, OsEntropy, Role, Roles,
    SigningAlgorithm, SigningKey, Verifier,
};
use auth_tower::{OptionalAuth, RequireAuth, RequirePermission, RequireRole};
use tower::Layer;

use crate::common::{self, Answer, SUPPORT, call, can, get};
use crate::guards::{bearing, insufficient, invalid, required, whoami};

/// An issuer that can be asked, or is down.
#[derive(Clone, Debug)]
struct Issuer {
    auth: Auth<MemoryStore>,
    known: Arc<RwLock<Jwks>>,
    down: bool,
    asked: Arc<AtomicUsize>,
}

impl KeySource for Issuer {
    fn known(&self) -> Jwks {
        self.known.read().unwrap().clone()
    }

    fn learn<'a>(&'a self, _: &'a str) -> Learning<'a> {
        Box::pin(async {
            self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if self.down {
                return Err(Fault::from(KeySourceError::new("connection refused")));
            }
            *self.known.write().unwrap() = self.auth.jwks();
            Ok(())
        })
    }
}

fn key() -> SigningKey {
    SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy).unwrap()
}

/// An issuer whose keys nobody knows yet, an access token of its admin, and what a guard says to them.
async fn issuer() -> (Issuer, String, Answer) {
    let auth = common::builder(MemoryStore::new()).build().unwrap();
    auth.replace_access_keys(&AccessKeys::new().signing_key(key())).unwrap();
    let session = common::log_in(&auth).await;
    let identity = auth.authenticate(session.access_token.expose()).unwrap();
    let body = format!("{} {} ADMIN", identity.user_id, identity.session_id);
    let welcome = Answer { status: 200, headers: Vec::new(), body };
    let issuer = Issuer { auth, known: Arc::default(), down: false, asked: Arc::default() };
    (issuer, session.access_token.expose().to_owned(), welcome)
}

#[tokio::test]
async fn a_guard_of_a_verifier_answers_as_one_of_the_issuer() {
    let (issuer, token, welcome) = issuer().await;
    let roles = Roles::default().with(Role::ADMIN, [can::ReadOrders]);
    let verifier = Verifier::new(issuer.auth.jwks()).with_roles(roles);
    let logged_in = RequireAuth::new(verifier.clone()).layer(whoami());
    assert_eq!(call(&logged_in, bearing(&token)).await, welcome);
    assert_eq!(call(&logged_in, bearing("x.y.z")).await, invalid());
    assert_eq!(call(&logged_in, get("/api/orders")).await, required());
    let open = OptionalAuth::new(verifier.clone()).layer(whoami());
    assert_eq!(call(&open, bearing(&token)).await, welcome);
    assert_eq!(call(&open, bearing("x.y.z")).await, invalid());
    assert_eq!(call(&open, get("/api/orders")).await.body, "nobody");
    let admins = RequireRole::new(verifier.clone(), Role::ADMIN).layer(whoami());
    assert_eq!(call(&admins, bearing(&token)).await, welcome);
    let support = RequireRole::new(verifier.clone(), SUPPORT).layer(whoami());
    assert_eq!(call(&support, bearing(&token)).await, insufficient());
    let readers = RequirePermission::new(verifier.clone(), can::ReadOrders).layer(whoami());
    assert_eq!(call(&readers, bearing(&token)).await, welcome);
    let writers = RequirePermission::new(verifier, can::WriteOrders).layer(whoami());
    assert_eq!(call(&writers, bearing(&token)).await, insufficient());
}

#[tokio::test]
async fn a_key_that_is_not_known_is_asked_for_while_the_request_waits() {
    let (issuer, token, welcome) = issuer().await;
    let guard = RequireAuth::new(Verifier::new(issuer.clone())).layer(whoami());
    assert_eq!(call(&guard, bearing(&token)).await, welcome);
    assert_eq!(call(&guard, bearing(&token)).await, welcome);
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 1);
    assert_eq!(call(&guard, bearing("x.y.z")).await, invalid());
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 1, "what is no token at all asks for nothing");
}

#[tokio::test]
async fn an_issuer_that_is_down_logs_nobody_out() {
    let (issuer, token, welcome) = issuer().await;
    let down = Issuer { down: true, ..issuer.clone() };
    let guard = RequireAuth::new(Verifier::new(down)).layer(whoami());
    let unavailable = Answer::json(503, &[("retry-after", "1")], r#"{"error":"Service unavailable"}"#);
    assert_eq!(call(&guard, bearing(&token)).await, unavailable);
    *issuer.known.write().unwrap() = issuer.auth.jwks();
    assert_eq!(call(&guard, bearing(&token)).await, welcome);
}

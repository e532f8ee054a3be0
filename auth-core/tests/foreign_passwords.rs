//! Logging in with a password whose hash came from elsewhere.

mod support;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use auth_core::store::UserStore;
use auth_core::{
    Auth, AuthBuilder, Error, Fault, MemoryStore, PasswordHash, PasswordVerifier, Policy, Refusal,
    Verification,
};
use serde_json::Value;
use support::{SetClock, builder, email, empty_world, login, refusal};

const ADDRESS: &str = "person@example.com";

/// One password and its hash of each maker and kind: see `known_answers/make.sh`.
fn one_of_each() -> BTreeMap<String, (String, String)> {
    let mut answers = BTreeMap::<_, Vec<_>>::new();
    for text in [
        include_str!("known_answers/node.jsonl"),
        include_str!("known_answers/python.jsonl"),
        include_str!("known_answers/passlib.jsonl"),
    ] {
        for line in text.lines() {
            let answer: Value = serde_json::from_str(line).expect("a line is an answer");
            let text = |key: &str| answer[key].as_str().expect("a text").to_owned();
            let pair = (text("password"), text("hash"));
            answers.entry(format!("{}, {}", text("maker"), text("kind"))).or_default().push(pair);
        }
    }
    // Another password for each, so that all of them have their turn.
    let choose =
        |(nth, (made, mut pairs)): (usize, (_, Vec<_>))| (made, pairs.swap_remove(nth % pairs.len()));
    answers.into_iter().enumerate().map(choose).collect()
}

async fn stored(store: &MemoryStore) -> PasswordHash {
    store.credentials(&email(ADDRESS)).await.expect("memory").expect("a user").password.expect("a hash")
}

fn is_argon2id(hash: &PasswordHash) -> bool {
    hash.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$")
}

#[tokio::test]
async fn whoever_comes_from_elsewhere_logs_in_and_the_hash_becomes_argon2id() {
    let answers = one_of_each();
    assert_eq!(answers.len(), 38, "makers and kinds");
    for (made, (password, hash)) in answers {
        let world = empty_world(Policy::default());
        world.put_user(ADDRESS, Some(&hash), None);

        let wrong = world.auth.login(login(ADDRESS, &format!("x{password}"))).await;
        assert_eq!(refusal(wrong), Refusal::InvalidCredentials, "{made}");
        assert_eq!(stored(&world.store).await.expose(), hash, "{made}");

        let session = world.auth.login(login(ADDRESS, &password)).await.expect(&made);
        assert!(world.auth.me(session.access_token.expose()).await.is_ok(), "{made}");
        let renewed = stored(&world.store).await;
        // What is as good as a new hash already stays.
        let is_kept = hash.starts_with("$argon2id$v=19$") && renewed.expose() == hash;
        assert!(is_argon2id(&renewed) || is_kept, "{made}: {hash}");

        world.auth.login(login(ADDRESS, &password)).await.expect(&made);
        assert!(stored(&world.store).await.same_as(&renewed), "{made}");
        let wrong = world.auth.login(login(ADDRESS, &format!("{password}x"))).await;
        assert_eq!(refusal(wrong), Refusal::InvalidCredentials, "{made}");
    }
}

/// bcryptjs hashed "Zoe" with a combining diaeresis, as a keyboard may send it.
#[tokio::test]
async fn a_hash_of_what_was_typed_is_replaced_by_one_of_its_normal_form() {
    const TYPED: &str = "Zoe\u{308} types decomposed";
    const COMPOSED: &str = "Zo\u{eb} types decomposed";
    let line = include_str!("known_answers/node.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line is an answer"))
        .find(|answer| answer["maker"] == "npm bcryptjs" && answer["password"] == TYPED)
        .expect("there is one");
    let world = empty_world(Policy::default());
    world.put_user(ADDRESS, line["hash"].as_str(), None);

    let composed = world.auth.login(login(ADDRESS, COMPOSED)).await;
    assert_eq!(refusal(composed), Refusal::InvalidCredentials, "the other system knew no such spelling");
    world.auth.login(login(ADDRESS, TYPED)).await.expect("it is what was typed");
    assert!(is_argon2id(&stored(&world.store).await));
    for text in [TYPED, COMPOSED] {
        world.auth.login(login(ADDRESS, text)).await.expect("one password now");
    }
}

#[tokio::test]
async fn a_hash_beyond_the_ceilings_is_a_refused_login_and_a_line_in_the_log() {
    for hash in [
        "$2b$31$abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE",
        "$scrypt$ln=63,r=4294967295,p=4294967295$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "pbkdf2_sha256$4294967295$salt$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=",
        "$argon2i$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$2x$04$abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE",
    ] {
        let world = empty_world(Policy::default());
        world.put_user(ADDRESS, Some(hash), None);
        let (log, _listening) = Log::listen();
        assert_eq!(refusal(world.auth.login(login(ADDRESS, "anything")).await), Refusal::InvalidCredentials);
        assert_eq!(stored(&world.store).await.expose(), hash);
        let told = log.text();
        assert_eq!(told.matches("hash_unusable").count(), 1, "{told}");
        assert!(!told.contains(hash), "{told}");
    }
}

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panics here")).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes hashes that begin with `takes`; what follows is the password, or an instruction.
struct Plain {
    takes: &'static str,
}

impl PasswordVerifier for Plain {
    fn recognises(&self, stored: &PasswordHash) -> bool {
        stored.expose().starts_with(self.takes)
    }

    fn verify(&self, stored: &PasswordHash, password: &[u8]) -> Verification {
        let known = stored.expose().strip_prefix(self.takes).expect("it was recognised");
        match known {
            "panic" => panic!("on purpose"),
            "unusable" => Verification::Unusable,
            known if known.as_bytes() == password => Verification::Right,
            _ => Verification::Wrong,
        }
    }
}

fn with(store: &MemoryStore, verifiers: impl IntoIterator<Item = Plain>) -> Auth<MemoryStore> {
    let builder = builder(store, &SetClock::new(), Policy::default());
    verifiers.into_iter().fold(builder, AuthBuilder::verifier).build().expect("it is fine")
}

fn seeded(hash: &str) -> MemoryStore {
    let world = empty_world(Policy::default());
    world.put_user(ADDRESS, Some(hash), None);
    world.store
}

#[tokio::test]
async fn an_embedders_verifier_lets_its_own_kind_in_and_the_hash_becomes_argon2id() {
    let store = seeded("$mine$a password");
    let auth = with(&store, [Plain { takes: "$other$" }, Plain { takes: "$mine$" }]);
    assert_eq!(refusal(auth.login(login(ADDRESS, "another")).await), Refusal::InvalidCredentials);
    auth.login(login(ADDRESS, "a password")).await.expect("it is right");
    assert!(is_argon2id(&stored(&store).await));
    auth.login(login(ADDRESS, "a password")).await.expect("it is right");
}

#[tokio::test]
async fn verifiers_are_asked_in_order_and_only_about_what_they_recognise() {
    let store = seeded("$mine$first$a password");
    // The second would let "first$a password" in.
    let auth = with(&store, [Plain { takes: "$mine$first$" }, Plain { takes: "$mine$" }]);
    assert_eq!(refusal(auth.login(login(ADDRESS, "first$a password")).await), Refusal::InvalidCredentials);
    auth.login(login(ADDRESS, "a password")).await.expect("it is the first's");

    let store = seeded("$mine$a password");
    let auth = with(&store, [Plain { takes: "$other$" }]);
    assert_eq!(refusal(auth.login(login(ADDRESS, "a password")).await), Refusal::InvalidCredentials);
}

#[tokio::test]
async fn built_in_kinds_come_first_and_what_they_refuse_is_offered_on() {
    const BEYOND: &str = "$2b$31$abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE";
    const WITHIN: &str = "$2b$04$abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE";
    for (hash, is_offered) in [(BEYOND, true), (WITHIN, false)] {
        let store = seeded(hash);
        let auth = with(&store, [Plain { takes: "$2b$" }]);
        let outcome = auth.login(login(ADDRESS, &hash["$2b$".len()..])).await;
        assert_eq!(outcome.is_ok(), is_offered, "{hash}");
    }
}

#[tokio::test]
async fn a_verifier_may_find_a_hash_unusable() {
    let store = seeded("$mine$unusable");
    let auth = with(&store, [Plain { takes: "$mine$" }]);
    assert_eq!(refusal(auth.login(login(ADDRESS, "unusable")).await), Refusal::InvalidCredentials);
}

#[tokio::test]
async fn a_panic_in_a_verifier_is_a_fault_of_that_login_and_of_no_other() {
    let broken = seeded("$mine$panic");
    let auth = with(&broken, [Plain { takes: "$mine$" }]);
    // More often than there are threads: none of them is lost.
    for _ in 0..20 {
        let outcome = auth.login(login(ADDRESS, "a password")).await;
        assert!(matches!(outcome, Err(Error::Failed(Fault::Internal(_)))), "{outcome:?}");
    }
    assert_eq!(refusal(auth.login(login("nobody@example.com", "x")).await), Refusal::InvalidCredentials);
}

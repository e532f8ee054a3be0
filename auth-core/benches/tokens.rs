//! What tokens cost: an access token of each algorithm, signed and verified, and a refresh token read, judged
//! and sealed.
//!
//! Verified means what a stateless guard does: signature, header, claims and time. A token of a public
//! key is verified in full once and remembered then, so both are measured. A refresh within the grace reads
//! and judges a refresh token and signs an access token; a rotation seals a refresh token besides; one that is
//! forged or mangled is only read.
//!
//! `cargo bench -p auth-core --bench tokens`

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;
use std::time::Duration;

use auth_core::{
    AccessKeys, Auth, Bootstrap, Email, Jwks, Login, MemoryStore, Name, NewAdmin, OsEntropy, Password,
    Policy, SigningAlgorithm, SigningKey, SigningSecret, Verifier,
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

const PASSWORD: &str = "StrongPassword123!";

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime can be started")
}

/// An issuer with one account. Without a grace its refreshes all rotate.
fn issuer(keys: AccessKeys, reuse_grace: Duration) -> Auth<MemoryStore> {
    let policy = Policy { bootstrap: Bootstrap::Open, reuse_grace, ..Policy::default() };
    let auth = Auth::builder(MemoryStore::new()).access_keys(keys).random_refresh_secret().policy(policy);
    let auth = auth.build().expect("strong keys");
    let name = Name::parse("Admin").expect("a name");
    let admin = NewAdmin::new(email(), password(), name);
    runtime().block_on(auth.bootstrap(admin)).expect("the store is empty");
    auth
}

fn email() -> Email {
    Email::parse("admin@example.com").expect("an address")
}

fn password() -> Password {
    Password::parse(PASSWORD).expect("a password")
}

fn measure(c: &mut Criterion, name: &str, keys: AccessKeys) {
    let runtime = runtime();
    let auth = issuer(keys.clone(), Duration::ZERO);
    let session = runtime.block_on(auth.login(Login::new(email(), password()))).expect("it is right");
    let access = session.access_token;
    auth.authenticate(access.expose()).expect("it is good");
    c.bench_function(&format!("{name}, verified again"), |b| {
        b.iter(|| auth.authenticate(black_box(access.expose())));
    });
    let published = auth.jwks();
    if !published.is_empty() {
        let json = published.to_json();
        c.bench_function(&format!("{name}, verified for the first time"), |b| {
            let nothing_remembered = || Verifier::new(Jwks::parse(json.as_bytes()).expect("our own"));
            b.iter_batched(
                nothing_remembered,
                |verifier| verifier.verify(access.expose()),
                BatchSize::SmallInput,
            );
        });
    }
    let mut refresh = session.refresh.token;
    c.bench_function(&format!("{name}, a rotation with both tokens minted"), |b| {
        b.iter(|| {
            let next = runtime.block_on(auth.refresh(refresh.expose())).expect("it is current");
            refresh = next.refresh.expect("without a grace every refresh rotates").token;
        });
    });
    // What is presented here is current and never old: it is answered with itself.
    let patient = issuer(keys, Duration::from_mins(5));
    let session = runtime.block_on(patient.login(Login::new(email(), password()))).expect("it is right");
    let first = runtime.block_on(patient.refresh(session.refresh.token.expose())).expect("it is fresh");
    let current = first.refresh.expect("the first refresh rotates").token;
    c.bench_function(&format!("{name}, a refresh with an access token minted"), |b| {
        b.iter(|| runtime.block_on(patient.refresh(black_box(current.expose()))));
    });
}

fn tokens(c: &mut Criterion) {
    let secret = SigningSecret::random(&OsEntropy).expect("randomness");
    measure(c, "HS256", AccessKeys::new().secret(secret));
    for algorithm in [SigningAlgorithm::EdDsa, SigningAlgorithm::Es256, SigningAlgorithm::Rs256] {
        let key = SigningKey::generate(algorithm, &OsEntropy).expect("randomness");
        measure(c, algorithm.as_str(), AccessKeys::new().signing_key(key));
    }
}

criterion_group!(benches, tokens);
criterion_main!(benches);

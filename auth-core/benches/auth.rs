//! What the verbs without a hash cost on the memory store: everything but the database and the wire.
//!
//! `cargo bench -p auth-core --bench auth`

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;

use auth_core::{Auth, Bootstrap, Email, Login, MemoryStore, Name, NewAdmin, Password, Policy};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

const PASSWORD: &str = "StrongPassword123!";

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime can be started")
}

fn email(text: &str) -> Email {
    Email::parse(text).expect("a good address")
}

fn login(address: &str, password: &str) -> Login {
    Login::new(email(address), Password::parse(password).expect("a password"))
}

fn auth(runtime: &Runtime) -> Auth<MemoryStore> {
    let policy = Policy { bootstrap: Bootstrap::Open, ..Policy::default() };
    let auth =
        Auth::builder(MemoryStore::new()).random_secrets().policy(policy).build().expect("strong secrets");
    let name = Name::parse("Admin").expect("a good name");
    let password = Password::parse(PASSWORD).expect("a password");
    let admin = NewAdmin::new(email("admin@example.com"), password, name);
    runtime.block_on(auth.bootstrap(admin)).expect("the store is empty");
    auth
}

fn cheap_verbs(c: &mut Criterion) {
    let runtime = runtime();
    let auth = auth(&runtime);
    let session = runtime.block_on(auth.login(login("admin@example.com", PASSWORD))).expect("it is right");
    let access = session.access_token;
    c.bench_function("authenticate", |b| b.iter(|| auth.authenticate(black_box(access.expose()))));
    c.bench_function("me", |b| b.iter(|| runtime.block_on(auth.me(black_box(access.expose())))));
    // The first refresh after a login rotates; what it gives is current, and young for ten seconds.
    let first = runtime.block_on(auth.refresh(session.refresh.token.expose())).expect("it is fresh");
    let refresh = first.refresh.expect("it rotated").token;
    c.bench_function("refresh", |b| {
        b.iter(|| runtime.block_on(auth.refresh(black_box(refresh.expose()))));
    });
    c.bench_function("refresh, mangled", |b| {
        let mangled = &refresh.expose()[1..];
        b.iter(|| runtime.block_on(auth.refresh(black_box(mangled))));
    });
    c.bench_function("refresh, forged", |b| {
        let mut forged = refresh.expose().to_owned();
        forged.replace_range(50..51, if &forged[50..51] == "A" { "B" } else { "A" });
        b.iter(|| runtime.block_on(auth.refresh(black_box(&forged))));
    });
}

criterion_group!(benches, cheap_verbs);
criterion_main!(benches);

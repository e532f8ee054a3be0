//! What goes in comes out, to the byte: text, ids, hashes, roles and times.

use auth_core::store::{Opening, Rotation, SessionKey};
use auth_core::{
    Email, EndReason, Name, NewUser, PasswordHash, Role, SecretHash, SessionId, Timestamp, UserId,
};

use crate::harness::Harness;
use crate::stage::{Facts, NOW, Stage, advance, at, key, opening, person, user};

/// Insists that this person can be put in, found by address, and logged in, all unchanged.
async fn assert_survives<H: Harness>(stage: &Stage<H>, person: &NewUser, number: u16) {
    stage.put(&user(person), Some(&person.password)).await;
    let found = stage.credentials(person.email.clone()).await.expect("found by address");
    assert_eq!(found.user, user(person));
    assert!(found.password.expect("with a password").same_as(&person.password));
    let key = stage.session(person, number).await;
    assert_eq!(stage.find(key.id).await.expect("the session is there").user, user(person));
}

/// Any name that the core admits survives: four-byte characters, combining marks in either
/// normal form, right-to-left text, what looks like SQL, and 200 code points of it.
pub async fn any_name_survives<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let longest = "🦊".repeat(Name::MAX_CHARS);
    let names = [
        longest.as_str(),
        "Zoë",        // one code point
        "Zoe\u{308}", // two, for the same letter
        "שָׁלוֹם ‏مرحبا‎ (2)",
        "👩\u{200d}👩\u{200d}👧\u{200d}👦 ﷽ Ǆ ß İı",
        "Robert'); DROP TABLE users;-- \\ \" % _ ? $1 :name {} \\0",
        "a\u{301}\u{323}\u{300}\u{36f}",
        "\u{fffd}\u{fffe}\u{10ffff}\u{e000}",
        "\u{feff}x\u{200b}",
    ];
    for (number, name) in (1..).zip(names) {
        let name = Name::parse(name).expect("the core admits the name");
        assert_survives(&stage, &NewUser { name, ..person(number) }, number).await;
    }
}

/// Any address that the core admits survives: 254 bytes, and every character of an atom.
pub async fn any_address_survives<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let longest = format!("{}@{}.example", "a".repeat(244 - 64), "b".repeat(63));
    let longest = format!("{}{longest}", "c".repeat(Email::MAX_BYTES - longest.len()));
    assert_eq!(longest.len(), Email::MAX_BYTES);
    let addresses = [
        longest.as_str(),
        "!#$%&'*+/=?^_`{|}~-.0123456789abcdefghijklmnopqrstuvwxyz@a-b.c",
        "..@x",
        "%@x",
        "_@x",
        "'or'1'='1@x",
    ];
    for (number, address) in (1..).zip(addresses) {
        let email = Email::parse(address).expect("the core admits the address");
        assert_survives(&stage, &NewUser { email, ..person(number) }, number).await;
    }
}

/// The first admin survives creation with the longest and strangest values there are.
pub async fn a_strange_first_admin_survives<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = NewUser {
        id: UserId::from_bytes([0xFF; 16]),
        email: Email::parse("!#$%&'*+/=?^_`{|}~-@x").expect("a good address"),
        name: Name::parse(&"🦊".repeat(Name::MAX_CHARS)).expect("a good name"),
        role: Role::parse("X2345678901234567890123456789_12").expect("a good role"),
        password: PasswordHash::new(format!("$argon2id$v=19$m=1048576,t=64,p=16$c2Fs${}", "h/+".repeat(100))),
    };
    assert_eq!(stage.create_first_admin(admin.clone()).await, auth_core::store::FirstAdmin::Created);
    let found = stage.credentials(admin.email.clone()).await.expect("the admin is there");
    assert_eq!(found.user, user(&admin));
    assert!(found.password.expect("with a password").same_as(&admin.password));
}

/// Ids and secrets of any bytes survive, and are told apart by each of them.
pub async fn ids_and_secrets_of_any_bytes_survive<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let mut patterns = vec![[0; 16], [0xFF; 16], [0x27; 16], [0x80; 16]];
    patterns.extend((0..16).map(|place| {
        let mut bytes = [0; 16];
        bytes[place] = 1;
        bytes
    }));
    for (number, bytes) in (1..).zip(&patterns) {
        let id = UserId::from_bytes(*bytes);
        let someone = NewUser { id, ..person(number) };
        stage.put(&user(&someone), Some(&someone.password)).await;
        let mut secret = [bytes[0]; 32];
        secret[16..].copy_from_slice(bytes);
        let key = SessionKey { id: SessionId::from_bytes(*bytes), secret: SecretHash::from_bytes(secret) };
        let wanted = opening(&someone, key);
        assert!(stage.open(wanted.clone(), NOW).await.is_opened());
        let found = stage.find(key.id).await.expect("the session is there");
        assert_eq!((Facts::from(&found.session), found.user.id), (Facts::of(&wanted), id));
    }
    for bytes in &patterns {
        let found = stage.find(SessionId::from_bytes(*bytes)).await.expect("each is there still");
        assert_eq!(found.user.id.to_bytes(), *bytes);
    }
}

/// Every role that the core admits survives.
pub async fn any_role_survives<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    for (number, role) in (1..).zip(["ADMIN", "USER", "A", "SUPPORT_2", "ABCDEFGHIJKLMNOPQRSTUVWXYZ_01234"]) {
        let role = Role::parse(role).expect("the core admits the role");
        assert_survives(&stage, &NewUser { role, ..person(number) }, number).await;
    }
}

/// Times survive to the millisecond, from before the epoch to the end of time, and are compared
/// as numbers, not as text.
pub async fn times_survive_to_the_millisecond<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let instants =
        [-62_135_596_800_001, -1, 0, 1, 999, 9_999_999_999_999, 10_000_000_000_000, 253_402_300_800_000];
    for (number, millis) in (1..).zip(instants) {
        let now = Timestamp::from_millis(millis);
        let later = |by: i64| Timestamp::from_millis(millis + by);
        let key = key(number);
        let wanted = Opening { expires_at: later(5), ends_at: later(9), ..opening(&admin, key) };
        assert!(stage.open(wanted.clone(), now).await.is_opened());
        assert_eq!(stage.row(key).await, Facts::of(&wanted));
        let step = Rotation { settled_by: now, expires_at: later(7), ..advance(key, 0) };
        let made = stage.rotate(step, later(4)).await.expect("live until the fifth millisecond");
        assert_eq!(made.session.rotated_at, Some(later(4)));
        let early = Rotation { settled_by: later(3), expires_at: Timestamp::MAX, ..advance(key, 1) };
        assert!(stage.rotate(early, later(6)).await.is_none(), "not settled, {millis}");
        let settled = Rotation { settled_by: later(4), ..early };
        assert!(stage.rotate(settled, later(7)).await.is_none(), "expired, {millis}");
        let made = stage.rotate(settled, later(6)).await.expect("settled, and live");
        assert_eq!((made.session.rotated_at, made.session.expires_at), (Some(later(6)), later(9)));
        assert_eq!(stage.end(key, EndReason::Logout, later(8)).await, Some(admin.id));
        stage.assert_ended(key, EndReason::Logout, later(8)).await;
    }
}

/// A session may last to the end of time, because the core's arithmetic stops there.
pub async fn a_session_may_last_to_the_end_of_time<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let endless = Opening { expires_at: Timestamp::MAX, ends_at: Timestamp::MAX, ..opening(&admin, key(1)) };
    assert!(stage.open(endless.clone(), NOW).await.is_opened());
    assert_eq!(stage.row(key(1)).await, Facts::of(&endless));
    let step = Rotation { expires_at: Timestamp::MAX, ..advance(key(1), 0) };
    let made = stage.rotate(step, at(1)).await.expect("the step is made");
    assert_eq!(made.session.expires_at, Timestamp::MAX);
    assert_eq!(stage.sweep(at(1), 10).await, 0);
}

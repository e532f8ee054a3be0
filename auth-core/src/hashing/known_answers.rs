//! Tests that hashes made by other people's implementations are verified, all of them.

use serde::Deserialize;

use crate::password::Password;
use crate::secret::PasswordHash;

use super::argon2::{self, Argon2Cost};
use super::judge::Judge;
use super::kind::Verdict;

/// One line of what `tests/known_answers/make.sh` makes.
#[derive(Deserialize)]
struct Answer {
    maker: String,
    kind: String,
    password: String,
    hash: String,
}

fn answers() -> Vec<Answer> {
    [
        include_str!("../../tests/known_answers/node.jsonl"),
        include_str!("../../tests/known_answers/python.jsonl"),
        include_str!("../../tests/known_answers/passlib.jsonl"),
    ]
    .into_iter()
    .flat_map(str::lines)
    .map(|line| serde_json::from_str(line).expect("a line is an answer"))
    .collect()
}

fn judge() -> Judge {
    let dummy = argon2::hash(Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 }, &[1; 16], b"a dummy");
    Judge::new(Argon2Cost::default(), dummy.expect("a good cost"), Vec::new())
}

#[test]
fn each_is_recognised_and_verifies_its_password_and_no_other() {
    let judge = judge();
    for Answer { maker, kind, password, hash } in answers() {
        let stored = PasswordHash::new(hash);
        assert!(judge.recognises(&stored), "{maker} {kind} {password}");

        // Only Argon2id of at least today's cost is as good as a new hash.
        let right = match (maker.as_str(), kind.as_str()) {
            (_, "argon2id as it comes") => Verdict::Right,
            _ => Verdict::RightButWeak,
        };
        let typed = Password::parse(&password).expect("a password");
        assert_eq!(judge.judge(Some(&stored), &typed), right, "{maker} {kind} {password}");

        let other = Password::parse(&format!("x{password}")).expect("a password");
        assert_eq!(judge.judge(Some(&stored), &other), Verdict::Wrong, "{maker} {kind} {password}");
    }
}

#[test]
fn bcrypt_reads_the_first_72_bytes_and_everything_else_reads_all() {
    let judge = judge();
    let long: Vec<_> = answers().into_iter().filter(|answer| answer.password.len() > 72).collect();
    assert!(!long.is_empty());
    for Answer { maker, kind, password, hash } in long {
        let other_end = Password::parse(&format!("{password}!")).expect("a password");
        let verdict = judge.judge(Some(&PasswordHash::new(hash)), &other_end);
        let is_cut = kind.starts_with("bcrypt 2");
        let expected = if is_cut { Verdict::RightButWeak } else { Verdict::Wrong };
        assert_eq!(verdict, expected, "{maker} {kind} {password}");
    }
}

#[test]
fn at_71_and_72_bytes_every_byte_counts() {
    let judge = judge();
    for Answer { maker, kind, password, hash } in answers() {
        if !matches!(password.len(), 71 | 72) {
            continue;
        }
        let stored = PasswordHash::new(hash);
        let shorter = Password::parse(&password[..password.len() - 1]).expect("a password");
        assert_eq!(judge.judge(Some(&stored), &shorter), Verdict::Wrong, "{maker} {kind} {password}");
        if password.len() == 71 {
            let longer = Password::parse(&format!("{password}!")).expect("a password");
            assert_eq!(judge.judge(Some(&stored), &longer), Verdict::Wrong, "{maker} {kind} {password}");
        }
    }
}

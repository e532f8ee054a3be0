//! That secrets are wiped: this process searches its own memory for them.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use auth_core::{Auth, Entropy, MemoryStore, OsEntropy};
use secrecy::zeroize::Zeroizing;

use super::super::environment::read_file;
use super::*;

/// A secret that is put together anew wherever it is needed, so that the search finds only what
/// the code under test has left. It is long: where a short one was, something else soon is.
struct Riddle([u8; 64]);

/// Shorter than what [`Riddle::byte`] needs until it repeats itself.
const LENGTH: usize = 3_900;

/// How much of it counts as a piece, and where the pieces are that are searched for.
const PIECE: usize = 32;
const PIECES: [usize; 4] = [800, 1_600, 2_400, 3_200];

impl Riddle {
    fn new() -> Self {
        let mut seed = [0; 64];
        OsEntropy.fill(&mut seed).expect("the system has randomness");
        Self(seed)
    }

    fn byte(&self, at: usize) -> u8 {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let (one, other) = (self.0[at % 64], self.0[(at + at / 64 * 7) % 61]);
        DIGITS[usize::from(one ^ other.rotate_left(3)) % 64]
    }

    fn text(&self) -> Zeroizing<Vec<u8>> {
        let mut text = Zeroizing::new(Vec::with_capacity(LENGTH));
        text.extend((0..LENGTH).map(|at| self.byte(at)));
        text
    }

    /// How many of its pieces stand in memory.
    fn pieces(&self) -> usize {
        let memory = File::open("/proc/self/mem").expect("it is Linux");
        let maps = fs::read_to_string("/proc/self/maps").expect("it is Linux");
        let begins = PIECES.map(|piece| self.byte(piece));
        let is_piece = |bytes: &[u8]| {
            let is_at =
                |piece: usize| bytes.iter().enumerate().all(|(at, byte)| self.byte(piece + at) == *byte);
            begins.contains(&bytes[0]) && PIECES.into_iter().any(is_at)
        };
        let mut found = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (range, _) = line.split_once(' ').expect("a range and more");
            let (from, to) = range.split_once('-').expect("two addresses");
            let address = |text| u64::from_str_radix(text, 16).expect("it is in hex");
            // What is read overlaps, so that no piece hides between two pages.
            let mut page = [0; 4_096 + PIECE - 1];
            for at in (address(from)..address(to)).step_by(4_096) {
                // Another test may have given it back by now.
                let Ok(read) = memory.read_at(&mut page, at) else { continue };
                found += page[..read].windows(PIECE).filter(|bytes| is_piece(bytes)).count();
            }
        }
        found
    }
}

#[test]
fn nothing_is_left_of_a_secret_when_its_configuration_is_gone() {
    let (in_variable, in_file, in_list) = (Riddle::new(), Riddle::new(), Riddle::new());
    let all = [&in_variable, &in_file, &in_list];
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    fs::write(&file, &*in_file.text()).expect("written");
    let var = |name: &str| match name {
        "NODE_ENV" => Some("production".into()),
        "JWT_ACCESS_SECRET" | "JWT_REFRESH_SECRET_PREVIOUS" => {
            let riddle = if name == "JWT_ACCESS_SECRET" { &in_variable } else { &in_list };
            Some(OsString::from(str::from_utf8(&riddle.text()).expect("ASCII")))
        }
        "JWT_REFRESH_SECRET_FILE" => Some(file.clone().into_os_string()),
        _ => None,
    };
    let config = Config::from_env(var, read_file).expect("all is well");
    let given: Vec<_> = config.keys.given().map(|(_, secret)| secret).collect();
    let builder = Auth::builder(MemoryStore::new()).access_secret(given[0]);
    let auth = builder.refresh_secret(given[1]).refresh_secret(given[2]).build().expect("strong ones");
    assert!(auth.authenticate("no token").is_err());
    assert!(all.iter().all(|riddle| riddle.pieces() >= PIECES.len()), "the search finds what is there");
    drop((config, auth));
    assert_eq!(all.map(Riddle::pieces), [0; 3]);
}

//! Argon2id with the default cost, by different hands.
#![expect(
    unsafe_code,
    reason = "what is written in C has no safe interface, and is measured here, not shipped"
)]

use std::error::Error;
use std::ffi::{c_char, c_int, c_ulonglong, c_void};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use auth_core::Argon2Cost;
use clap::ValueEnum;
use libloading::Library;

/// Who computes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kernel {
    /// What `auth-core` computes with: `RustCrypto`'s, in memory that is kept.
    Ours,
    /// What `auth-core` computes with where it is built with `simd-argon2`.
    Simd,
    /// The reference implementation, as the system has it.
    Libargon2,
    /// Libsodium's, as the system has it.
    Libsodium,
}

/// Computes a hash of always the same.
pub type Hash = Box<dyn FnMut() -> [u8; 32]>;

const PASSWORD: &[u8] = b"StrongPassword123!";
const SALT: [u8; 16] = [7; 16];

type HashRaw = unsafe extern "C" fn(
    u32,
    u32,
    u32,
    *const c_void,
    usize,
    *const c_void,
    usize,
    *mut c_void,
    usize,
) -> c_int;
type CryptoPwhash = unsafe extern "C" fn(
    *mut u8,
    c_ulonglong,
    *const c_char,
    c_ulonglong,
    *const u8,
    c_ulonglong,
    usize,
    c_int,
) -> c_int;

impl Kernel {
    /// A thread's own.
    ///
    /// # Errors
    ///
    /// Where the library is not installed.
    pub fn load(self) -> Result<Hash, Box<dyn Error + Send + Sync>> {
        Ok(match self {
            Self::Ours => ours(),
            Self::Simd => simd(),
            Self::Libargon2 => libargon2()?,
            Self::Libsodium => libsodium()?,
        })
    }
}

fn ours() -> Hash {
    let Argon2Cost { memory_kib, passes, lanes } = Argon2Cost::default();
    let params = Params::new(memory_kib, passes, lanes, Some(32)).expect("the cost is allowed");
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Box::new(move || {
        let mut output = [0; 32];
        argon2
            .hash_password_into_with_memory(PASSWORD, &SALT, &mut output, &mut blocks)
            .expect("it can be computed");
        output
    })
}

fn simd() -> Hash {
    use argon2_rust::params::{Memory, TagLen};
    let Argon2Cost { memory_kib, passes, lanes } = Argon2Cost::default();
    let params = argon2_rust::Params::builder()
        .memory(Memory::kib(memory_kib.into()))
        .passes(passes)
        .lanes(lanes)
        .threads(1)
        .tag_len(TagLen::bytes(32))
        .build()
        .expect("the cost is allowed");
    let (algorithm, version) = (argon2_rust::Algorithm::Argon2id, argon2_rust::Version::V0x13);
    let mut hasher = argon2_rust::Argon2::new(algorithm, version, params).hasher();
    Box::new(move || {
        let mut output = [0; 32];
        hasher.hash_into(PASSWORD, &SALT, &mut output).expect("it can be computed");
        output
    })
}

fn libargon2() -> Result<Hash, libloading::Error> {
    let Argon2Cost { memory_kib, passes, lanes } = Argon2Cost::default();
    // SAFETY: loading it runs nothing but the C library's own.
    let library = unsafe { Library::new("libargon2.so.1")? };
    // SAFETY: argon2.h declares it so, since its first version.
    let hash = unsafe { *library.get::<HashRaw>(b"argon2id_hash_raw\0")? };
    Ok(Box::new(move || {
        let _loaded = &library;
        let mut output = [0_u8; 32];
        let (password, salt) = (PASSWORD.as_ptr().cast(), SALT.as_ptr().cast());
        let out = output.as_mut_ptr().cast();
        // SAFETY: each pointer goes with the length behind it, and the library is loaded.
        let code =
            unsafe { hash(passes, memory_kib, lanes, password, PASSWORD.len(), salt, SALT.len(), out, 32) };
        assert_eq!(code, 0, "it can be computed");
        output
    }))
}

fn libsodium() -> Result<Hash, libloading::Error> {
    const ARGON2ID13: c_int = 2;
    let Argon2Cost { memory_kib, passes, .. } = Argon2Cost::default();
    // SAFETY: loading it runs nothing but the C library's own.
    let library = unsafe { Library::new("libsodium.so.23")? };
    // SAFETY: sodium/core.h declares it so.
    let init = unsafe { *library.get::<unsafe extern "C" fn() -> c_int>(b"sodium_init\0")? };
    // SAFETY: it may be called from any thread, any number of times.
    assert!(unsafe { init() } >= 0, "it can be initialised");
    // SAFETY: crypto_pwhash.h declares it so.
    let hash = unsafe { *library.get::<CryptoPwhash>(b"crypto_pwhash\0")? };
    Ok(Box::new(move || {
        let _loaded = &library;
        let mut output = [0; 32];
        let (password, length) = (PASSWORD.as_ptr().cast(), PASSWORD.len() as c_ulonglong);
        let (passes, memory) = (c_ulonglong::from(passes), memory_kib as usize * 1024);
        // SAFETY: the output has 32 bytes and the salt the 16 that it takes; the library is loaded.
        let code = unsafe {
            hash(output.as_mut_ptr(), 32, password, length, SALT.as_ptr(), passes, memory, ARGON2ID13)
        };
        assert_eq!(code, 0, "it can be computed");
        output
    }))
}

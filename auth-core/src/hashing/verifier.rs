//! What an embedder adds: verifiers of hashes that this crate does not know.

use crate::secret::PasswordHash;

/// Verifies stored hashes of a kind that this crate does not know.
///
/// Give it to [`AuthBuilder::verifier`](crate::AuthBuilder::verifier). It is asked about what none
/// of the built-in kinds takes: another kind, or one of them beyond their ceilings of cost. It runs on
/// the hashing threads, so it may compute for a while; a panic in it is a
/// [`Fault`](crate::Fault) of that one login. A right password is hashed anew with Argon2id, so
/// each account needs it once.
///
/// ```
/// use auth_core::{Auth, MemoryStore, PasswordHash, PasswordVerifier, Verification};
/// use sha2::{Digest, Sha256};
///
/// /// `$sha256$salt$hex`, of a system that should have known better.
/// struct Sha256Once;
///
/// impl PasswordVerifier for Sha256Once {
///     fn recognises(&self, stored: &PasswordHash) -> bool {
///         stored.expose().starts_with("$sha256$")
///     }
///
///     fn verify(&self, stored: &PasswordHash, password: &[u8]) -> Verification {
///         let mut fields = stored.expose().split('$').skip(2);
///         let (Some(salt), Some(expected), None) = (fields.next(), fields.next(), fields.next()) else {
///             return Verification::Unusable;
///         };
///         let computed = Sha256::new().chain_update(salt).chain_update(password).finalize();
///         let computed: String = computed.iter().map(|byte| format!("{byte:02x}")).collect();
///         // In constant time: how much of a guess is right may not show in the time it takes.
///         match PasswordHash::new(computed).same_as(&PasswordHash::new(expected)) {
///             true => Verification::Right,
///             false => Verification::Wrong,
///         }
///     }
/// }
///
/// let stored = PasswordHash::new(
///     "$sha256$pepper$4b65d30b048d9eab292a2ea50fd60423d3d5d581a6ed85169b8a0c4f7dd10c00",
/// );
/// assert!(Sha256Once.recognises(&stored));
/// assert_eq!(Sha256Once.verify(&stored, b"password"), Verification::Right);
///
/// let auth = Auth::builder(MemoryStore::new()).random_secrets().verifier(Sha256Once).build()?;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` verifies no hashes",
    note = "implement `auth_core::PasswordVerifier` for it"
)]
pub trait PasswordVerifier: Send + Sync + 'static {
    /// Whether `stored` is of this verifier's kind and costs no more than it is willing to pay.
    ///
    /// It is judged by its text alone, without computing a hash: an import asks it of each row.
    fn recognises(&self, stored: &PasswordHash) -> bool;

    /// Verifies `password` against `stored`, of which [`recognises`](Self::recognises) said yes.
    ///
    /// Where NFC changes what was typed, the text as typed is tried as well, after the NFC form.
    fn verify(&self, stored: &PasswordHash, password: &[u8]) -> Verification;
}

/// What a [`PasswordVerifier`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// The password is right.
    Right,
    /// The password is wrong.
    Wrong,
    /// The stored hash is malformed, or costs more than is allowed. The login is refused, and the
    /// audit log tells.
    Unusable,
}

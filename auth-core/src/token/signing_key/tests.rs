use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pkcs8::EncodePrivateKey;
use proptest::prelude::*;

use super::*;
use crate::entropy::OsEntropy;

/// The same bytes each time: what is made of them is the same key each time, too.
#[derive(Debug)]
struct Fixed(u8);

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(self.0);
        Ok(())
    }
}

#[derive(Debug)]
struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

macro_rules! pem {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/keys/", $name, ".pem")).as_slice()
    };
}

const GOOD: [(&[u8], SigningAlgorithm); 3] = [
    (pem!("ed25519"), SigningAlgorithm::EdDsa),
    (pem!("p256"), SigningAlgorithm::Es256),
    (pem!("rsa2048"), SigningAlgorithm::Rs256),
];

fn verifies(key: &SigningKey, signature: &str) -> bool {
    key.public().check().holds("a message", signature)
}

#[test]
fn what_openssl_makes_is_read_written_and_signs() {
    for (pem, algorithm) in GOOD {
        let key = SigningKey::from_pem(pem).expect("it is a good key");
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(key.to_pkcs8_pem().as_bytes(), pem, "{algorithm} is written as openssl writes it");
        let signature = key.sign("a message").expect("it signs");
        assert!(verifies(&key, &signature), "{algorithm}");
        assert!(!key.public().check().holds("another", &signature), "{algorithm}");
        let again = SigningKey::from_pkcs8_der(&key.to_pkcs8_der()).expect("it is a good key");
        assert_eq!(again.public(), key.public());
        assert!(verifies(&again, &signature), "{algorithm}");
    }
}

#[test]
fn keys_are_made_of_the_randomness_they_are_given() {
    for algorithm in SigningAlgorithm::ALL {
        let [one, same, other] = [Fixed(7), Fixed(7), Fixed(9)]
            .map(|entropy| SigningKey::generate(algorithm, &entropy).expect("a key"));
        assert_eq!(one.algorithm(), algorithm);
        assert_eq!(one.public(), same.public(), "{algorithm}");
        assert_ne!(one.key_id(), other.key_id(), "{algorithm}");
        let signature = one.sign("a message").expect("it signs");
        assert!(verifies(&one, &signature) && !verifies(&other, &signature), "{algorithm}");
        let read = SigningKey::from_pem(one.to_pkcs8_pem().as_bytes()).expect("it is a good key");
        assert_eq!(read.public(), one.public(), "{algorithm}");
        assert_eq!(SigningKey::generate(algorithm, &Dry).err(), Some(EntropyError), "{algorithm}");
    }
    let strong = SigningKey::generate(SigningAlgorithm::Rs256, &Fixed(7)).expect("a key");
    let Numbers::Rsa { n, .. } = strong.public().numbers() else { panic!("it is a key of RSA") };
    assert_eq!(n.len() * 8, NEW_RSA_BITS);
}

#[test]
fn what_cannot_be_used_is_refused_with_the_reason() {
    let two = [pem!("ed25519"), pem!("p256")].concat();
    let long = [b"x".repeat(MAX_BYTES), pem!("ed25519").to_vec()].concat();
    for (pem, flaw) in [
        (&b""[..], SigningKeyFlaw::NotPem),
        (b"secret", SigningKeyFlaw::NotPem),
        (b"\xff", SigningKeyFlaw::NotPem),
        (&pem!("ed25519")[..60], SigningKeyFlaw::NotPem),
        (&two, SigningKeyFlaw::NotPem),
        (&long, SigningKeyFlaw::NotPem),
        (pem!("sec1"), SigningKeyFlaw::NotPkcs8),
        (pem!("pkcs1"), SigningKeyFlaw::NotPkcs8),
        (pem!("encrypted"), SigningKeyFlaw::Encrypted),
        (pem!("public"), SigningKeyFlaw::NotPrivate),
        (pem!("p384"), SigningKeyFlaw::UnknownKind),
        (pem!("x25519"), SigningKeyFlaw::UnknownKind),
        (pem!("pss"), SigningKeyFlaw::UnknownKind),
        (pem!("rsa1024"), SigningKeyFlaw::RsaTooShort),
        (pem!("rsa5120"), SigningKeyFlaw::RsaTooLong),
        (pem!("rsa_e3"), SigningKeyFlaw::Inconsistent),
    ] {
        assert_eq!(SigningKey::from_pem(pem).err(), Some(flaw), "{}", String::from_utf8_lossy(pem));
    }
    assert_eq!(SigningKey::from_pkcs8_der(&[]).err(), Some(SigningKeyFlaw::NotPkcs8));
    assert_eq!(SigningKey::from_pkcs8_der(&b"0".repeat(MAX_BYTES + 1)).err(), Some(SigningKeyFlaw::NotPkcs8));
}

#[test]
fn halves_that_do_not_belong_together_are_refused() {
    let [one, other] = [3, 4].map(|byte| ed25519_dalek::SigningKey::from_bytes(&[byte; 32]));
    let pair = |public: &ed25519_dalek::SigningKey| {
        let public_key = Some(ed25519_dalek::pkcs8::PublicKeyBytes(public.verifying_key().to_bytes()));
        KeypairBytes { secret_key: one.to_bytes(), public_key }.to_pkcs8_der().expect("it can be written")
    };
    assert!(SigningKey::from_pkcs8_der(pair(&one).as_bytes()).is_ok());
    let crossed = SigningKey::from_pkcs8_der(pair(&other).as_bytes());
    assert_eq!(crossed.err(), Some(SigningKeyFlaw::Inconsistent));

    // The public point of P-256 stands at the end; another one, or none at all, in its place.
    let good = SigningKey::from_pem(pem!("p256")).expect("it is a good key").to_pkcs8_der();
    let stranger = SigningKey::generate(SigningAlgorithm::Es256, &OsEntropy).expect("a key").to_pkcs8_der();
    for end in [&stranger[stranger.len() - 64..], &[0; 64]] {
        let crossed = [&good[..good.len() - 64], end].concat();
        assert_eq!(SigningKey::from_pkcs8_der(&crossed).err(), Some(SigningKeyFlaw::Inconsistent));
    }

    let mut rsa = SigningKey::from_pem(pem!("rsa2048")).expect("it is a good key").to_pkcs8_der();
    let end = rsa.len();
    rsa[end - 1] ^= 2;
    rsa[100] ^= 2;
    assert_eq!(SigningKey::from_pkcs8_der(&rsa).err(), Some(SigningKeyFlaw::Inconsistent));
}

#[test]
fn no_word_of_the_key_is_shown() {
    for (pem, _) in GOOD {
        let key = SigningKey::from_pem(pem).expect("it is a good key");
        let shown = format!("{key:?} {:?}", key.public());
        assert!(shown.contains(key.key_id()));
        for line in str::from_utf8(pem).expect("text").lines().filter(|line| !line.starts_with('-')) {
            assert!(!shown.contains(line));
        }
        let der = key.to_pkcs8_der();
        assert!(!shown.contains(&URL_SAFE_NO_PAD.encode(&der[der.len() - 24..])));
    }
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0_usize..48, byte: u8) {
        prop_assert!(SigningKey::from_pem(&bytes).is_err());
        prop_assert!(SigningKey::from_pkcs8_der(&bytes).is_err());
        let mut edited = SigningKey::from_pem(pem!("ed25519")).expect("it is a good key").to_pkcs8_der();
        edited[at] = byte;
        let _verdict = SigningKey::from_pkcs8_der(&edited);
        let mut edited = pem!("p256").to_vec();
        edited[at * 5] = byte;
        let _verdict = SigningKey::from_pem(&edited);
    }
}

//! Tokens that we issue, verified by others through the JWKS; and tokens that others make, verified by us.
//!
//! The others are jose (Node.js), `PyJWT` and jsonwebtoken. What is needed for the first two is installed by
//! `.ci/interop`; without it they are skipped, unless `REQUIRE_INTEROP=1`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use auth_core::{
    AccessKeys, Argon2Cost, Auth, Bootstrap, Email, Hashing, Identity, Jwks, Login, MemoryStore, Name,
    NewAdmin, OsEntropy, Password, Policy, Role, SigningAlgorithm, SigningKey, SigningSecret, Verifier,
};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

const SECRET: &str = "qWx7Gd2Lr9Vt4Kp1Zs6Yb3Nf8Hm5Jc0T";
const RSA: &[u8] = include_bytes!("../../../auth-core/tests/data/keys/rsa2048.pem");
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop");
const USER: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";
const SESSION: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e40";

/// An issuer with a key of each algorithm and a secret, and a token by each of them.
struct Issuer {
    auth: Auth<MemoryStore>,
    keys: BTreeMap<&'static str, SigningKey>,
    tokens: BTreeMap<&'static str, String>,
}

impl Issuer {
    async fn new() -> Self {
        let keys = SigningAlgorithm::ALL.map(|algorithm| {
            let key = match algorithm {
                SigningAlgorithm::Rs256 => SigningKey::from_pem(RSA).expect("it is a good key"),
                _ => SigningKey::generate(algorithm, &OsEntropy).expect("randomness"),
            };
            (algorithm.as_str(), key)
        });
        let auth = Auth::builder(MemoryStore::new())
            .access_secret(SECRET)
            .random_refresh_secret()
            .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
            .hashing(Hashing {
                cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 },
                ..Hashing::default()
            })
            .build()
            .expect("it is complete");
        let mut issuer = Self { auth, keys: BTreeMap::from(keys), tokens: BTreeMap::new() };
        issuer.sign_with_each().await;
        issuer
    }

    async fn sign_with_each(&mut self) {
        let email = Email::parse("admin@example.com").expect("an address");
        let password = Password::parse("StrongPassword123!").expect("a password");
        let name = Name::parse("Admin").expect("a name");
        let admin = NewAdmin::new(email.clone(), password.clone(), name);
        self.auth.bootstrap(admin).await.expect("there is nobody yet");
        for alg in ["EdDSA", "ES256", "RS256", "HS256"] {
            self.auth.replace_access_keys(&self.signing_with(alg)).expect("one of them signs");
            let login = Login::new(email.clone(), password.clone());
            let token = self.auth.login(login).await.expect("the password is right").access_token;
            self.tokens.insert(alg, token.expose().to_owned());
        }
    }

    /// All of them, this one first.
    fn signing_with(&self, alg: &str) -> AccessKeys {
        let secret = SigningSecret::parse(SECRET.as_bytes()).expect("it is strong");
        let first = match self.keys.get(alg) {
            Some(key) => AccessKeys::new().signing_key(key.clone()),
            None => AccessKeys::new(),
        };
        self.keys.values().fold(first.secret(secret), |keys, key| keys.verifying_key(key.public().clone()))
    }

    /// Everything that the others are told, private keys included: they sign as well.
    fn told(&self) -> Value {
        let mut keys = serde_json::Map::new();
        for (alg, key) in &self.keys {
            keys.insert((*alg).to_owned(), json!({"kid": key.key_id(), "pem": *key.to_pkcs8_pem()}));
        }
        keys.insert("HS256".to_owned(), json!({"kid": header(&self.tokens["HS256"])["kid"]}));
        json!({
            "issuer": "auth-server", "audience": "api", "secret": SECRET, "jwks": self.published(),
            "tokens": self.tokens, "keys": keys, "claims": claims(),
        })
    }

    fn published(&self) -> Value {
        serde_json::from_str(&self.auth.jwks().to_json()).expect("it is JSON")
    }

    /// Insists that a token of somebody else's is as good as one of ours.
    fn insist_on(&self, tokens: &BTreeMap<String, String>, whose: &str) {
        assert_eq!(tokens.len(), 4, "{whose}");
        let jwks = Jwks::parse(self.published().to_string().as_bytes()).expect("it is a set");
        let verifier = Verifier::new(jwks);
        for (alg, token) in tokens {
            let is_expected = |who: Identity| {
                who.user_id.to_string() == USER
                    && who.session_id.to_string() == SESSION
                    && who.role == Role::USER
            };
            assert!(self.auth.authenticate(token).is_ok_and(is_expected), "{alg} of {whose}: {token}");
            // A secret is not published, so a token of one is nobody else's to verify.
            assert_eq!(verifier.verify(token).is_ok_and(is_expected), alg != "HS256", "{alg} of {whose}");
        }
    }
}

fn header(token: &str) -> Value {
    let header = jsonwebtoken::decode_header(token).expect("it has a header");
    serde_json::to_value(header).expect("it is JSON")
}

/// What the others sign.
fn claims() -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    json!({
        "iss": "auth-server", "aud": "api", "sub": USER, "sid": SESSION, "jti": "theirs", "role": "USER",
        "iat": now, "nbf": now, "exp": now + 300,
    })
}

/// Runs a program with what it is told, and returns the tokens that it has made.
fn run(program: &Path, script: &str, told: &Value) -> BTreeMap<String, String> {
    let mut child = Command::new(program)
        .arg(script)
        .current_dir(FOLDER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it was found");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(told.to_string().as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {errors}");
    serde_json::from_slice(&output.stdout).expect("it writes its tokens")
}

/// Says loudly that something is missing, or fails where it must be there.
fn skip(missing: &str) {
    let required = std::env::var("REQUIRE_INTEROP").is_ok_and(|value| value == "1");
    assert!(!required, "REQUIRE_INTEROP=1, but {missing} is missing: run .ci/interop");
    // The harness captures what the print macros write, and shows it for failures only.
    let _told = writeln!(
        std::io::stderr(),
        "\nINTEROP TEST SKIPPED: {missing} is missing; .ci/interop installs it\n"
    );
}

#[tokio::test]
async fn jose_and_we_verify_each_others_tokens() {
    if !Path::new(FOLDER).join("node_modules/jose").exists() {
        return skip("jose");
    }
    let issuer = Issuer::new().await;
    issuer.insist_on(&run(Path::new("node"), "jose.mjs", &issuer.told()), "jose");
}

#[tokio::test]
async fn pyjwt_and_we_verify_each_others_tokens() {
    let python = PathBuf::from(FOLDER).join("venv/bin/python");
    if !python.exists() {
        return skip("PyJWT");
    }
    let issuer = Issuer::new().await;
    issuer.insist_on(&run(&python, "pyjwt.py", &issuer.told()), "PyJWT");
}

#[tokio::test]
async fn jsonwebtoken_and_we_verify_each_others_tokens() {
    let issuer = Issuer::new().await;
    let jwks: JwkSet = serde_json::from_value(issuer.published()).expect("it is a set");
    let mut theirs = BTreeMap::new();
    for (alg, token) in &issuer.tokens {
        let algorithm: Algorithm = alg.parse().expect("it has all of them");
        let header = jsonwebtoken::decode_header(token).expect("it has a header");
        let kid = header.kid.expect("it names its key");
        let key = match *alg {
            "HS256" => DecodingKey::from_secret(SECRET.as_bytes()),
            _ => DecodingKey::from_jwk(jwks.find(&kid).expect("it is published")).expect("it is a key"),
        };
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&["auth-server"]);
        validation.set_audience(&["api"]);
        let read = jsonwebtoken::decode::<Value>(token, &key, &validation).expect("it is good");
        assert_eq!(read.claims["role"], "ADMIN");

        let pem = issuer.keys.get(alg).map(SigningKey::to_pkcs8_pem).unwrap_or_default();
        let signing = match *alg {
            "HS256" => Ok(EncodingKey::from_secret(SECRET.as_bytes())),
            "EdDSA" => EncodingKey::from_ed_pem(pem.as_bytes()),
            "ES256" => EncodingKey::from_ec_pem(pem.as_bytes()),
            _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
        };
        let head = Header { typ: Some("at+jwt".to_owned()), kid: Some(kid), ..Header::new(algorithm) };
        let token = jsonwebtoken::encode(&head, &claims(), &signing.expect("it is a key")).expect("it signs");
        theirs.insert((*alg).to_owned(), token);
    }
    issuer.insist_on(&theirs, "jsonwebtoken");
}

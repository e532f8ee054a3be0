//! Origins, proxies, and the token of bootstrap.

use super::*;

#[test]
fn without_a_setting_nobody_is_trusted_and_no_token_asked_for() {
    let edge = good(&[("TRUSTED_ORIGINS", " "), ("TRUSTED_PROXIES", " ")]).edge;
    assert!(edge.bootstrap_token.is_none() && edge.origins.is_empty() && edge.proxies.is_empty());
}

#[test]
fn each_bad_one_of_a_list_is_told() {
    let told = config(&[("TRUSTED_ORIGINS", "https://a.example, https://B.example,null, ftp://c.example")])
        .expect_err("three are bad")
        .to_string();
    assert!(
        told.contains(r#"TRUSTED_ORIGINS names "https://B.example", which has capital letters"#),
        "{told}"
    );
    assert!(told.contains(r#"TRUSTED_ORIGINS names "null", which is the origin of any page"#), "{told}");
    assert!(told.contains(r#"TRUSTED_ORIGINS names "ftp://c.example", which begins with neither"#), "{told}");
    assert_eq!(blamed(&[("TRUSTED_PROXIES", "::1,a,b")]), ["TRUSTED_PROXIES"; 2]);
}

#[test]
fn a_token_may_come_from_a_file_and_is_no_secret_of_others() {
    let file: &[(&str, &[u8])] = &[("/run/token", b"w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5GcA\n")];
    let config = config_with_files(&[("BOOTSTRAP_TOKEN_FILE", "/run/token")], file).expect("it is good");
    assert!(config.edge.bootstrap_token.is_some_and(|token| token.expose_secret() == TOKEN));
    for secret in [ACCESS, REFRESH] {
        assert_eq!(blamed(&production(&[("BOOTSTRAP_TOKEN", secret)])), ["BOOTSTRAP_TOKEN"]);
    }
}

#[test]
fn an_open_bootstrap_in_production_is_warned_of_unless_it_asks_for_a_token() {
    let open = good(&production(&[("ALLOW_BOOTSTRAP", "true")]));
    assert!(warnings(&open).iter().any(|told| told.contains("BOOTSTRAP_TOKEN is not set")), "{open:?}");
    let guarded = good(&production(&[("ALLOW_BOOTSTRAP", "true"), ("BOOTSTRAP_TOKEN", TOKEN)]));
    assert_eq!(warnings(&guarded), [""; 0]);
    assert_eq!(guarded.policy.bootstrap, Bootstrap::Open);
    let public = [("NODE_ENV", "development"), ("HOST", "0.0.0.0")];
    assert!(warnings(&good(&public)).iter().any(|told| told.starts_with("HOST is")));
    let guarded = good(&[public[0], public[1], ("BOOTSTRAP_TOKEN", TOKEN)]);
    assert!(!warnings(&guarded).iter().any(|told| told.starts_with("HOST is")));
}

#[test]
fn a_page_without_tls_is_not_trusted_in_production() {
    let origins = ("TRUSTED_ORIGINS", "https://app.example.com,http://app.example.com");
    assert_eq!(blamed(&production(&[origins])), ["TRUSTED_ORIGINS"]);
    assert!(!warnings(&good(&[origins])).iter().any(|told| told.contains("ORIGINS")));
}

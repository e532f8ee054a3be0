//! Tests that no stored text makes a verification panic, allocate hugely or stall.

use proptest::prelude::*;

use super::argon2::Argon2Cost;
use super::kind::{Kind, MAX_TEXT, Verdict};

const CHEAP: Argon2Cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
const PASSWORD: &[u8] = b"correct horse battery staple";

/// One cheap hash of `PASSWORD` in each spelling, made by others: see `tests/known_answers`.
const SAMPLES: [&str; 12] = [
    "$argon2id$v=19$m=64,t=2,p=1$XVAb3GHJw8rvhipr$bBN4u6DLpJSlW/Df7VyEjQmtJGeecpwVlVRYJa6FEOM",
    "$argon2i$v=16$m=64,t=3,p=1$e1lACXtdGt5jmcGn$h18au0Py6ov/ZUR5d0pfj3M5NtFnlbEt",
    "$argon2i$v=19$m=128,p=1,t=3$xiorVo79YO0xAFeEekzxJQ$ZdftAoLOXUOVHH0S0Cvdry0yknyKTUPiIDAY3xQJ89g",
    "argon2$argon2id$v=19$m=512,t=2,p=8$eGFyajJ1dThLSFBVV3dtVHhVNHQ5Qw$ruifrkN77fztTP5qa4e4uVnpXvbESTP5dKwZH0/SF50",
    "bcrypt$$2b$05$syL.AhNrVdutJ0h/pLcB1.RgO2dJquv1EiEPs6wFWJt1H6bjzKedO",
    "bcrypt_sha256$$2b$04$qgoxIQtw4vU.wKq5S1sSJOTs8V6AGt83821peB23XPWGQ3rHw6z0C",
    "scrypt$1024$E4ZNIoZ4ZoI9Tn9Qxh3mec$4$2$ORcKxthM0Gm/a625FcYqmnY2dn/qFKPMbrpvKaE0rnM1GABVAXDgt9VLM5N0M0AzpPXx7+wW5mUd+nmiKImizQ==",
    "pbkdf2_sha256$1000$cotOHJKn3Lipbg8PiN45MG$LLBdE7H2Fa2XVV33rQser+aaZmw7X0IKgGSi67iMKq4=",
    "pbkdf2_sha1$700$yMlhNq14hQhj9eZOtma4wE$qGo/6VS76ziIDqjFPf/v8nhm4Jk=",
    "$scrypt$ln=8,r=4,p=3$6f0/ZyzlXOvdm3NOaa21Ng$C6V3lObE5rok1JxQe81Jca9LxhYBiEm5AZO7aQvZQUk",
    "$pbkdf2-sha256$600$Swmh1LoX4jznPCeEMCYkhHDu3TsnpDRG$YpjU.a1UTGYUHMFhLeHU4eBgiFUra7PrY2ShXPvPJXQ",
    "$pbkdf2-sha512$400$xthb6z2ntDaG8J7zPgfAeA$PTsA8V/tYZrcd3oo/Uqfi8jLoi4F22ZsaIv9qeZJngVi6d3c4YW4xxXXvsTGWHPZ9SZlBOm4.KHqzoyOcOKCYA",
];

/// Costs that are beyond a ceiling, below a floor, or no number at all.
const NUMBERS: [&str; 14] = [
    "",
    "0",
    "-1",
    "+5",
    "00",
    "007",
    "0x10",
    "1e9",
    "1.5",
    " 8",
    "٨",
    "4294967295",
    "4294967296",
    "99999999999999999999999999",
];

fn is_read(text: &str) -> bool {
    Kind::parse(text).is_some()
}

#[test]
fn the_samples_are_right() {
    for text in SAMPLES {
        let verdict = Kind::parse(text).map(|kind| kind.verify(Argon2Cost::default(), PASSWORD));
        assert_eq!(verdict, Some(Verdict::RightButWeak), "{text}");
    }
}

#[test]
fn no_cost_beyond_the_ceilings_is_obeyed() {
    const B: &str = "abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE";
    const S: &str = "c29tZXNhbHQ";
    const H: &str = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for number in NUMBERS {
        for text in [
            format!("$argon2id$v=19$m={number},t=1,p=1${S}${H}"),
            format!("$argon2i$v=19$m=8192,t={number},p=1${S}${H}"),
            format!("$argon2i$v=19$m=8192,t=3,p={number}${S}${H}"),
            format!("$2b${number}${B}"),
            format!("bcrypt$$2b${number}${B}"),
            format!("$scrypt$ln={number},r=8,p=1${S}${H}"),
            format!("$scrypt$ln=14,r={number},p=1${S}${H}"),
            format!("$scrypt$ln=14,r=8,p={number}${S}${H}"),
            format!("scrypt${number}$salt$8$1${H}="),
            format!("scrypt$16384$salt${number}$1${H}="),
            format!("scrypt$16384$salt$8${number}${H}="),
            format!("$pbkdf2-sha256$i={number}${S}${H}"),
            format!("$pbkdf2-sha256$i=1000,l={number}${S}${H}"),
            format!("$pbkdf2-sha512${number}${S}${H}"),
            format!("pbkdf2_sha256${number}$salt${H}="),
            format!("pbkdf2_sha1${number}$salt${H}="),
        ] {
            assert!(!is_read(&text), "{text}");
        }
    }
}

#[test]
fn the_ceilings_are_where_they_are_said_to_be() {
    const B: &str = "abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE";
    const H: &str = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for (text, fine) in [
        (format!("$2b$03${B}"), false),
        (format!("$2b$04${B}"), true),
        (format!("$2b$14${B}"), true),
        (format!("$2b$15${B}"), false),
        (format!("$2b$31${B}"), false),
        (format!("$2b$4${B}"), false),
        (format!("$2b$004${B}"), false),
        (format!("$scrypt$ln=18,r=8,p=2${H}"), true),
        (format!("$scrypt$ln=18,r=8,p=3${H}"), false),
        (format!("$scrypt$ln=19,r=8,p=1${H}"), false),
        (format!("$pbkdf2-sha256$i=5000000${H}"), true),
        (format!("$pbkdf2-sha256$i=5000001${H}"), false),
        // An output of 32 bytes takes two blocks of SHA-1, so twice the work.
        (format!("$pbkdf2-sha1$i=2500000${H}"), true),
        (format!("$pbkdf2-sha1$i=2500001${H}"), false),
        (format!("$argon2id$v=19$m=262144,t=4,p=16${H}"), true),
        (format!("$argon2id$v=19$m=262144,t=5,p=16${H}"), false),
    ] {
        assert_eq!(is_read(&text), fine, "{text}");
    }
}

#[test]
fn what_is_malformed_is_not_read() {
    const B: &str = "abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE";
    for text in [
        "",
        "$",
        "$$",
        "$$$$$$$$$$",
        "plain text",
        "pbkdf2_sha256",
        "argon2",
        "argon2$",
        "argon2argon2id$v=19$m=8,t=1,p=1$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
        // Kinds that are refused on purpose: a faulty bcrypt, bcrypt's first, Argon2d.
        &format!("$2x$10${B}"),
        &format!("$2$10${B}"),
        "$argon2d$v=19$m=8,t=1,p=1$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
        // Too short, too long, outside the alphabet.
        &format!("$2b$10${}", &B[1..]),
        &format!("$2b$10${B}A"),
        &format!("$2b$10${}é", &B[2..]),
        &format!("$2b$10${}+", &B[1..]),
        &format!("bcrypt$2b$10${B}"),
        &format!("bcrypt_sha256$$2x$10${B}"),
        // An empty salt, an empty output, an output that could be guessed, one without end.
        "$scrypt$ln=4,r=8,p=1$$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$",
        "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$CTFh",
        "scrypt$16$$8$1$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=",
        "scrypt$15$salt$8$1$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=",
        "pbkdf2_sha256$1000$$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=",
        "pbkdf2_sha256$1000$salt$",
        "pbkdf2_sha256$1000$salt$CTFh",
        "pbkdf2_sha256$1000$salt",
        "pbkdf2_md5$1000$salt$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=",
        "$pbkdf2-sha256$i=1000,l=31$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$pbkdf2-sha256$i=1000,x=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$pbkdf2-sha256$i=1000,i=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        &format!("$pbkdf2-sha256$i=1000$c29tZXNhbHQ${}", "A".repeat(88)),
        // Longer than anything that is looked at.
        &format!("pbkdf2_sha256$1000${}$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=", "s".repeat(MAX_TEXT)),
        &"$2b$10$".repeat(1_000_000),
    ] {
        assert!(!is_read(text), "{}", text.chars().take(100).collect::<String>());
    }
}

/// Puts `with` in place of some of the characters from `at` on.
fn mangle(text: &str, at: usize, removed: usize, with: &str) -> String {
    let (at, end) = (at.min(text.len()), (at + removed).min(text.len()));
    [&text[..at], with, &text[end..]].concat()
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "(\\$|argon2|bcrypt|scrypt|pbkdf2|_sha256|2b|[0-9]{1,20}|[a-z]=|,|.){0,40}") {
        Kind::parse(&text);
    }

    #[test]
    fn no_mangled_hash_makes_the_parser_panic(
        sample in 0..SAMPLES.len(), at in 0usize..140, removed in 0usize..20, with in "\\PC{0,12}",
    ) {
        Kind::parse(&mangle(SAMPLES[sample], at, removed, &with));
    }

    /// Behind the costs, so that what is still read is as cheap as the sample.
    #[test]
    fn no_mangled_salt_or_output_verifies_another_password(
        sample in 0..SAMPLES.len(), back in 1usize..40, with in "[./A-Za-z0-9]{1,40}",
    ) {
        let text = SAMPLES[sample];
        let with = &with[..with.len().min(back)];
        let mangled = mangle(text, text.len() - back, with.len(), with);
        if let Some(kind) = Kind::parse(&mangled) {
            prop_assert_eq!(kind.verify(CHEAP, b"another"), Verdict::Wrong, "{}", mangled);
        }
    }
}

//! Bodies that are not what a door reads.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};

use super::answer::Answer;
use super::table::Forged;
use super::world::{EMAIL, PASSWORD, People, post, request, with, with_bearer, with_cookie};

/// A door that reads a body: which fields it wants, and a body that it would accept.
struct Door {
    method: &'static str,
    path: &'static str,
    fields: &'static [&'static str],
    good: Value,
}

const NOT_AN_OBJECT: &str = "Request body must be a JSON object";
const LIMIT: usize = 16 * 1024;

pub(crate) fn table(people: &People) -> Vec<Forged> {
    let doors = [
        Door {
            method: "POST",
            path: "/login",
            fields: &["email", "password"],
            good: json!({"email": EMAIL, "password": PASSWORD}),
        },
        Door {
            method: "POST",
            path: "/bootstrap",
            fields: &["email", "password", "name"],
            good: json!({"email": "second@example.com", "password": PASSWORD, "name": "Second"}),
        },
        Door {
            method: "POST",
            path: "/password",
            fields: &["currentPassword", "newPassword"],
            good: json!({"currentPassword": PASSWORD, "newPassword": "another fine Password 7"}),
        },
        Door {
            method: "POST",
            path: "/users",
            fields: &["email", "name", "role", "password"],
            good: json!({"email": "new@example.com", "name": "New", "role": "USER", "password": PASSWORD}),
        },
        Door { method: "PATCH", path: "/me", fields: &["name"], good: json!({"name": "Renamed"}) },
    ];
    let mut forged = Vec::new();
    for door in &doors {
        forged.extend(door.bad_fields(people));
        forged.extend(door.not_json(people));
        forged.extend(door.announced_otherwise(people));
        forged.extend(door.too_large(people));
    }
    forged.extend(bad_values(people));
    forged.extend(without_a_body(people));
    forged.extend(wrong_credentials());
    forged
}

impl Door {
    /// A request of the admin with this body, announced as JSON or as nothing.
    fn unannounced(&self, people: &People, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
        let request = request(self.method, &format!("/api/auth{}", self.path), body);
        if ["/login", "/bootstrap"].contains(&self.path) {
            request
        } else {
            with_bearer(request, &people.admin.access)
        }
    }

    fn request(&self, people: &People, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
        with(self.unannounced(people, body), "content-type", "application/json")
    }

    fn refused(&self, people: &People, what: &str, body: impl Into<Bytes>, sentence: &str) -> Forged {
        let what = format!("{} {}: {what}", self.method, self.path);
        Forged::new(what, self.request(people, body), Answer::refused(400, sentence))
    }

    /// Each field missing, of a wrong type, empty, or there twice.
    fn bad_fields(&self, people: &People) -> Vec<Forged> {
        let mut forged = Vec::new();
        for field in self.fields {
            let mut missing = self.good.clone();
            let own = missing.as_object_mut().unwrap().remove(*field).unwrap();
            let is_required = format!("{field} is required");
            forged.push(self.refused(people, &format!("no {field}"), missing.to_string(), &is_required));
            for name in [
                field.to_uppercase(),
                format!(" {field}"),
                format!("{field}\0"),
                format!("{field}[]"),
                format!("user.{field}"),
            ] {
                let mut renamed = missing.clone();
                renamed[&name] = own.clone();
                forged.push(self.refused(
                    people,
                    &format!("{name:?} in place of {field}"),
                    renamed.to_string(),
                    &is_required,
                ));
            }
            let wrong = [
                json!(null),
                json!(true),
                json!(false),
                json!(0),
                json!(-1),
                json!(1.5),
                json!(u64::MAX),
                json!(1e300),
                json!([]),
                json!([own]),
                json!({}),
                json!({"$ne": null}),
                json!({"$gt": ""}),
                json!({"toString": own}),
                json!([[own]]),
            ];
            for value in wrong {
                let mut body = self.good.clone();
                body[*field] = value.clone();
                forged.push(self.refused(
                    people,
                    &format!("{field} {value}"),
                    body.to_string(),
                    &format!("{field} must be a string"),
                ));
            }
            let mut empty = self.good.clone();
            empty[*field] = json!("");
            forged.push(self.refused(
                people,
                &format!("{field} empty"),
                empty.to_string(),
                &format!("{field} must not be empty"),
            ));
            forged.extend(self.repeated(people, field, &own));
        }
        forged
    }

    fn repeated(&self, people: &People, field: &str, own: &Value) -> Vec<Forged> {
        let good = self.good.to_string();
        let body = &good[1..good.len() - 1];
        let escaped: Vec<_> = field.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let escaped = escaped.concat();
        let mut forged = Vec::new();
        for (name, value) in
            [(field, own.clone()), (field, json!("other")), (field, json!(null)), (&escaped, json!("other"))]
        {
            let again = format!("\"{name}\":{value}");
            for (where_to, text) in
                [("before", format!("{{{again},{body}}}")), ("behind", format!("{{{body},{again}}}"))]
            {
                let what = format!("{again} {where_to} its like");
                forged.push(self.refused(people, &what, text, &format!("{field} must not be there twice")));
            }
        }
        // The only field of a door may come to the same text twice.
        if self.fields.len() == 1 {
            forged.remove(1);
        }
        forged
    }

    /// What is no JSON object, or only nearly, or is more than one.
    fn not_json(&self, people: &People) -> Vec<Forged> {
        let good = self.good.to_string();
        let inside = &good[1..good.len() - 1];
        let first = self.fields[0];
        let deep = |open: &str, close: &str, levels: usize| {
            format!("{}{}", open.repeat(levels), close.repeat(levels))
        };
        let nested = |levels| format!("{{{inside},\"x\":{}}}", deep("[", "]", levels));
        let texts: Vec<(&str, String)> = vec![
            ("nothing", String::new()),
            ("white space", " \r\n\t".to_owned()),
            ("null", "null".to_owned()),
            ("true", "true".to_owned()),
            ("a number", "0".to_owned()),
            ("a string", Value::from(good.as_str()).to_string()),
            ("an array", "[]".to_owned()),
            ("the object in an array", format!("[{good}]")),
            ("a list of values", format!("[\"{EMAIL}\",\"{PASSWORD}\"]")),
            ("a key of the prototype, then nothing", "{\"__proto__\":".to_owned()),
            ("not closed", good[..good.len() - 1].to_owned()),
            ("closed twice", format!("{good}}}")),
            ("twice", format!("{good}{good}")),
            ("twice, on two lines", format!("{good}\n{good}")),
            ("with something behind it", format!("{good}x")),
            ("with NUL behind it", format!("{good}\0")),
            ("with NUL before it", format!("\0{good}")),
            ("with a byte order mark", format!("\u{feff}{good}")),
            ("with the guard of some frameworks", format!(")]}}',\n{good}")),
            ("with a comment", format!("/**/{good}")),
            ("with a line comment", format!("//\n{good}")),
            ("with a comma too many", format!("{{{inside},}}")),
            ("with a comma too early", format!("{{,{inside}}}")),
            ("with single quotes", good.replace('"', "'")),
            ("with typographic quotes", good.replace('"', "\u{201d}")),
            ("with keys without quotes", format!("{{{first}:\"x\"}}")),
            ("with an equals sign", good.replace("\":", "\"=")),
            ("with a lone high surrogate", format!("{{{inside},\"x\":\"\\ud83e\"}}")),
            ("with a lone low surrogate", format!("{{{inside},\"x\":\"\\udd8a\"}}")),
            ("with surrogates the wrong way round", format!("{{{inside},\"x\":\"\\udd8a\\ud83e\"}}")),
            ("with a surrogate in a key", format!("{{{inside},\"\\ud800\":1}}")),
            ("with a surrogate in a field", format!("{{\"{first}\":\"\\ud800\"}}")),
            ("with an escape that is none", format!("{{{inside},\"x\":\"\\x41\"}}")),
            ("with half an escape", format!("{{{inside},\"x\":\"\\u00\"}}")),
            ("with a line end in a text", format!("{{{inside},\"x\":\"\n\"}}")),
            ("with NUL in a text", format!("{{{inside},\"x\":\"\0\"}}")),
            ("with NaN", format!("{{{inside},\"x\":NaN}}")),
            ("with Infinity", format!("{{{inside},\"x\":-Infinity}}")),
            ("with undefined", format!("{{{inside},\"x\":undefined}}")),
            ("with a number beyond all", format!("{{{inside},\"x\":1e999}}")),
            ("with a field that is a number beyond all", format!("{{\"{first}\":1e999}}")),
            ("with a number with a zero before it", format!("{{{inside},\"x\":01}}")),
            ("with a number with a plus", format!("{{{inside},\"x\":+1}}")),
            ("with a hexadecimal number", format!("{{{inside},\"x\":0x10}}")),
            ("with an array 200 deep", nested(200)),
            ("with an array 8000 deep", nested(8_000)),
            (
                "with an object 2000 deep",
                format!("{{{inside},\"x\":{}1{}}}", "{\"x\":".repeat(2_000), "}".repeat(2_000)),
            ),
            ("with a field 1000 deep", format!("{{\"{first}\":{}}}", deep("[", "]", 1_000))),
            ("an array 8000 deep", deep("[", "]", 8_000)),
            ("an array that never ends", "[".repeat(LIMIT)),
            ("objects that never end", "{\"x\":".repeat(3_000)),
            ("a form", format!("{first}=x&password=y")),
            (
                "a part of a multipart form",
                format!("--x\r\nContent-Disposition: form-data; name=\"{first}\"\r\n\r\nx\r\n--x--\r\n"),
            ),
            (
                "XML",
                format!(
                    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><{first}>&x;</{first}>"
                ),
            ),
            ("YAML", format!("{first}: x\npassword: y\n")),
            ("GraphQL", "mutation { login(email: \"x\", password: \"y\") { accessToken } }".to_owned()),
        ];
        let mut forged: Vec<_> =
            texts.into_iter().map(|(what, text)| self.refused(people, what, text, NOT_AN_OBJECT)).collect();
        let utf16 = |bytes: fn(u16) -> [u8; 2]| good.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let invalid = |bytes: &[u8]| [b"{\"x\":\"", bytes, b"\",", inside.as_bytes(), b"}"].concat();
        let binary: Vec<(&str, Vec<u8>)> = vec![
            ("in UTF-16, big end first", utf16(u16::to_be_bytes)),
            ("in UTF-16, little end first", utf16(u16::to_le_bytes)),
            ("in UTF-16 with its mark", [b"\xff\xfe".to_vec(), utf16(u16::to_le_bytes)].concat()),
            ("in UTF-32", good.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()),
            ("with a byte that is no UTF-8", invalid(b"\xff")),
            ("with a cut character", invalid(b"\xe2\x82")),
            ("with an overlong character", invalid(b"\xc0\xaf")),
            ("with a surrogate in UTF-8", invalid(b"\xed\xa0\x80")),
            ("with a character beyond the last", invalid(b"\xf4\x90\x80\x80")),
            ("in gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV\x02\x00".to_vec()),
            ("in MessagePack", [b"\x82\xa5email\xa1x".as_slice(), b"\xa8password\xa1y"].concat()),
            ("in CBOR", b"\xa1\x65email\x61x".to_vec()),
            ("in BSON", b"\x16\x00\x00\x00\x02email\x00\x02\x00\x00\x00x\x00\x00".to_vec()),
        ];
        forged
            .extend(binary.into_iter().map(|(what, bytes)| self.refused(people, what, bytes, NOT_AN_OBJECT)));
        forged.extend(self.strange_keys(people));
        forged
    }

    /// Keys that mean something to some other reader.
    fn strange_keys(&self, people: &People) -> Vec<Forged> {
        let good = self.good.to_string();
        let inside = &good[1..good.len() - 1];
        let twice = "Request body must not have a key twice";
        let required = format!("{} is required", self.fields[0]);
        vec![
            self.refused(people, "an unknown key twice", format!("{{{inside},\"x\":1,\"x\":2}}"), twice),
            self.refused(
                people,
                "an unknown key twice, once escaped",
                format!("{{\"x\":1,{inside},\"\\u0078\":1}}"),
                twice,
            ),
            self.refused(people, "the key of nothing twice", format!("{{\"\":1,\"\":1,{inside}}}"), twice),
            self.refused(
                people,
                "the prototype twice",
                format!("{{\"__proto__\":{{}},{inside},\"__proto__\":{{}}}}"),
                twice,
            ),
            self.refused(
                people,
                "everything in the prototype",
                format!("{{\"__proto__\":{good}}}"),
                &required,
            ),
            self.refused(
                people,
                "everything in the constructor",
                format!("{{\"constructor\":{{\"prototype\":{good}}}}}"),
                &required,
            ),
            self.refused(people, "everything in data", format!("{{\"data\":{good}}}"), &required),
            self.refused(people, "an object with nothing of use", "{\"x\":1}", &required),
            self.refused(
                people,
                "every field a level down",
                format!("{{\"user\":{{{inside}}},\"\":{{{inside}}}}}"),
                &required,
            ),
        ]
    }

    /// A good body, announced as something else, as twice something, or as compressed.
    fn announced_otherwise(&self, people: &People) -> Vec<Forged> {
        let good = self.good.to_string();
        let types: [&[&str]; 31] = [
            &[],
            &[""],
            &["text/plain"],
            &["text/json"],
            &["text/html"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=x"],
            &["application/jsonx"],
            &["application/json+x"],
            &["application/problem+json"],
            &["application/ld+json"],
            &["application/x-json"],
            &["application/javascript"],
            &["application"],
            &["application/"],
            &["json"],
            &["*/*"],
            &["application/*"],
            &["application /json"],
            &["application/json, text/plain"],
            &["application/json application/json"],
            &["text/plain; application/json"],
            &["text/plain;x=application/json"],
            &["application/json; charset=utf-16"],
            &["application/json; charset=iso-8859-1"],
            &["application/json; charset=utf-7"],
            &["application/json; charset=\"utf-16\""],
            &["application/json; charset=utf-8; charset=utf-16"],
            &["application/json; charset=utf8"],
            &["application/json", "application/json"],
            &["application/json", "text/plain"],
        ];
        let mut forged = Vec::new();
        for values in types {
            let request = values.iter().fold(self.unannounced(people, good.clone()), |request, value| {
                with(request, "content-type", value)
            });
            let expected = Answer::refused(415, "Content-Type must be application/json in UTF-8");
            forged.push(Forged::new(
                format!("{} {} as {values:?}", self.method, self.path),
                request,
                expected,
            ));
        }
        for coding in [
            "gzip",
            "x-gzip",
            "deflate",
            "br",
            "zstd",
            "compress",
            "aws-chunked",
            "identity, gzip",
            "gzip, identity",
            "identity;q=1",
            "",
            "*",
            "x",
            "GZIP",
            "\u{e4}",
        ] {
            let request = with(self.request(people, good.clone()), "content-encoding", coding);
            let expected = Answer::refused(415, "Content-Encoding must be identity or absent");
            forged.push(Forged::new(
                format!("{} {} in {coding:?}", self.method, self.path),
                request,
                expected,
            ));
        }
        forged
    }

    fn too_large(&self, people: &People) -> Vec<Forged> {
        let good = self.good.to_string();
        let inside = &good[1..good.len() - 1];
        let bodies = [
            ("a byte of white space too many", format!("{good}{}", " ".repeat(LIMIT + 1 - good.len()))),
            ("a field too long for any body", format!("{{{inside},\"x\":\"{}\"}}", "x".repeat(LIMIT))),
            ("one key ten thousand times", format!("{{{inside}{}}}", ",\"x\":0".repeat(10_000))),
            ("a quarter of a megabyte", " ".repeat(256 * 1024)),
        ];
        let too_large = || Answer::refused(413, "Request body must be at most 16 KiB");
        let mut forged: Vec<_> = bodies
            .into_iter()
            .map(|(what, body)| {
                Forged::new(
                    format!("{} {}: {what}", self.method, self.path),
                    self.request(people, body),
                    too_large(),
                )
            })
            .collect();
        for announced in
            ["16385", "99999999", "18446744073709551615", "18446744073709551616", "9".repeat(60).as_str()]
        {
            let request = with(self.request(people, good.clone()), "content-length", announced);
            forged.push(Forged::new(
                format!("{} {} of {announced} bytes", self.method, self.path),
                request,
                too_large(),
            ));
        }
        forged
    }
}

/// Texts that are no address, no password, no name, no role.
fn bad_values(people: &People) -> Vec<Forged> {
    let login = |field: &str, value: &str| {
        let mut body = json!({"email": EMAIL, "password": PASSWORD});
        body[field] = json!(value);
        post("/login", &body.to_string())
    };
    let account = |field: &str, value: &str| {
        let mut body =
            json!({"email": "new@example.com", "name": "New", "role": "USER", "password": PASSWORD});
        body[field] = json!(value);
        with_bearer(post("/users", &body.to_string()), &people.admin.access)
    };
    let mut rows = Vec::new();
    let malformed = "email must be an address such as name@example.com";
    for email in [
        "admin",
        "@",
        "admin@",
        "@example.com",
        "admin@@example.com",
        "admin@example.com@evil.example",
        "admin@exam ple.com",
        "ad min@example.com",
        "admin@example.com\0",
        "admin@example.com\r\nBcc: x@evil.example",
        "admin@example.com,eve@example.com",
        "<admin@example.com>",
        "Admin <admin@example.com>",
        "\"admin\"@example.com",
        "admin@[127.0.0.1]",
        "admin@-example.com",
        "admin@example-.com",
        "admin@example..com",
        "admin@.example.com",
        "admin@example.com.",
        "admin@ex_ample.com",
        "\u{430}dmin@example.com",
        "admin@ex\u{430}mple.com",
        "\u{ff41}dmin@example.com",
        "admin\u{200b}@example.com",
        "admin\u{ad}@example.com",
        "admin\u{ff20}example.com",
        "admin@example\u{3002}com",
        "adm\u{131}n@example.com",
        "adm\u{130}n@example.com",
        "\u{202e}admin@example.com",
        "\u{a0}admin@example.com",
        "a\u{308}dmin@example.com",
        "' OR '1'='1",
        "admin@example.com' --",
        "admin@example.com/*",
        "admin@example.com;",
        "admin%40example.com",
        "\u{1f98a}@example.com",
    ] {
        rows.push((format!("email {email:?}"), login("email", email), malformed));
    }
    for email in [" ", "   "] {
        rows.push((format!("email {email:?}"), login("email", email), "email must not be empty"));
    }
    for (what, email) in [
        ("255 bytes", format!("{}@{}.{}", "a".repeat(64), "b".repeat(63), "c.".repeat(63))),
        ("10000 bytes", format!("{}@example.com", "a".repeat(10_000))),
    ] {
        rows.push((format!("an email of {what}"), login("email", &email), "email must be at most 254 bytes"));
    }
    for (what, password) in [
        ("513 letters", "x".repeat(513)),
        ("257 umlauts", "\u{e4}".repeat(257)),
        ("129 foxes", "\u{1f98a}".repeat(129)),
        ("15000 letters", "x".repeat(15_000)),
    ] {
        rows.push((
            format!("a password of {what}"),
            login("password", &password),
            "password must be at most 512 bytes",
        ));
    }
    for password in ["\0", "StrongPassword123!\0", "\0StrongPassword123!", "Strong\0Password123!"] {
        rows.push((
            format!("password {password:?}"),
            login("password", password),
            "password must not contain a NUL character",
        ));
    }
    for (name, sentence) in [
        (" ", "name must not be empty"),
        ("\u{3000}\u{a0}", "name must not be empty"),
        ("New\0", "name must not contain control characters"),
        ("New\nAdmin", "name must not contain control characters"),
        ("\u{1b}[31mNew", "name must not contain control characters"),
        ("New\u{7f}Name", "name must not contain control characters"),
        ("New\u{85}Name", "name must not contain control characters"),
    ] {
        rows.push((format!("name {name:?}"), account("name", name), sentence));
    }
    rows.push((
        "a name of 201 foxes".to_owned(),
        account("name", &"\u{1f98a}".repeat(201)),
        "name must be at most 200 characters",
    ));
    for role in [
        "admin",
        "ROOT",
        "ADMIN ",
        "ADMIN,USER",
        "*",
        "\u{410}DMIN",
        "__proto__",
        "' OR '1'='1",
        "ADMIN\0",
        "R".repeat(1_000).as_str(),
    ] {
        let shown: String = role.chars().take(20).collect();
        rows.push((
            format!("role {shown:?}"),
            account("role", role),
            "role must be one of the roles of this system",
        ));
    }
    for (password, sentence) in [
        ("short", "password must be at least 8 characters"),
        ("password123", "password is too common, choose another"),
        ("new@example.com", "password must not be the email or the name"),
    ] {
        rows.push((format!("the new password {password}"), account("password", password), sentence));
    }
    rows.into_iter()
        .map(|(what, request, sentence)| Forged::new(what, request, Answer::refused(400, sentence)))
        .collect()
}

/// The two doors that read no body nevertheless keep to the limit, and are led by nothing in it.
fn without_a_body(people: &People) -> Vec<Forged> {
    let mut forged = Vec::new();
    for path in ["/refresh", "/logout"] {
        let token = format!(r#"{{"refresh_token":"{}"}}"#, people.admin.refresh);
        for (what, body) in [
            ("a token", token.as_str()),
            ("an array", "[[[["),
            ("nothing", ""),
            ("a form", "refresh_token=x"),
            ("a prototype", r#"{"__proto__":{}}"#),
            ("16 KiB", &"x".repeat(LIMIT)),
        ] {
            forged.push(Forged::new(
                format!("POST {path} with {what} in its body, and no cookie"),
                post(path, body),
                Answer::no_cookie(),
            ));
        }
        let large = with_cookie(post(path, &"x".repeat(LIMIT + 1)), &people.admin.refresh);
        forged.push(Forged::new(
            format!("POST {path} with 16 KiB and a byte"),
            large,
            Answer::refused(413, "Request body must be at most 16 KiB"),
        ));
    }
    forged
}

/// Well-formed, and wrong: one answer for all of them. Each would count as a failed login.
fn wrong_credentials() -> Vec<Forged> {
    let refused = || Answer::refused(401, "Invalid email or password").with("www-authenticate", "Bearer");
    let passwords = [
        "strongpassword123!",
        "STRONGPASSWORD123!",
        " StrongPassword123!",
        "StrongPassword123! ",
        "StrongPassword123",
        "StrongPassword123!!",
        "StrongPassword123\u{ff01}",
        "$argon2id$",
        "*",
        "null",
    ];
    let mut rows: Vec<_> = passwords.into_iter().map(|password| (EMAIL, password)).collect();
    rows.extend([
        ("nobody@example.com", PASSWORD),
        ("admin@example.co", PASSWORD),
        ("admin+x@example.com", PASSWORD),
        ("a.dmin@example.com", PASSWORD),
        ("admin@example.com.example", PASSWORD),
    ]);
    rows.into_iter()
        .map(|(email, password)| {
            let body = json!({"email": email, "password": password}).to_string();
            Forged::new(format!("{email} with {password:?}"), post("/login", &body), refused())
        })
        .collect()
}

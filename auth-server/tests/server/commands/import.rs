//! `import`, on both databases: what is created, what is told, and what a crash or a second import
//! at the same time leaves behind.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::thread;

use auth_core::PasswordHash;
use auth_core::store::UserStore;
use auth_sea_orm::SeaOrmStore;
use serde_json::json;
use tempfile::NamedTempFile;

use super::run::{Place, Ran, run};
use crate::client::post;
use crate::process::Server;

/// bcrypt, of `correct horse battery`, made by Node.
const HASH: &str = "$2b$10$z6yg5/.rH6PAT7Rb2XA4se8DwVQO13M/QU0RpC3G81xgEbrJ9i4o.";
const ID: &str = "3f2b8c1e-5d47-4a90-9b1c-7e6a2f0d8c11";
const EVENT: &str = "<time>  WARN auth::audit: event=\"users_imported\" event_id=<id> by=operator";

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn import(place: &Place, file: &Path, flags: &str) -> Ran {
    place.run(&format!("import {} {flags}", file.display()))
}

/// The addresses of all accounts, sorted.
fn addresses(place: &Place) -> Vec<String> {
    let listed = place.run("user list --json --limit 200").json();
    let users = listed["users"].as_array().unwrap();
    let mut addresses: Vec<_> = users.iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect();
    addresses.sort();
    addresses
}

fn table() -> String {
    format!(
        "id,email,name,passwordHash,role,createdAt,updatedAt\r\n\
         {},Ann@Example.com,\"Ann, \"\"A\"\"\",{HASH},ADMIN,2023-02-11 08:15:30.123,\r\n\
         ,bob@example.com,Bob,,USER,,\r\n\
         7,cleo@example.com,Cleo,{HASH},USER,,\r\n\
         ,dan@example.com,Dan,plain text,USER,,\r\n\
         ,ANN@example.com,Ann,,USER,,\r\n\
         ,eve@example.com,Eve,,ROOT,,\r\n",
        ID.to_uppercase()
    )
}

const REFUSALS: &str = "\
line 4 (cleo@example.com): the id is not a UUID; --new-ids gives a new one
line 5 (dan@example.com): no login could verify this hash: malformed, of an unknown kind, or too costly
line 6 (ann@example.com): same address as line 2
line 7 (eve@example.com): the role \"ROOT\" is unknown; --role-map \"ROOT=USER\" would map it
Columns that were ignored: \"updatedAt\"
";

#[test]
fn the_good_rows_are_in_and_each_other_one_is_told() {
    let file = file(&table());
    for place in Place::all() {
        // By name it is nothing, by its first byte CSV.
        let sums =
            "2 would be created (1 without a password), 0 already there, 4 refused; nothing was written";
        let verdict = "4 rows were refused; the others would be imported";
        import(&place, file.path(), "--dry-run").is(3, "", &format!("{REFUSALS}{sums}\n{verdict}\n"));
        assert!(addresses(&place).is_empty());

        let sums = "2 created (1 without a password), 0 already there, 4 refused";
        let verdict = "4 rows were refused; the others are in";
        let told = format!("{EVENT} count=2\n{REFUSALS}{sums}\n{verdict}\n");
        import(&place, file.path(), "").is(3, "", &told);
        assert_eq!(addresses(&place), ["ann@example.com", "bob@example.com"]);
        let ann = place.run("user show ann@example.com --json").json();
        assert_eq!(ann["id"], ID);
        assert_eq!((&ann["name"], &ann["role"]), (&json!("Ann, \"A\""), &json!("ADMIN")));
        assert_eq!(ann["createdAt"], "2023-02-11T08:15:30.123Z");

        let sums = "0 created, 2 already there, 4 refused";
        let told = format!("{EVENT} count=0\n{REFUSALS}{sums}\n{verdict}\n");
        import(&place, file.path(), "").is(3, "", &told);

        let rest = import(&place, file.path(), "--new-ids --role-map ROOT=ADMIN");
        assert!(
            rest.err.contains("2 created (1 without a password), 2 already there, 2 refused\n"),
            "{rest:?}"
        );
        let expected = ["ann@example.com", "bob@example.com", "cleo@example.com", "eve@example.com"];
        assert_eq!(addresses(&place), expected);
    }
}

#[test]
fn programs_get_one_document() {
    let lines = format!(
        "\u{FEFF}{}\n[]\n{}\n",
        json!({"mail": "ann@example.com", "password": HASH, "banned": true, "posts": []}),
        json!({"mail": "bob@example.com", "banned": false}),
    );
    let flags = "--json --map email=mail,disabled=banned --default-name email --default-role USER";
    for place in Place::all() {
        for (dry, flag) in [(true, "--dry-run"), (false, "")] {
            let ran = place.run_with(&format!("import - {flags} {flag}"), &lines);
            assert_eq!(ran.code, 3);
            assert_eq!(
                ran.json(),
                json!({
                    "dryRun": dry,
                    "rows": 3,
                    "created": 2,
                    "withoutPassword": 1,
                    "alreadyThere": 0,
                    "refused": 1,
                    "refusals": [{"line": 2, "email": null, "reason": "not a JSON object"}],
                    "ignoredColumns": ["posts"],
                })
            );
            let rest = if dry { "would be imported" } else { "are in" };
            let verdict = format!("{{\"error\":\"1 row was refused; the others {rest}\"}}\n");
            assert!(ran.err.ends_with(&verdict), "{ran:?}");
        }
        for (email, disabled) in [("ann@example.com", true), ("bob@example.com", false)] {
            let user = place.run(&format!("user show {email} --json")).json();
            assert_eq!(user["disabled"], disabled, "{email}");
        }
    }
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_written() {
    let place = Place::sqlite();
    let good = file("email,name,role\nann@example.com,Ann,USER\n");
    for (flags, said) in [
        ("--map email=mail,email=post", "the email is mapped twice"),
        ("--map post=mail", "a field is one of id, email, name"),
        ("--role-map admin=admin", "a role is 1 to 32 upper-case letters"),
        ("--role-map admin=ROOT", "there is no role ROOT; the roles of this system are ADMIN, USER"),
        ("--default-role ROOT", "there is no role ROOT"),
        ("--default-name me", "invalid value 'me'"),
        ("--format xml", "invalid value 'xml'"),
    ] {
        let ran = import(&place, good.path(), flags);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(said), "{flags}: {ran:?}");
    }
    for (text, flags, said) in [
        ("email,password,password_hash\nann@example.com,,\n", "", "both mean the password"),
        ("mail\nann@example.com\n", "", "no column is called email"),
        ("email\nann@example.com\n", "--map disabled=banned", "there is no column \"banned\""),
        ("[{\"email\":\"ann@example.com\"}]", "", "it is a JSON array"),
    ] {
        let file = file(text);
        let ran = import(&place, file.path(), flags);
        assert!(ran.code == 1 && ran.out.is_empty() && ran.err.contains(said), "{text}: {ran:?}");
    }
    let ran = place.run("import no-such-file.csv");
    assert!(ran.code == 1 && ran.err.starts_with("no-such-file.csv cannot be opened: "), "{ran:?}");
    assert!(addresses(&place).is_empty());
}

#[test]
fn no_hash_is_shown_wherever_it_stands() {
    let place = Place::sqlite();
    let row = |column| {
        let mut row = json!({"email": "ann@example.com", "name": "Ann", "role": "USER"});
        row[column] = HASH.into();
        row.to_string()
    };
    let broken = format!("{{\"email\":\"ann@example.com\",\"password\":\"{HASH}\",oops}}");
    let rows = ["id", "email", "role", "createdAt", "name"].map(row).join("\n");
    let lines =
        file(&format!("{rows}\n{broken}\n{{\"email\":\"bob@example.com\",\"password\":\"{HASH}x\"}}\n"));
    let headless = file(&format!("{ID},ann@example.com,{HASH}\n"));
    for (file, flags) in [
        (&lines, "--dry-run"),
        (&lines, "--json"),
        (&lines, "--format csv"),
        (&headless, ""),
        (&headless, "--json"),
    ] {
        let mut command = place.program();
        command.env("RUST_LOG", "trace").arg("import").arg(file.path()).args(flags.split_whitespace());
        let ran = run(command, "");
        assert!(ran.code != 0 && !ran.raw.contains("$2b$") && !ran.err.contains("$2b$"), "{flags}: {ran:?}");
    }
}

fn many(rows: usize) -> String {
    let rows: Vec<_> = (0..rows).map(|n| format!("u{n}@example.com,U,USER\n")).collect();
    format!("email,name,role\n{}", rows.concat())
}

#[test]
fn two_imports_at_once_create_each_account_once() {
    let file = file(&many(1_200));
    for place in Place::all() {
        // The tables are there, so that this is about accounts.
        place.run("migrate up");
        let both: Vec<_> = thread::scope(|scope| {
            let imports: Vec<_> =
                (0..2).map(|_| scope.spawn(|| import(&place, file.path(), "--json"))).collect();
            imports.into_iter().map(|import| import.join().unwrap()).collect()
        });
        let (mut created, mut found) = (0, 0);
        for ran in both {
            assert_eq!(ran.code, 0, "{ran:?}");
            created += ran.json()["created"].as_u64().unwrap();
            found += ran.json()["alreadyThere"].as_u64().unwrap();
        }
        assert_eq!((created, found), (1_200, 1_200));
    }
}

#[test]
fn an_import_that_was_killed_goes_on_where_it_was() {
    let text = many(700);
    let file = file(&text);
    for place in Place::all() {
        let mut command = place.program();
        command.args(["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        // It waits for more to come, and has told of the first batch.
        let told = BufReader::new(child.stderr.take().unwrap());
        let batch = told.lines().map_while(Result::ok).find(|line| line.contains("users_imported"));
        assert!(batch.is_some_and(|line| line.contains("count=500")));
        child.kill().unwrap();
        child.wait().unwrap();
        drop(input);

        let ran = import(&place, file.path(), "");
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(
            ran.err.ends_with("200 created (200 without a password), 500 already there, 0 refused\n"),
            "{ran:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_from_express_logs_in_and_leaves_bcrypt_behind() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/from-express-and-prisma/users.jsonl");
    let exported = fs::read_to_string(example).unwrap();
    for place in Place::all() {
        let flags = "--role-map admin=ADMIN,user=USER,support=USER --default-name email";
        assert_eq!(import(&place, Path::new(example), flags).code, 0);
        let server = Server::start(&place.url());
        let store = SeaOrmStore::new(auth_sea_orm::connect(&place.url()).await.unwrap());
        for (email, password) in [
            ("ann@example.com", "correct horse battery"),
            ("ben@example.com", "blue Tuesday 7"),
            ("cleo@example.com", "Straße-nach-Süden"),
        ] {
            let address = auth_core::Email::parse(email).unwrap();
            let stored = async || {
                let account = store.credentials(&address).await.unwrap().unwrap();
                account.password.as_ref().map(PasswordHash::expose).unwrap().to_owned()
            };
            let before = stored().await;
            assert!(before.starts_with("$2b$10$") && exported.contains(&before));
            let body = |password| json!({"email": email, "password": password});
            let wrong = server.client().send(post("/api/auth/login", &body("not the password"))).await;
            wrong.is(401, r#"{"error":"Invalid email or password"}"#);
            assert_eq!(stored().await, before);
            for _ in 0..2 {
                let login = server.client().send(post("/api/auth/login", &body(password))).await;
                assert_eq!((login.status, &login.json()["user"]["email"]), (200, &json!(email)));
                assert!(stored().await.starts_with("$argon2id$"));
            }
        }
        let none = json!({"email": "dora@example.com", "password": "anything at all"});
        let none = server.client().send(post("/api/auth/login", &none)).await;
        none.is(401, r#"{"error":"Invalid email or password"}"#);
        store.database().clone().close().await.unwrap();
    }
}

#[test]
fn its_help_has_examples_and_exit_codes() {
    let ran = Place::sqlite().run("import --help");
    assert_eq!(ran.code, 0);
    for word in ["--dry-run", "--new-ids", "--role-map", "Examples:", "Exit codes:"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
}

//! `user`: create, show, disable, enable, set-role, set-password, delete.

use serde_json::json;

use super::run::{PASSWORD, Place};

const LAST: &str = "The last admin cannot be demoted, disabled or deleted";

/// The line of the log that a change is told by.
fn changed(kind: &str, what: &str) -> String {
    format!("<time>  WARN auth::audit: event=\"{kind}\" event_id=<id> by=operator user=<id>{what}\n")
}

#[test]
fn a_user_is_created_and_shown() {
    for place in Place::all() {
        let ran = place.run_with(
            "user create --email Ann@Example.com --name Ann --role ADMIN --password-stdin",
            &format!("{PASSWORD}\n"),
        );
        ran.is(
            0,
            "ann@example.com has an account now, with the role ADMIN and the id <id>.\n",
            "<time>  WARN auth::audit: event=\"user_created\" event_id=<id> by=operator user=<id> role=ADMIN\n",
        );
        place.run("user show ann@example.com").is(
            0,
            "id       <id>\nemail    ann@example.com\nname     Ann\nrole     ADMIN\nstate    enabled\ncreated  <time>\n",
            "",
        );
    }
}

#[test]
fn in_json_a_user_is_what_the_routes_show() {
    for place in Place::all() {
        let created = place
            .run_with("user create --email ann@example.com --name Ann --password-stdin --json", PASSWORD);
        assert_eq!(
            created.out,
            r#"{"id":"<id>","email":"ann@example.com","name":"Ann","role":"USER","disabled":false,"createdAt":"<time>"}"#
                .to_owned() + "\n"
        );
        let id = created.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(place.run(&format!("user show {id} --json")).json(), created.json());
    }
}

#[test]
fn each_change_is_told_and_logged() {
    for place in Place::all() {
        place.create("ops@example.com", "ADMIN");
        let id = place.create("ann@example.com", "USER");
        place.run("user set-role ann@example.com ADMIN").is(
            0,
            "ann@example.com has the role ADMIN now.\n",
            &changed("role_changed", " role=ADMIN"),
        );
        place.run(&format!("user disable {id}")).is(
            0,
            "ann@example.com is disabled, and all their sessions have ended.\n",
            &changed("user_disabled", " count=0"),
        );
        let shown = place.run("user show ann@example.com").out;
        assert!(
            shown.contains("\nstate     disabled\n") && shown.ends_with("\ndisabled  <time>\n"),
            "{shown}"
        );
        place.run("user enable ann@example.com").is(
            0,
            "ann@example.com is enabled, and can log in.\n",
            &changed("user_enabled", ""),
        );
        place.run_with("user set-password ann@example.com --password-stdin", "another long secret\r\n").is(
            0,
            "ann@example.com has another password now, and all their sessions have ended.\n",
            &changed("password_reset", " count=0"),
        );
        place.run("user delete ann@example.com --yes").is(
            0,
            "ann@example.com is deleted, and all their sessions with them.\n",
            &changed("user_deleted", ""),
        );
        place.run("user show ann@example.com").refuses(3, "Not found: there is no user \"ann@example.com\"");
    }
}

#[test]
fn each_change_in_json_is_the_user_after_it() {
    for place in Place::all() {
        place.create("ops@example.com", "ADMIN");
        let id = place.create("ann@example.com", "USER");
        let created_at = place.run("user show ann@example.com --json").json()["createdAt"].clone();
        let ann = |role: &str, disabled: bool| json!({ "id": id, "email": "ann@example.com", "name": "Someone", "role": role, "disabled": disabled, "createdAt": created_at });
        assert_eq!(place.run("user set-role ann@example.com ADMIN --json").json(), ann("ADMIN", false));
        assert_eq!(place.run("user disable ann@example.com --json").json(), ann("ADMIN", true));
        assert_eq!(place.run("user enable ann@example.com --json").json(), ann("ADMIN", false));
        let password = place
            .run_with("user set-password ann@example.com --password-stdin --json", "another long secret");
        assert_eq!(password.json(), ann("ADMIN", false));
        assert_eq!(
            place.run("user delete ann@example.com --yes --json").json(),
            json!({ "deleted": ann("ADMIN", false) })
        );
    }
}

#[test]
fn who_is_not_there_is_not_found_by_any_command() {
    for place in Place::all() {
        let id = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";
        for (user, sentence) in [
            ("bob@example.com", "Not found: there is no user \"bob@example.com\"".to_owned()),
            (
                id,
                "Not found: there is no user \"<id>\"; a user is named by their email address or id"
                    .to_owned(),
            ),
            (
                "bob",
                "Not found: there is no user \"bob\"; a user is named by their email address or id"
                    .to_owned(),
            ),
            ("bob@", "email must be an address such as name@example.com".to_owned()),
        ] {
            for line in [
                format!("user show {user}"),
                format!("user disable {user}"),
                format!("user enable {user}"),
                format!("user set-role {user} ADMIN"),
                // Nobody is asked for the password of someone who is not there.
                format!("user set-password {user}"),
                format!("user delete {user}"),
                format!("session list {user}"),
                format!("session end {user} {id}"),
                format!("session end-all {user}"),
            ] {
                place.run(&line).refuses(3, &sentence);
                let json = serde_json::to_string(&sentence).unwrap();
                place.run(&format!("{line} --json")).refuses(3, &format!("{{\"error\":{json}}}"));
            }
        }
    }
}

#[test]
fn the_last_enabled_admin_stays() {
    for place in Place::all() {
        place.create("ops@example.com", "ADMIN");
        place.create("old@example.com", "ADMIN");
        assert_eq!(place.run("user disable old@example.com").code, 0);
        for line in [
            "user disable ops@example.com",
            "user set-role ops@example.com USER",
            "user delete ops@example.com --yes",
        ] {
            place.run(line).refuses(3, LAST);
            place.run(&format!("{line} --json")).refuses(3, &format!("{{\"error\":\"{LAST}\"}}"));
        }
        let shown = place.run("user show ops@example.com --json").json();
        assert_eq!((&shown["role"], &shown["disabled"]), (&json!("ADMIN"), &json!(false)));
    }
}

#[test]
fn what_is_not_acceptable_is_refused_by_its_sentence() {
    for place in Place::all() {
        place.create("ann@example.com", "USER");
        let role = "role must be one of the roles of this system";
        let create = "user create --password-stdin --email bob@example.com --name Bob";
        let long = "x".repeat(513);
        for (line, input, sentence) in [
            (
                "user create --password-stdin --name Ann --email ann@example.com",
                PASSWORD,
                "Email already in use",
            ),
            (
                "user create --password-stdin --name Ann --email ann",
                PASSWORD,
                "email must be an address such as name@example.com",
            ),
            (
                "user create --password-stdin --email bob@example.com --name=",
                PASSWORD,
                "name must not be empty",
            ),
            (&format!("{create} --role SUPPORT"), PASSWORD, role),
            (&format!("{create} --role user"), PASSWORD, role),
            (create, "short\n", "password must be at least 8 characters"),
            (create, "\n", "password must not be empty"),
            (create, "", "password must not be empty"),
            (create, &long, "password must be at most 512 bytes"),
            (create, "password123\n", "password is too common, choose another"),
            (create, "bob@example.com\n", "password must not be the email or the name"),
            (
                "user set-password ann@example.com --password-stdin",
                "short",
                "password must be at least 8 characters",
            ),
            ("user set-role ann@example.com SUPPORT", "", role),
            ("user set-role ann@example.com admin", "", role),
        ] {
            let ran = place.run_with(line, input);
            assert_eq!((ran.code, ran.out.as_str(), ran.err.trim_end()), (3, "", sentence), "{line}");
            let ran = place.run_with(&format!("{line} --json"), input);
            assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{line}");
            assert_eq!(ran.err, format!("{}\n", json!({ "error": sentence })), "{line}");
        }
        let users = place.run("user list --json").json();
        assert_eq!(users["users"].as_array().unwrap().len(), 1, "none of them is there: {users}");
    }
}

#[test]
fn where_nobody_can_be_asked_the_way_out_is_told() {
    for place in Place::all() {
        place.create("ann@example.com", "USER");
        let password =
            "there is no terminal to ask for the password; give it on standard input, with --password-stdin";
        let yes = "Deleting ann@example.com and all their sessions cannot be undone, and there is no terminal to ask at; add --yes";
        for (line, sentence) in [
            ("user create --email bob@example.com --name Bob", password),
            ("user set-password ann@example.com", password),
            ("user delete ann@example.com", yes),
        ] {
            // What stands on standard input is not taken for an answer unasked.
            let ran = place.run_with(line, "yes\nyes\n");
            assert_eq!((ran.code, ran.out.as_str(), ran.err.trim_end()), (2, "", sentence));
            place.run(&format!("{line} --json")).refuses(2, &json!({ "error": sentence }).to_string());
        }
        assert_eq!(place.run("user show ann@example.com").code, 0);
    }
}

#[test]
fn a_role_of_the_configuration_can_be_given() {
    for place in Place::all() {
        place.create("ann@example.com", "USER");
        let mut program = place.program();
        program.env("ROLES", "SUPPORT").args(["user", "set-role", "ann@example.com", "SUPPORT"]);
        let ran = super::run::run(program, "");
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, "ann@example.com has the role SUPPORT now.\n"),
            "{ran:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_guessed_too_often_is_let_in_by_the_operator() {
    for place in Place::all() {
        let server = crate::process::Server::start(&place.url());
        let client = server.client();
        place.create("ann@example.com", "USER");
        let login = |password: &str| {
            let body = json!({ "email": "ann@example.com", "password": password });
            let client = client.clone();
            async move { client.post("/api/auth/login", &body).await.status }
        };
        for _ in 0..5 {
            assert_eq!(login("not this one").await, 401);
        }
        place.run("user unlock ann@example.com").is(
            0,
            "ann@example.com may log in at once; wrong passwords are counted anew.\n",
            &changed("throttle_reset", ""),
        );
        for _ in 0..4 {
            assert_eq!(login("not this one").await, 401, "all of the free ones are there again");
        }
        assert_eq!(login(PASSWORD).await, 200);
    }
}

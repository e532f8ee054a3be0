//! What is asked at a terminal: passwords, which it does not show, and whether it is meant.

use std::os::fd::AsFd;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::termios::{LocalFlags, tcgetattr};
use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use super::run::{Place, masked};

const SECRET: &str = "a secret that is typed";

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts a command of these words at a terminal that shows what is typed.
fn at_terminal(place: &Place, line: &str) -> PtySession {
    let program = place.program();
    let mut shell = Command::new("/bin/sh");
    shell.env_clear().current_dir(program.get_current_dir().unwrap());
    for (name, value) in program.get_envs() {
        shell.env(name, value.unwrap());
    }
    // The one who starts it has made the terminal silent, which would prove nothing.
    shell.env("PATH", "/usr/bin:/bin").args(["-c", "stty echo && exec \"$@\"", "sh"]);
    shell.arg(program.get_program()).args(line.split_whitespace());
    spawn_command(shell, Some(u64::try_from(PATIENCE.as_millis()).unwrap())).unwrap()
}

/// Waits until the terminal has become silent: the prompt is there a moment earlier.
fn until_silent(session: &PtySession) {
    let terminal = session.process().get_file_handle().unwrap();
    let begun = Instant::now();
    while tcgetattr(terminal.as_fd()).unwrap().local_flags.contains(LocalFlags::ECHO) {
        assert!(begun.elapsed() < PATIENCE, "the terminal shows what is typed");
        thread::yield_now();
    }
}

fn answer_in_silence(session: &mut PtySession, prompt: &str, answer: &str) -> String {
    let before = session.exp_string(prompt).unwrap();
    until_silent(session);
    session.send_line(answer).unwrap();
    before
}

/// What else was said, and the exit code.
fn end(mut session: PtySession) -> (String, i32) {
    let rest = session.exp_eof().unwrap();
    let WaitStatus::Exited(_, code) = session.process().wait().unwrap() else {
        panic!("it was killed: {rest}")
    };
    (masked(&rest.replace('\r', "")), code)
}

#[test]
fn a_new_password_is_asked_twice_and_never_shown() {
    let place = Place::sqlite();
    let mut session = at_terminal(&place, "user create --email ann@example.com --name Ann");
    let first = answer_in_silence(&mut session, "Password: ", SECRET);
    let second = answer_in_silence(&mut session, "The same again: ", SECRET);
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    for said in [&first, &second, &rest] {
        assert!(!said.contains(SECRET), "{said}");
    }
    assert!(
        rest.ends_with("ann@example.com has an account now, with the role USER and the id <id>.\n"),
        "{rest}"
    );
    assert_eq!(place.run("user show ann@example.com").code, 0);
}

#[test]
fn two_passwords_that_differ_change_nothing() {
    let place = Place::sqlite();
    place.create("ann@example.com", "USER");
    let mut session = at_terminal(&place, "user set-password ann@example.com");
    answer_in_silence(&mut session, "Password: ", SECRET);
    answer_in_silence(&mut session, "The same again: ", "a secret that is mistyped");
    let (rest, code) = end(session);
    assert_eq!((rest.trim(), code), ("the two passwords differ, and nothing was changed", 3));
}

#[test]
fn nobody_types_a_password_for_nothing() {
    let place = Place::sqlite();
    place.create("ann@example.com", "USER");
    for (line, sentence) in [
        ("user create --email ann@example.com --name Ann", "Email already in use"),
        (
            "user create --email bob@example.com --name Bob --role SUPPORT",
            "role must be one of the roles of this system",
        ),
        ("user set-password bob@example.com", "Not found: there is no user \"bob@example.com\""),
    ] {
        let (rest, code) = end(at_terminal(&place, line));
        assert_eq!((rest.trim(), code), (sentence, 3), "{line}");
    }
}

#[test]
fn a_deletion_is_done_only_after_a_yes() {
    let place = Place::sqlite();
    place.create("ann@example.com", "USER");
    let question = "Deleting ann@example.com and all their sessions cannot be undone. Type yes to go on: ";
    for no in ["", "y", "no"] {
        let mut session = at_terminal(&place, "user delete ann@example.com");
        session.exp_string(question).unwrap();
        session.send_line(no).unwrap();
        let (rest, code) = end(session);
        assert_eq!(code, 1, "{no}: {rest}");
        assert!(rest.ends_with("nothing was done, because the answer was not yes\n"), "{rest}");
    }
    let mut session = at_terminal(&place, "user delete ann@example.com");
    session.exp_string(question).unwrap();
    session.send_line("yes").unwrap();
    let (rest, code) = end(session);
    assert_eq!(code, 0, "{rest}");
    assert_eq!(place.run("user show ann@example.com").code, 3);
}

#[test]
fn tables_are_taken_back_only_after_a_yes() {
    let place = Place::sqlite();
    place.create("ann@example.com", "USER");
    let question = "cannot be undone. Type yes to go on: ";
    let mut session = at_terminal(&place, "migrate down");
    let asked = session.exp_string(question).unwrap();
    assert!(
        asked.starts_with("Taking back the latest 1 migration, with all they hold, in sqlite://"),
        "{asked}"
    );
    session.send_line("no").unwrap();
    assert_eq!(end(session).1, 1);
    let mut session = at_terminal(&place, "migrate down");
    session.exp_string(question).unwrap();
    session.send_line("YES").unwrap();
    let (rest, code) = end(session);
    assert!(rest.ends_with("Took back m20261130_000010_auth_hash_indexes.\n"), "{rest}");
    assert_eq!(code, 0);
}

#[test]
fn control_c_at_a_prompt_leaves_the_terminal_as_it_was() {
    let place = Place::sqlite();
    place.create("ann@example.com", "USER");
    let mut session = at_terminal(&place, "user set-password ann@example.com");
    session.exp_string("Password: ").unwrap();
    until_silent(&session);
    session.send_control('c').unwrap();
    let terminal = session.process().get_file_handle().unwrap();
    let (rest, code) = end(session);
    assert_eq!((rest.as_str(), code), ("\ninterrupted, and nothing was changed\n", 1));
    assert!(tcgetattr(terminal.as_fd()).unwrap().local_flags.contains(LocalFlags::ECHO));
}

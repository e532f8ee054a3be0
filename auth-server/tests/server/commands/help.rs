//! What `--help` and `completions` say, of every command there is.

use super::run::{Place, Ran};

/// The words of every command, that of the program itself first.
fn commands() -> Vec<String> {
    fn walk(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        found.push(path.to_owned());
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            walk(below, format!("{path} {}", below.get_name()).trim(), found);
        }
    }
    let mut found = Vec::new();
    walk(&auth_server::cli::command(), "", &mut found);
    found
}

#[test]
fn every_command_of_the_issue_is_there() {
    let expected = [
        "serve",
        "migrate up",
        "migrate down",
        "migrate status",
        "user create",
        "user list",
        "user show",
        "user disable",
        "user enable",
        "user set-role",
        "user set-password",
        "user delete",
        "session list",
        "session end",
        "session end-all",
        "keys generate",
        "keys list",
        "keys rotate",
        "keys retire",
        "import",
        "sweep",
        "check-config",
        "openapi",
        "secret generate",
        "completions",
    ];
    let commands = commands();
    for command in expected {
        assert!(commands.iter().any(|known| known == command), "{command}: {commands:?}");
    }
}

#[test]
fn every_command_has_help_with_an_example_and_needs_no_configuration_for_it() {
    let place = Place::sqlite();
    for command in commands() {
        for flag in ["--help", "-h"] {
            let mut program = place.program();
            // Whatever is wrong with the configuration, help is to be had.
            program.env("PORT", "http").args(command.split_whitespace()).arg(flag);
            let ran = super::run::run(program, "");
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command} {flag}");
            let (_, examples) =
                ran.out.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command}: {ran:?}"));
            let shown = format!("auth-server {command}");
            assert!(examples.contains(shown.trim()), "{shown}: {examples}");
            assert!(ran.out.contains("--json"), "{command}: {}", ran.out);
        }
    }
}

#[test]
fn no_command_takes_a_password_as_an_argument() {
    for command in commands() {
        let mut clap = auth_server::cli::command();
        clap.build();
        let found =
            command.split_whitespace().fold(&clap, |above, name| above.find_subcommand(name).unwrap());
        for argument in
            found.get_arguments().filter(|argument| argument.get_id().as_str().contains("password"))
        {
            assert!(!argument.get_action().takes_values(), "{command}: {argument:?}");
        }
    }
    let place = Place::sqlite();
    let ran = place.run("user set-password ann@example.com hunter2hunter2");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

#[test]
fn the_help_of_the_whole_tells_the_exit_codes() {
    let help = Place::sqlite().run("--help").out;
    let (_, codes) = help.split_once("\nExit codes:\n").unwrap();
    let codes: Vec<_> = codes.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(codes, ["0", "1", "2", "3", "78"]);
}

#[test]
fn every_shell_gets_completions_of_every_command() {
    let place = Place::sqlite();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let Ran { code, raw, err, .. } = place.run(&format!("completions {shell}"));
        assert_eq!((code, err.as_str()), (0, ""), "{shell}");
        for word in ["auth-server", "set-password", "end-all", "check-config", "password-stdin"] {
            assert!(raw.contains(word), "{shell}: {word}");
        }
        let json = place.run(&format!("completions {shell} --json")).json();
        assert_eq!(json["script"].as_str().unwrap().trim_end(), raw.trim_end(), "{shell}");
    }
    assert_eq!(place.run("completions tcsh").code, 2);
}

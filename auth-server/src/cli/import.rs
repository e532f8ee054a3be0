//! `import`: accounts that come from another system.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use auth_core::{Role, Roles};
use auth_sea_orm::SeaOrmStore;
use clap::{Args, ValueEnum};

use super::database;
use super::failure::{Failure, Outcome, complain};
use super::output::{self, Output};
use super::progress::Progress;
use crate::import::{
    self, Columns, ForeignId, Format, Mapping, NoName, Report, Rows, Rules, Stopped, Writing,
};

/// What `import --help` says last.
pub(super) const EXAMPLES: &str = "\
Examples:
  auth-server import users.csv --dry-run
      Says what would come of it, and creates no account.
  auth-server import users.csv --role-map admin=ADMIN,user=USER --default-name email
      Imports a table whose roles are in lower case, and where some have no name.
  psql -c '\\copy \"User\" to stdout csv header' | auth-server import - --new-ids
      Reads from another program; ids that are no UUIDs are replaced.
  auth-server import users.jsonl --map email=mail,disabled=is_banned --json
      Says which columns mean what, and reports in JSON.

What is recognised without --map: id, email, name, password (or passwordHash, hashedPassword),
role, createdAt, with underscores or without. A hash is kept as it is: bcrypt, scrypt, PBKDF2
and Argon2; the next login with the right password makes an Argon2id of it. An account whose
address is there already is left as it is, so an import can be run again.

Exit codes:
  0   every row is in
  1   it could not be read, or the database failed; what was written until then stays
  2   the command line is wrong
  3   some rows were refused; the others are in
  78  the configuration is wrong";

/// What `import` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to read, or - for standard input.
    file: PathBuf,
    /// JSON lines or CSV; without it, the name of the file tells, or its first byte.
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// Judges every row, looks up what is there, and creates no account.
    #[arg(long)]
    dry_run: bool,
    /// Which column means what: id, email, name, password, role, createdAt, disabled, enabled.
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',')]
    map: Vec<Mapping>,
    /// What the roles of the file are here.
    #[arg(long, value_name = "THERE=HERE", value_delimiter = ',', value_parser = role_mapping)]
    role_map: Vec<(String, Role)>,
    /// The role of whoever has none; without it, they are refused.
    #[arg(long, value_name = "ROLE", value_parser = Role::parse)]
    default_role: Option<Role>,
    /// The name of whoever has none: what stands before the @; without it, they are refused.
    #[arg(long, value_enum)]
    default_name: Option<DefaultName>,
    /// Gives a new id to whoever has one that is no UUID; without it, they are refused.
    #[arg(long)]
    new_ids: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FileFormat {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values below a header.
    Csv,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DefaultName {
    /// What stands before the @ of the address.
    Email,
}

/// Imports what the arguments name.
pub(super) fn run(arguments: &Arguments, output: Output) -> Outcome {
    let columns = Columns::new(arguments.map.clone()).map_err(Failure::Usage)?;
    let (source, bytes) = open(&arguments.file)?;
    let writing = if arguments.dry_run { Writing::Rehearsed } else { Writing::Done };
    // What cannot be read is told before the database is opened.
    let rows = Rows::new(source, arguments.format(), columns).map_err(|why| unreadable(arguments, &why))?;
    database::with_auth(async |auth: &auth_core::Auth<SeaOrmStore>| {
        let rules = arguments.rules(&auth.policy().roles)?;
        let mut progress = (output == Output::Text).then(Progress::new);
        let watch = |so_far: import::Progress| {
            if let Some(line) = &mut progress {
                line.show(|| bar(so_far, bytes));
            }
        };
        let (report, ended) = import::run(auth, rows, &rules, writing, watch).await;
        drop(progress);
        tell(&report, writing, output)?;
        match ended {
            Ok(()) => verdict(&report, writing),
            Err(Stopped::Unreadable(why)) => Err(unreadable(arguments, &why)),
            Err(Stopped::Failed(error)) => {
                let Failure::Failed(text) = error.into() else {
                    return Err(failed("the import was refused"));
                };
                Err(failed(&format!("{text}; what was imported until then is in: run it again")))
            }
            Err(Stopped::Build(error)) => Err(failed(&error.to_string())),
        }
    })
}

impl Arguments {
    fn format(&self) -> Option<Format> {
        match self.format {
            Some(FileFormat::Jsonl) => Some(Format::JsonLines),
            Some(FileFormat::Csv) => Some(Format::Csv),
            None => Format::of_name(&self.file),
        }
    }

    fn rules(&self, known: &Roles) -> Outcome<Rules> {
        let mut wanted = self.role_map.iter().map(|(_, role)| role).chain(&self.default_role);
        if let Some(unknown) = wanted.find(|role| !known.contains(role)) {
            let names: Vec<_> = known.iter().map(|(role, _)| role.as_str()).collect();
            return Err(Failure::Usage(format!(
                "there is no role {unknown}; the roles of this system are {}",
                names.join(", ")
            )));
        }
        let mut rules = Rules::new(known.clone());
        for (there, here) in &self.role_map {
            if rules.role_map.insert(there.clone(), here.clone()).is_some_and(|before| before != *here) {
                return Err(Failure::Usage(format!("--role-map maps {there:?} twice")));
            }
        }
        rules.default_role.clone_from(&self.default_role);
        if let Some(DefaultName::Email) = self.default_name {
            rules.no_name = NoName::FromEmail;
        }
        if self.new_ids {
            rules.foreign_id = ForeignId::Replaced;
        }
        Ok(rules)
    }
}

fn role_mapping(text: &str) -> Result<(String, Role), String> {
    let (there, here) = text.split_once('=').ok_or("write THERE=HERE, such as admin=ADMIN")?;
    let here = Role::parse(here.trim()).map_err(|error| error.to_string())?;
    match there.trim() {
        "" => Err("the role there has no name; --default-role is for those who have none".into()),
        there => Ok((there.to_owned(), here)),
    }
}

/// What to read from, and how many bytes it has, where that is known.
fn open(file: &Path) -> Outcome<(Box<dyn BufRead>, Option<u64>)> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let cannot = |error| failed(&format!("{} cannot be opened: {error}", file.display()));
    let opened = File::open(file).map_err(cannot)?;
    let about = opened.metadata().map_err(cannot)?;
    Ok((Box::new(BufReader::with_capacity(64 * 1024, opened)), about.is_file().then_some(about.len())))
}

/// A bar where the end is known, else what has been done; below a line of the log, which may
/// write over it.
fn bar(so_far: import::Progress, bytes: Option<u64>) -> String {
    const WIDTH: u64 = 30;
    let rows = so_far.rows;
    match bytes.filter(|bytes| *bytes > 0) {
        None => format!("{rows} rows\r"),
        Some(bytes) => {
            let read = so_far.bytes.min(bytes);
            let full = usize::try_from(read * WIDTH / bytes).unwrap_or_default();
            format!("[{:<30}] {:>3} %  {rows} rows\r", "#".repeat(full), read * 100 / bytes)
        }
    }
}

/// The report: on standard error for people, on standard output for programs.
fn tell(report: &Report, writing: Writing, output: Output) -> Outcome {
    match output {
        Output::Text => {
            complain(&report.text(writing));
            Ok(())
        }
        Output::Json => output::write(&(output::json(&report.json(writing))? + "\n")),
    }
}

fn verdict(report: &Report, writing: Writing) -> Outcome {
    let rows = match report.refused.len() {
        0 => return Ok(()),
        1 => "1 row was refused".to_owned(),
        many => format!("{many} rows were refused"),
    };
    let rest = match writing {
        Writing::Done => "the others are in",
        Writing::Rehearsed => "the others would be imported",
    };
    Err(Failure::Refused(format!("{rows}; {rest}")))
}

fn unreadable(arguments: &Arguments, why: &import::Unreadable) -> Failure {
    let file = &arguments.file;
    let name = if file == Path::new("-") { "standard input".into() } else { file.display().to_string() };
    failed(&format!("{name} cannot be imported: {why}"))
}

fn failed(text: &str) -> Failure {
    Failure::Failed(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_full_at_the_end_and_never_more() {
        let at = |bytes| import::Progress { bytes, rows: 7 };
        assert_eq!(bar(at(50), Some(100)), format!("[{}{}]  50 %  7 rows\r", "#".repeat(15), " ".repeat(15)));
        assert_eq!(bar(at(999), Some(100)), format!("[{}] 100 %  7 rows\r", "#".repeat(30)));
        assert_eq!(bar(at(1), None), "7 rows\r");
        assert_eq!(bar(at(0), Some(0)), "7 rows\r");
    }

    #[test]
    fn a_role_is_mapped_to_one_that_can_exist() {
        assert_eq!(role_mapping(" super user = ADMIN "), Ok(("super user".to_owned(), Role::ADMIN)));
        for wrong in ["admin", "=USER", "admin=admin", "admin="] {
            assert!(role_mapping(wrong).is_err(), "{wrong}");
        }
    }
}

//! Files of accounts, CSV and JSON lines: rehearsed, then imported. Both must come to the same.

#![no_main]

use auth_core::{MemoryStore, Role, Roles};
use auth_fuzz::{auth, wait};
use auth_server::import::{Columns, ForeignId, Mapping, Meaning, NoName, Report, Rows, Rules, Writing, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first byte chooses the flags.
    let Some((flags, file)) = data.split_first() else { return };
    let rules = Rules {
        default_role: (flags & 1 == 0).then_some(Role::USER),
        foreign_id: if flags & 2 == 0 { ForeignId::Replaced } else { ForeignId::Refused },
        no_name: if flags & 4 == 0 { NoName::FromEmail } else { NoName::Refused },
        ..Rules::new(Roles::default())
    };
    let mapped =
        (flags & 8 != 0).then(|| Mapping { meaning: Meaning::Disabled, column: "banned".to_owned() });
    let columns =
        || Columns::new(mapped.clone().into_iter().collect()).expect("one cannot contradict itself");

    let auth = auth(MemoryStore::new());
    let import = |writing| {
        let Ok(rows) = Rows::new(file, None, columns()) else { return None };
        let (report, ended) = wait(run(&auth, rows, &rules, writing, |_| ()));
        ended.ok().map(|()| report)
    };
    let Some(rehearsed) = import(Writing::Rehearsed) else { return };
    let done = import(Writing::Done).expect("what can be rehearsed can be done");
    assert_eq!(rehearsed, done);
    let again = import(Writing::Done).expect("it can be done again");
    assert_eq!((again.created, again.already_there), (0, done.created + done.already_there));
    tell(&done);
});

/// What is told of an import keeps to its lines, whatever the file has.
fn tell(report: &Report) {
    let json = report.json(Writing::Done).to_string();
    // To a program, which reads a text as it was; so this is one line, and no more.
    assert!(!json.contains(|c: char| c.is_ascii_control() && c != '\u{7f}'), "{json:?}");
    let text = report.text(Writing::Done).to_string();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

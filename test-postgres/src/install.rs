//! Where PostgreSQL's programs are.

use std::path::{Path, PathBuf};

/// The folder with `initdb`, `pg_ctl` and `postgres`, if there is one.
///
/// The folder is taken with links resolved: distributions put links to some of the programs on
/// the path, and `pg_ctl` looks for `postgres` beside itself.
pub(crate) fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    on_path
        .unwrap_or_default()
        .into_iter()
        .filter_map(|dir| dir.join("initdb").canonicalize().ok()?.parent().map(Path::to_path_buf))
        .chain(usual_places())
        .find(|dir| ["initdb", "pg_ctl", "postgres"].iter().all(|program| dir.join(program).is_file()))
}

/// Debian and Ubuntu, Red Hat, Homebrew on Apple silicon and on Intel, Postgres.app; the newest first.
fn usual_places() -> Vec<PathBuf> {
    let parents = [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
        ("/Applications/Postgres.app/Contents/Versions", ""),
    ];
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in parents {
        for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version =
                name.to_str().and_then(|name| name.strip_prefix(prefix)).and_then(|v| v.parse().ok());
            found.extend(version.map(|version| (version, entry.path().join("bin"))));
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, dir)| dir).collect()
}

//! What the system says of a file: who may do what with it, and who gets there.

use std::path::Path;

#[cfg(unix)]
use super::mounts;

/// What is to be known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::config) struct FileFacts {
    /// Its permission bits.
    pub(super) mode: u32,
    /// Those of the first folder above it that lets others write, else of its own folder.
    pub(super) folder: u32,
    /// Whether every folder above it lets others pass.
    pub(super) others_get_there: bool,
    pub(super) mount: Mount,
}

/// What a file is mounted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mount {
    /// With others.
    Ordinary,
    /// For the container that the server runs in, as orchestrators hand out secrets.
    ForThisContainer,
}

const STICKY: u32 = 0o1000;
const PASS: u32 = 0o001;
const WRITE: u32 = 0o002;
const READ: u32 = 0o004;

impl FileFacts {
    pub(super) fn others_may_read(&self) -> bool {
        self.mode & READ != 0
    }

    pub(super) fn group_may_read(&self) -> bool {
        self.mode & (READ << 3) != 0
    }

    /// Whether others may change it, or put another one in its place.
    pub(super) fn others_may_write(&self) -> bool {
        self.mode & WRITE != 0 || (self.folder & WRITE != 0 && self.folder & STICKY == 0)
    }
}

/// Asks the system; nothing where there is no such file, or the system knows no such permissions.
#[cfg(unix)]
pub(in crate::config) fn facts_of(path: &Path) -> Option<FileFacts> {
    use std::os::unix::fs::PermissionsExt;

    // Where it really is: what a link says of itself counts for nothing.
    let path = path.canonicalize().ok()?;
    let mode = |path: &Path| Some(path.metadata().ok()?.permissions().mode() & 0o7777);
    let folders = || path.ancestors().skip(1).map(mode);
    let lets_others_write = |mode: &u32| mode & WRITE != 0 && mode & STICKY == 0;
    let open = folders().flatten().find(lets_others_write);
    // One that we cannot ask about is one that others cannot pass, in all likelihood.
    let others_get_there = folders().all(|mode| mode.is_some_and(|mode| mode & PASS != 0));
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    Some(FileFacts {
        mode: mode(&path)?,
        folder: open.or_else(|| mode(path.parent()?))?,
        others_get_there,
        mount: mounts::mount_of(&path, &mounts),
    })
}

/// Asks nobody: permissions are something else here.
#[cfg(not(unix))]
pub(in crate::config) fn facts_of(_path: &Path) -> Option<FileFacts> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_bits_are_those_of_the_file_and_of_the_way_to_it() {
        let outer = tempfile::tempdir().expect("a folder");
        let inner = outer.path().join("inner");
        let file = inner.join("secret");
        let link = outer.path().join("link");
        fs::create_dir(&inner).expect("created");
        fs::write(&file, "secret").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        let set = |path: &Path, mode| {
            fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
        };
        set(&file, 0o640);
        set(&inner, 0o755);
        set(outer.path(), 0o700);
        for path in [&file, &link] {
            let facts = facts_of(path).expect("it is there");
            assert_eq!((facts.mode, facts.folder, facts.others_get_there), (0o640, 0o755, false));
            assert!(facts.group_may_read() && !facts.others_may_read() && !facts.others_may_write());
        }
        assert_eq!(facts_of(&outer.path().join("missing")), None);
    }
}

//! A disk small enough to be filled.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::cluster::{Account, command};
use crate::skip;

/// A file system in memory, unmounted with the value, or with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Disk {
    folder: PathBuf,
    watcher: Child,
}

/// Waits until the test process has gone, and takes the disk away, even from under a server.
const WATCH: &str = r#"cat >/dev/null; umount -l "$1"; rmdir "$1""#;

impl Disk {
    /// Mounts a disk that belongs to `account`; `None` where that is refused, after saying so.
    pub(crate) fn mount(mib: u32, account: Option<Account>) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("test-postgres-disk-").tempdir();
        let folder = folder.expect("a temporary folder can be made");
        let owner = account.map(|Account { uid, gid }| format!(",uid={uid},gid={gid}")).unwrap_or_default();
        let options = format!("size={mib}m,mode=0700{owner}");
        let mut mount = command("mount", None);
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path());
        if !mount.status().is_ok_and(|status| status.success()) {
            skip::announce("a small disk cannot be mounted, which takes root");
            return None;
        }
        let watcher = command("sh", None)
            .args([OsStr::new("-c"), OsStr::new(WATCH), OsStr::new("watcher"), folder.path().as_os_str()])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        Some(Self { folder: folder.keep(), watcher })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

//! Which mount a file is on: `/proc/self/mountinfo` of Linux, see `proc(5)`.

use std::path::{Path, PathBuf};

use super::file_facts::Mount;

/// Whether a file was mounted for this container alone. Two ways are known: a file system in
/// memory that cannot be written to, which Kubernetes and Docker Swarm make for secrets, and a
/// mount of that one file, which Docker Compose and Podman make. A machine's own `/run` and `/tmp`
/// can be written to, and its read-only `/usr` or `/nix` is more than a file.
pub(super) fn mount_of(file: &Path, mountinfo: &str) -> Mount {
    let around = mountinfo.lines().filter_map(parse).filter(|mount| file.starts_with(&mount.point));
    // Of several at one place, the last one lies on top.
    let Some(mount) = around.max_by_key(|mount| mount.point.components().count()) else {
        return Mount::Ordinary;
    };
    if mount.is_read_only && (mount.is_in_memory || mount.point == file) {
        Mount::ForThisContainer
    } else {
        Mount::Ordinary
    }
}

struct Parsed {
    point: PathBuf,
    is_read_only: bool,
    is_in_memory: bool,
}

/// `36 35 98:0 /root /mount/point rw,noatime master:1 - ext4 /dev/sda1 rw,errors=continue`
fn parse(line: &str) -> Option<Parsed> {
    let (before, after) = line.split_once(" - ")?;
    let mut before = before.split(' ').skip(4);
    let (point, options) = (before.next()?, before.next()?);
    let mut after = after.split(' ');
    let (kind, of_the_whole) = (after.next()?, after.nth(1).unwrap_or_default());
    let is_read_only = options.split(',').chain(of_the_whole.split(',')).any(|option| option == "ro");
    let is_in_memory = kind == "tmpfs" || kind == "ramfs";
    Some(Parsed { point: unescaped(point).into(), is_read_only, is_in_memory })
}

/// The four characters that would end a field or a line stand there in octal.
fn unescaped(point: &str) -> String {
    point.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime - overlay overlay rw
23 22 0:20 / /run rw,nosuid - tmpfs tmpfs rw,size=100k
24 22 0:21 / /var/run/secrets/auth ro,relatime - tmpfs tmpfs rw,size=64k
25 22 254:1 /home/me/secret /run/secrets/jwt_access ro,relatime master:1 - ext4 /dev/sda1 rw
26 22 254:1 /home/me/rw /run/secrets/writable rw,relatime - ext4 /dev/sda1 rw
27 22 254:1 /nix /nix ro,relatime - ext4 /dev/sda1 rw
28 22 0:22 / /with\\040space rw - ramfs none ro
nonsense
";

    #[test]
    fn what_was_mounted_for_a_container_is_told_from_what_was_not() {
        for (file, expected) in [
            ("/var/run/secrets/auth/..data/jwt", Mount::ForThisContainer),
            ("/run/secrets/jwt_access", Mount::ForThisContainer),
            ("/with space/jwt", Mount::ForThisContainer),
            ("/run/secrets/writable", Mount::Ordinary),
            ("/run/secrets/other", Mount::Ordinary),
            ("/nix/store/jwt", Mount::Ordinary),
            ("/var/run/secrets/authority", Mount::Ordinary),
            ("/etc/jwt", Mount::Ordinary),
        ] {
            assert_eq!(mount_of(Path::new(file), MOUNTS), expected, "{file}");
        }
        assert_eq!(mount_of(Path::new("/etc/jwt"), ""), Mount::Ordinary);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "[ a-z0-9:/,\\\\-]{0,80}") {
            let _mount = mount_of(Path::new("/a"), &line);
        }
    }
}

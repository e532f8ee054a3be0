//! Keeps the memory of the process, and with it every secret, off the disk.

/// Sees to it that a crash writes no core dump; of the process, and of those it starts.
///
/// On Linux, the process is also made non-dumpable: the limit does not hold where the system pipes
/// dumps to a program (core(5)), and nobody but root may then read its memory or trace it.
///
/// # Errors
///
/// Where the system does not let us.
#[cfg(unix)]
pub fn turn_off() -> std::io::Result<()> {
    use nix::sys::resource::{Resource, setrlimit};
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_dumpable(false)?;
    Ok(())
}

/// Does nothing: there are no core dumps here.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn turn_off() -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use nix::sys::prctl::get_dumpable;
    use nix::sys::resource::{Resource, getrlimit};

    /// In the process of the unit tests, which needs no core dump either.
    #[test]
    fn afterwards_there_is_neither_room_for_a_dump_nor_leave_to_take_one() {
        super::turn_off().expect("the system lets us");
        assert_eq!(getrlimit(Resource::RLIMIT_CORE), Ok((0, 0)));
        assert_eq!(get_dumpable(), Ok(false));
    }
}

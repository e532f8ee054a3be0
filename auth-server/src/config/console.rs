//! Whether the console is there.

use super::parse::Unfit;
use super::reader::Reader;

/// The page at `/console`.
///
/// It has no door of its own: it calls the routes that are there without it, as whoever signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Console {
    /// It is there.
    #[default]
    On,
    /// Nothing is there.
    Off,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Console {
    reader.parsed("CONSOLE", console).unwrap_or_default()
}

fn console(text: &str) -> Result<Console, Unfit> {
    match text {
        "on" => Ok(Console::On),
        "off" => Ok(Console::Off),
        _ => Err(Unfit { problem: "which is neither on nor off", remedy: "write on or off".to_owned() }),
    }
}

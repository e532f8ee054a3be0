//! How careful the server has to be.

use std::fmt;

use super::reader::{Reader, quoted};

/// Development, test or production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Open: bootstrap is open, random secrets will do, the cookie travels without TLS.
    Development,
    /// As open as development, for tests.
    Test,
    /// Closed: whatever is not one of the other two.
    Production,
}

impl Mode {
    /// Whether this is the careful one.
    pub const fn is_production(self) -> bool {
        matches!(self, Self::Production)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        })
    }
}

/// The mode that was stated, if one was. `APP_ENV` wins over `NODE_ENV`.
///
/// Only the two open modes have to be spelled right: a slip of the pen must not open anything.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Mode> {
    let name = if reader.is_set("APP_ENV") { "APP_ENV" } else { "NODE_ENV" };
    let text = reader.text(name)?;
    Some(match text.as_str() {
        "development" => Mode::Development,
        "test" => Mode::Test,
        "production" => Mode::Production,
        other => {
            reader.note(format!(
                "{name} is {}, which counts as production; only development and test are open",
                quoted(other)
            ));
            Mode::Production
        }
    })
}

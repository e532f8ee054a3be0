//! An error in one line.

use std::error::Error;

/// The error and the causes behind it, one after the other.
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line += ": ";
        line += &error.to_string();
        cause = error.source();
    }
    line
}

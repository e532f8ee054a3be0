//! What is logged, and how.

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::parse::Unfit;
use super::reader::Reader;
use super::{Mode, Purpose};

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// What was asked for; what may be shown at all is decided by [`telemetry`](crate::telemetry).
    pub filter: Targets,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object.
    Json,
    /// One line of text, in colour on a terminal.
    Pretty,
}

pub(super) fn read(reader: &mut Reader<'_>, mode: Mode, purpose: Purpose) -> Log {
    let usual = if mode.is_production() { LogFormat::Json } else { LogFormat::Pretty };
    let level = match purpose {
        Purpose::Serve => LevelFilter::INFO,
        Purpose::Manage => LevelFilter::WARN,
    };
    Log {
        format: reader.parsed("LOG_FORMAT", format).unwrap_or(usual),
        filter: reader.parsed("RUST_LOG", filter).unwrap_or_else(|| Targets::new().with_default(level)),
    }
}

fn format(text: &str) -> Result<LogFormat, Unfit> {
    match text {
        "json" => Ok(LogFormat::Json),
        "pretty" => Ok(LogFormat::Pretty),
        _ => Err(Unfit {
            problem: "which is neither json nor pretty",
            remedy: "write json or pretty".to_owned(),
        }),
    }
}

fn filter(text: &str) -> Result<Targets, Unfit> {
    // A word alone that is no level would be a target of that name, and all else would be silent.
    let is_slip = |part: &str| !part.contains('=') && part.trim().parse::<LevelFilter>().is_err();
    let unfit = || Unfit {
        problem: "which is not a filter for logs",
        remedy: "write a level (error, warn, info, debug, trace) or a list such as info,auth_core=debug"
            .to_owned(),
    };
    if text.split(',').any(is_slip) { Err(unfit()) } else { text.parse().map_err(|_| unfit()) }
}

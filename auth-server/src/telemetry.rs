//! The log: one line for each event, on standard output (of a command: standard error), and no
//! secret in any of them.
//!
//! `RUST_LOG` says what is wanted, and a cap of our own what may be shown: below `info`, only the
//! crates of this project speak, because they are written not to name a secret. The libraries
//! underneath are not: at `trace` some of them show statements with their parameters, which are
//! password hashes, or the bytes of a connection. The cap does not depend on knowing which.
//!
//! There is no bridge for the `log` crate, so what libraries say by that way is not shown at all.

use std::any::Any;
use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::config::{Log, LogFormat};
use crate::trace::{Exporting, SPANS};

/// Who may say more than `info`: ourselves, and the audit events of auth-core.
const OWN: &[&str] =
    &["auth_core", "auth_tower", "auth_sea_orm", "auth_server", "auth_migrations", "auth::audit"];

/// Who may say nothing: a parameter that `sqlx` does not know, it shows with its value, and that may
/// be a misspelled password in the URL of a database. And spans for traces would stand in the place
/// of the one that has the id of a request.
const MUTE: &[&str] = &["sqlx_postgres::options", SPANS];

/// Who may say no more than a warning: Postgres tells here, at each start, that a table which may
/// exist does exist.
const CALM: &[&str] = &["sqlx::postgres::notice"];

/// Starts logging to standard output, and makes panics part of the log; and sends traces, if there is
/// somewhere to send them.
///
/// Called twice, it keeps what the first call has set.
pub fn start(log: &Log, traces: &Exporting) {
    let listeners = [Some(lines(log, io::stdout().is_terminal(), io::stdout)), traces.layer()];
    install(tracing_subscriber::registry().with(listeners.into_iter().flatten().collect::<Vec<_>>()));
}

/// Starts logging to standard error, for commands whose standard output is their answer.
///
/// Called twice, it keeps what the first call has set.
pub fn start_beside_output(log: &Log) {
    install(tracing_subscriber::registry().with(lines(log, io::stderr().is_terminal(), io::stderr)));
}

fn install(subscriber: impl Subscriber + Send + Sync) {
    // The only reason to fail is that someone was here before.
    let _kept = tracing::subscriber::set_global_default(subscriber);
    panic::set_hook(Box::new(log_panic));
}

fn lines<W>(log: &Log, terminal: bool, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        // On a terminal in colour, unless `NO_COLOR` says otherwise, which the layer looks up.
        LogFormat::Pretty if terminal => lines.boxed(),
        LogFormat::Pretty => lines.with_ansi(false).boxed(),
    };
    lines.with_filter(log.filter.clone().and(cap())).boxed()
}

/// The most that may be shown, whatever was asked for.
fn cap() -> Targets {
    Targets::new()
        .with_default(LevelFilter::INFO)
        .with_targets(OWN.iter().map(|target| (*target, LevelFilter::TRACE)))
        .with_targets(CALM.iter().map(|target| (*target, LevelFilter::WARN)))
        .with_targets(MUTE.iter().map(|target| (*target, LevelFilter::OFF)))
}

/// Tells where a panic happened. Its message is shown only where it was written in the source: one
/// that was put together at run time may hold anything.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, said = fit_to_show(panic.payload()), "a panic: this is a bug");
}

fn fit_to_show(payload: &dyn Any) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(withheld)")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::Level;

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str, events: impl FnOnce()) -> String {
        let memory = Memory::default();
        let log = Log { format, filter: filter.parse().expect("a filter") };
        let writer = memory.clone();
        let lines = lines(&log, false, move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), events);
        let bytes = memory.0.lock().expect("nobody panics here").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn what_libraries_say_below_info_is_never_shown() {
        let cap = cap();
        for target in
            ["sea_orm::driver::sqlx_postgres", "sqlx::query", "hyper::proto", "h2::codec", "tokio", "rustls"]
        {
            assert!(cap.would_enable(target, &Level::INFO), "{target}");
            assert!(!cap.would_enable(target, &Level::DEBUG), "{target}");
        }
        assert!(!cap.would_enable("sqlx_postgres::options::parse", &Level::ERROR));
        assert!(!cap.would_enable(SPANS, &Level::ERROR));
        assert!(cap.would_enable("auth_core::flow::login", &Level::TRACE));
        assert!(cap.would_enable("auth::audit", &Level::TRACE));

        let events = || {
            tracing::trace!(target: "sea_orm::driver", "hunter2");
            tracing::debug_span!(target: "sqlx", "query", value = "hunter2")
                .in_scope(|| tracing::info!("kept"));
        };
        for filter in ["trace", "sea_orm=trace,sqlx=trace,auth_server=info"] {
            let shown = logged(LogFormat::Json, filter, events);
            assert!(shown.contains("kept") && !shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn the_filter_is_obeyed_below_the_cap() {
        let shown = logged(LogFormat::Pretty, "warn", || {
            tracing::info!("quiet");
            tracing::warn!("loud");
        });
        assert!(shown.contains("loud") && !shown.contains("quiet"), "{shown}");
    }

    #[test]
    fn a_panic_is_quoted_only_where_its_words_stand_in_the_source() {
        let payload = |job: fn()| panic::catch_unwind(job).expect_err("it panics");
        assert_eq!(fit_to_show(&*payload(|| panic!("a plain sentence"))), "a plain sentence");
        assert_eq!(
            fit_to_show(&*payload(|| panic!("cannot use {}", std::env::args().count()))),
            "(withheld)"
        );
    }

    #[test]
    fn a_json_line_is_one_object_whatever_the_event_says() {
        let shown = logged(LogFormat::Json, "info", || tracing::info!(address = "a\"b\nc", "two\nlines"));
        assert_eq!(shown.lines().count(), 1, "{shown}");
        let line: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(line["address"], "a\"b\nc");
        assert_eq!(line["message"], "two\nlines");
    }
}

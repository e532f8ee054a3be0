//! `serve`: the process around the server.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::database::{configuration, runtime};
use super::failure::{Failure, Outcome};
use crate::config::{Config, Purpose};
use crate::signals::Signals;
use crate::trace::Exporting;
use crate::{core_dumps, start, telemetry};

/// The server could not start, or did not stop in good order.
const FAILED: u8 = 1;

/// For how long after a signal another one is taken for the same.
const ECHO: Duration = Duration::from_millis(500);

/// Runs the server until it is told to stop.
///
/// # Errors
///
/// Where it cannot even begin; once there is a log, it tells what went wrong.
pub(super) fn serve() -> Outcome<ExitCode> {
    let config = configuration(Purpose::Serve)?;
    let traces = Exporting::start(config.traces.as_ref()).map_err(|error| untraceable(&error))?;
    telemetry::start(&config.log, &traces);
    if config.mode.is_production() {
        without_core_dumps();
    }
    let runtime = runtime()?;
    let code = runtime.block_on(until_stopped(&config));
    // What is still running was given its time; an hourly sweep does not have to be waited for.
    runtime.shutdown_background();
    traces.finish();
    Ok(code)
}

fn untraceable(error: &io::Error) -> Failure {
    Failure::Failed(format!("traces cannot be sent: the machine's certificates cannot be read ({error})"))
}

/// Better a server that could be dumped than none.
fn without_core_dumps() {
    if let Err(error) = core_dumps::turn_off() {
        tracing::warn!("core dumps cannot be turned off ({error}); one that is written holds secrets");
    }
}

async fn until_stopped(config: &Config) -> ExitCode {
    let mut signals = match Signals::catch() {
        Ok(signals) => signals,
        Err(error) => {
            tracing::error!("the server cannot start: signals cannot be caught ({error})");
            return ExitCode::from(FAILED);
        }
    };
    let (tell, told) = oneshot::channel();
    let impatience = async {
        let signal = signals.next().await;
        tracing::info!(signal, "told to stop");
        // Where nobody is listening any more, the server has ended by itself.
        let _ended = tell.send(());
        // One keystroke may arrive twice: from the terminal, and from a parent that passes it on.
        let echoes = async {
            loop {
                signals.next().await;
            }
        };
        let _elapsed: Result<(), _> = timeout(ECHO, echoes).await;
        let signal = signals.next().await;
        tracing::warn!(signal, "told to stop again: exiting at once");
    };
    let stop = async {
        // The other end goes away only together with this one.
        let _told = told.await;
    };
    tokio::select! {
        ended = start::run(config, stop) => match ended {
            Ok(()) => {
                tracing::info!("stopped");
                ExitCode::SUCCESS
            }
            Err(error) => {
                tracing::error!("the server cannot start: {error}");
                ExitCode::from(FAILED)
            }
        },
        () = impatience => ExitCode::from(FAILED),
    }
}

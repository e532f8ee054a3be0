//! `serve`: the process around the server.

use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::config::Config;
use crate::signals::Signals;
use crate::{start, telemetry};

/// For how long after a signal another one is taken for the same.
const ECHO: Duration = Duration::from_millis(500);

/// Runs the server until it is told to stop.
pub(super) fn serve(config: &Config) -> ExitCode {
    telemetry::start(&config.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            super::complain(&format_args!("The server cannot start: no threads are to be had ({error})."));
            return ExitCode::from(super::FAILED);
        }
    };
    let code = runtime.block_on(until_stopped(config));
    // What is still running was given its time; an hourly sweep does not have to be waited for.
    runtime.shutdown_background();
    code
}

async fn until_stopped(config: &Config) -> ExitCode {
    let mut signals = match Signals::catch() {
        Ok(signals) => signals,
        Err(error) => {
            super::complain(&format_args!("The server cannot start: signals cannot be caught ({error})."));
            return ExitCode::from(super::FAILED);
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
                ExitCode::from(super::FAILED)
            }
        },
        () = impatience => ExitCode::from(super::FAILED),
    }
}

//! The keys of an issuer, as far as they are known, and the one task that asks for them.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Fault, Jwks, KeySource, KeySourceError, Learning};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::fetch::{Fetch, FetchError, Fetched};
use crate::url::JwksUrl;
use crate::{freshness, web};

/// How long an answer may take, body included.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after one fetch no token is a reason for another.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// The keys of an issuer, fetched from its URL and kept up to date: what a
/// [`Verifier`](auth_core::Verifier) of other people's tokens is made of.
///
/// The fetching is done by a task in the background, which ends when this is dropped.
pub struct RemoteKeys {
    known: watch::Receiver<Known>,
    wanted: Arc<Notify>,
}

/// The task cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It was not called from within a tokio runtime, with its timer enabled.
    #[error("the keys are fetched by a task of tokio, and there is no runtime here")]
    NoRuntime,
    /// The machine has no certificates to trust.
    #[error("there are no certificates on this machine by which an issuer could be trusted")]
    NoCertificates(#[source] io::Error),
}

/// What is known of the issuer's keys.
#[derive(Clone, Default)]
struct Known {
    keys: Jwks,
    /// When it was last asked, and whether that worked; `None` until the first answer.
    asked: Option<(Instant, Result<(), Arc<FetchError>>)>,
}

impl RemoteKeys {
    /// Begins to fetch the keys of `url`. It does not wait for the first answer: who needs a key
    /// meanwhile does.
    ///
    /// # Errors
    ///
    /// [`StartError`] where there is no runtime, or no certificates.
    pub fn start(url: JwksUrl) -> Result<Self, StartError> {
        Self::run(web::asking(url).map_err(StartError::NoCertificates)?)
    }

    /// The same with a client of one's own.
    ///
    /// # Errors
    ///
    /// [`StartError::NoRuntime`] where there is no runtime.
    pub fn with_fetch(fetch: impl Fetch) -> Result<Self, StartError> {
        Self::run(Box::new(fetch))
    }

    fn run(fetch: Box<dyn Fetch>) -> Result<Self, StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let (known, watched) = watch::channel(Known::default());
        let wanted = Arc::new(Notify::new());
        runtime.spawn(keep_up(fetch, known, Arc::clone(&wanted)));
        Ok(Self { known: watched, wanted })
    }

    async fn look_for(&self, key_id: &str) -> Result<(), Fault> {
        let mut known = self.known.clone();
        {
            let now = known.borrow_and_update();
            if now.keys.contains(key_id) {
                return Ok(());
            }
            if now.asked.as_ref().is_some_and(|(at, _)| at.elapsed() < COOL_DOWN) {
                return now.verdict();
            }
        }
        self.wanted.notify_one();
        // The task ends with the runtime, and then there is nobody left to answer.
        known.changed().await.map_err(|_| KeySourceError::new("the task that fetches keys has ended"))?;
        known.borrow().verdict()
    }
}

impl KeySource for RemoteKeys {
    fn known(&self) -> Jwks {
        self.known.borrow().keys.clone()
    }

    fn learn<'a>(&'a self, key_id: &'a str) -> Learning<'a> {
        Box::pin(self.look_for(key_id))
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys").field("known", &self.known.borrow().keys).finish_non_exhaustive()
    }
}

impl Known {
    /// Whether the issuer has told what keys it has, when it was last asked.
    fn verdict(&self) -> Result<(), Fault> {
        match &self.asked {
            Some((_, Err(error))) => Err(KeySourceError::new(Arc::clone(error)).into()),
            Some((_, Ok(()))) | None => Ok(()),
        }
    }
}

/// Asks again and again, until nobody wants to know any more.
async fn keep_up(mut fetch: Box<dyn Fetch>, known: watch::Sender<Known>, wanted: Arc<Notify>) {
    loop {
        let answer = timeout(PATIENCE, fetch.fetch()).await.unwrap_or(Err(FetchError::TooSlow));
        let asked = Instant::now();
        let next = match &answer {
            Ok(Fetched { max_age, .. }) => freshness::next_after_success(*max_age),
            Err(_) => freshness::next_after_failure(),
        };
        known.send_modify(|known| match answer {
            Ok(Fetched { keys, .. }) => *known = Known { keys, asked: Some((asked, Ok(()))) },
            Err(error) => {
                tracing::warn!(cause = %Causes(&error), "the issuer's keys could not be fetched");
                known.asked = Some((asked, Err(Arc::new(error))));
            }
        });
        tokio::select! {
            () = known.closed() => return,
            () = sleep_until(asked + next) => {}
            () = wanted_after(&wanted, asked + COOL_DOWN) => {}
        }
    }
}

/// Somebody has met a key that is not known, once the time for that has come.
async fn wanted_after(wanted: &Notify, earliest: Instant) {
    loop {
        wanted.notified().await;
        // Whoever asked before has had the answer that came meanwhile.
        if Instant::now() >= earliest {
            return;
        }
    }
}

/// An error and the causes behind it, in one line.
struct Causes<'a>(&'a dyn std::error::Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

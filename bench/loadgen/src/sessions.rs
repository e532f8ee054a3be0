//! Sessions that were there before, in a file.

use std::collections::VecDeque;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use tokio::task::spawn_local;

use crate::arguments::{Arguments, Scenario};
use crate::user::{Session, User};

/// Users who share the sessions of the file among them; for `me`, each session is refreshed once.
///
/// # Errors
///
/// Where the file cannot be read, has fewer sessions than there are users, or one that is not good.
pub(crate) async fn take(arguments: &Rc<Arguments>, file: &Path) -> Result<Vec<User>, Box<dyn Error>> {
    let mut shares: Vec<VecDeque<Session>> = (0..arguments.parallel).map(|_| VecDeque::new()).collect();
    for (nth, line) in fs::read_to_string(file)?.lines().enumerate() {
        let (email, token) = line.split_once('\t').ok_or("a line is an address, a tab and a token")?;
        let session =
            Session { email: email.to_owned(), refresh_token: token.to_owned(), ..Session::default() };
        shares[nth % arguments.parallel].push_back(session);
    }
    if shares.iter().any(VecDeque::is_empty) {
        return Err("there are fewer sessions than users".into());
    }
    let refreshes = arguments.scenario == Scenario::Me;
    let ready = shares.into_iter().enumerate().map(|(number, share)| {
        let mut user = User::with(arguments, number, share);
        spawn_local(async move { if refreshes { user.refresh_all().await.map(|()| user) } else { Ok(user) } })
    });
    let mut users = Vec::new();
    for user in ready.collect::<Vec<_>>() {
        users.push(user.await??);
    }
    Ok(users)
}

/// Writes the sessions down as they are now.
///
/// # Errors
///
/// Where the file cannot be written.
pub(crate) fn give_back(users: Vec<User>, file: &Path) -> Result<(), Box<dyn Error>> {
    let sessions = users.into_iter().flat_map(User::into_sessions);
    let lines: Vec<_> =
        sessions.map(|Session { email, refresh_token, .. }| email + "\t" + &refresh_token).collect();
    Ok(fs::write(file, lines.join("\n"))?)
}

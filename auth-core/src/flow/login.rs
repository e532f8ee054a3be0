//! Who knows the password gets a session.

use crate::audit;
use crate::client::Client;
use crate::email::Email;
use crate::error::{Error, Fault, Refusal};
use crate::hashing::Verdict;
use crate::id::SessionId;
use crate::model::{Credentials, User};
use crate::parts::Parts;
use crate::password::Password;
use crate::secret::PasswordHash;
use crate::store::{Opened, Opening, SessionKey, Store, UserStore};
use crate::token::{self, SessionSecret};
use crate::verbs::{LoggedIn, Login};

/// How often a login starts over because the hash changed under it: once for a rehash by another
/// login of the same user, and a few times more for good measure.
const ATTEMPTS: usize = 4;

pub(crate) async fn login<S: Store>(auth: &Parts<S>, login: Login) -> Result<LoggedIn, Error> {
    let Login { email, password, presented, client } = login;
    let replaces = presented.and_then(|token| auth.refresh.open(token.expose())).map(|old| old.key);
    for _ in 0..ATTEMPTS {
        let (user, mut verified, verdict) = verify(auth, &email, &password).await?;
        if verdict == Verdict::RightButWeak {
            verified = strengthen(auth, &user, verified, password.clone()).await;
        }
        if let Some(session) = open(auth, user, &verified, replaces, &client).await? {
            return Ok(session);
        }
    }
    Err(Fault::Busy.into())
}

/// The user and the hash that was verified, or the one refusal for whatever is wrong.
async fn verify<S: UserStore>(
    auth: &Parts<S>,
    email: &Email,
    password: &Password,
) -> Result<(User, PasswordHash, Verdict), Error> {
    let found = auth.store.credentials(email).await?;
    let stored = found.as_ref().and_then(|held| held.password.clone());
    let verdict = auth.passwords.verify(password.clone(), stored.clone()).await?;

    let known = found.as_ref().map(|held| held.user.id);
    if let (Verdict::Unusable, Some(user), Some(_)) = (verdict, known, &stored) {
        audit::unusable_hash(user);
    }
    match (found, stored, verdict) {
        (Some(Credentials { user, .. }), Some(hash), Verdict::Right | Verdict::RightButWeak)
            if user.disabled_at.is_none() =>
        {
            Ok((user, hash, verdict))
        }
        _ => {
            audit::login_refused(known);
            Err(Refusal::InvalidCredentials.into())
        }
    }
}

/// Opens a session, unless the hash that was verified is no longer the user's.
async fn open<S: Store>(
    auth: &Parts<S>,
    user: User,
    verified: &PasswordHash,
    replaces: Option<SessionKey>,
    client: &Client,
) -> Result<Option<LoggedIn>, Error> {
    let now = auth.clock.now();
    let secret: SessionSecret = token::draw_secret(&*auth.entropy)?;
    let key = SessionKey { id: SessionId::new(&auth.entropy.array()?, now), secret: token::hash_of(&secret) };
    let ends_at = now + auth.policy.session_max_ttl;
    // Everything that can fail without the store comes before it: nothing is half done.
    let access_token = auth.access_token(&user, key.id, ends_at, auth.entropy.array()?, now)?;
    let token = auth.refresh.seal(key.id, &secret, 0);

    let opening = Opening {
        key,
        user: user.id,
        verified: verified.clone(),
        expires_at: now + auth.policy.refresh_ttl,
        ends_at,
        replaces,
        limit: auth.policy.session_limit,
        client: client.clone(),
    };
    match auth.store.open(&opening, now).await? {
        Opened::Stale => Ok(None),
        Opened::Opened => {
            audit::logged_in(user.id, key.id, replaces.map(|old| old.id));
            Ok(Some(LoggedIn { user, access_token, refresh: auth.hand_out(token, ends_at, now) }))
        }
    }
}

/// Puts a stronger hash of the same password in place of a weak one, and says which is in place.
///
/// The password is right, so trouble here is logged and left for the next login. It comes before
/// the session is opened: a request that is given up while it waits for the hash has ended nothing.
async fn strengthen<S: UserStore>(
    auth: &Parts<S>,
    user: &User,
    weak: PasswordHash,
    password: Password,
) -> PasswordHash {
    match stronger(auth, user, &weak, password).await {
        Ok(Some(strong)) => strong,
        // Another login of the same user was faster; opening with the weak one will tell.
        Ok(None) => weak,
        Err(fault) => {
            audit::not_strengthened(user.id, &fault);
            weak
        }
    }
}

async fn stronger<S: UserStore>(
    auth: &Parts<S>,
    user: &User,
    weak: &PasswordHash,
    password: Password,
) -> Result<Option<PasswordHash>, Fault> {
    let strong = auth.passwords.hash(password).await?;
    Ok(auth.store.rehash(user.id, weak, &strong).await?.then_some(strong))
}

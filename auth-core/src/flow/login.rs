//! Who knows the password gets a session.

use std::error::Error as _;

use sha2::{Digest, Sha256};

use crate::audit;
use crate::email::Email;
use crate::error::{Error, Fault, Refusal};
use crate::event::Cause;
use crate::hashing::Verdict;
use crate::id::{SessionId, UserId};
use crate::model::{Credentials, User};
use crate::parts::Call;
use crate::password::Password;
use crate::secret::PasswordHash;
use crate::store::{Ended, Existence, Opened, Opening, SessionKey, Store, UserStore};
use crate::throttle::account_of;
use crate::token::{self, Device, REMEMBERED, SessionSecret};
use crate::verbs::{IssuedDevice, LoggedIn, Login};

use super::attempt::Guess;

/// How often a login starts over because the hash changed under it: once for a rehash by another
/// login of the same user, and a few times more for good measure.
const ATTEMPTS: usize = 4;

pub(crate) async fn login<S: Store>(auth: Call<'_, S>, login: Login) -> Result<LoggedIn, Error> {
    let Login { email, password, presented, device } = login;
    let replaces = presented.and_then(|token| auth.refresh.open(token.expose())).map(|old| old.key);
    let known = match &device {
        Some(token) => {
            let held = auth.store.credentials(&email).await?.and_then(|held| held.password);
            auth.devices.open(token.expose(), &holder(&email, held.as_ref()), auth.clock.now())
        }
        None => None,
    };
    for nth in 0..ATTEMPTS {
        let (user, mut verified, verdict) = match nth {
            0 => counted(auth, &email, &password, known).await?,
            // It was right a moment ago, and is no guess.
            _ => verify(auth, &email, &password).await?.map_err(|wrong| refuse(auth, &email, &wrong))?,
        };
        if verdict == Verdict::RightButWeak {
            verified = strengthen(auth, &user, verified, password.clone()).await;
        }
        if let Some(session) = open(auth, user, &verified, replaces).await? {
            return Ok(LoggedIn {
                device: remember(auth, &holder(&email, Some(&verified)), known)?,
                ..session
            });
        }
    }
    Err(Fault::Busy.into())
}

/// What [`verify`] finds, counted: a place is taken before the password is looked at.
async fn counted<S: UserStore>(
    auth: Call<'_, S>,
    email: &Email,
    password: &Password,
    device: Option<Device>,
) -> Result<(User, PasswordHash, Verdict), Error> {
    let guess = Guess::begin(auth, email, device.map(|device| device.id), None).await?;
    match verify(auth, email, password).await {
        Ok(Ok(right)) => {
            guess.succeeded().await?;
            Ok(right)
        }
        Ok(Err(wrong)) => {
            let account = if wrong.user.is_some() { Existence::Known } else { Existence::Unknown };
            guess.failed(account).await?;
            Err(refuse(auth, email, &wrong).into())
        }
        Err(error) => {
            guess.abandoned().await;
            Err(error)
        }
    }
}

/// What is wrong with a login: for the events alone, because the answer is always the same.
struct Wrong {
    user: Option<UserId>,
    cause: Cause,
}

fn refuse<S>(auth: Call<'_, S>, email: &Email, wrong: &Wrong) -> Refusal {
    auth.tell(audit::login_failed(wrong.user, email, wrong.cause));
    Refusal::InvalidCredentials
}

/// The user and the hash that was verified, or what is wrong.
async fn verify<S: UserStore>(
    auth: Call<'_, S>,
    email: &Email,
    password: &Password,
) -> Result<Result<(User, PasswordHash, Verdict), Wrong>, Error> {
    let found = auth.store.credentials(email).await?;
    let stored = found.as_ref().and_then(|held| held.password.clone());
    let verdict = auth.passwords.verify(password.clone(), stored.clone()).await?;

    let known = found.as_ref().map(|held| held.user.id);
    if let (Verdict::Unusable, Some(user), Some(_)) = (verdict, known, &stored) {
        auth.tell(audit::unusable_hash(user));
    }
    let cause = match (found, stored, verdict) {
        (Some(Credentials { user, .. }), Some(hash), Verdict::Right | Verdict::RightButWeak) => {
            if user.disabled_at.is_none() {
                return Ok(Ok((user, hash, verdict)));
            }
            Cause::AccountDisabled
        }
        (Some(_), Some(_), Verdict::Wrong) => Cause::WrongPassword,
        (Some(_), _, _) => Cause::NoPassword,
        (None, _, _) => Cause::UnknownAccount,
    };
    Ok(Err(Wrong { user: known, cause }))
}

/// Whose browser a device token stands for: an account for as long as it has this password, so that
/// whoever knew an old one keeps nothing of it.
fn holder(email: &Email, password: Option<&PasswordHash>) -> [u8; 32] {
    let hash = password.map_or("", PasswordHash::expose);
    Sha256::new().chain_update(account_of(email)).chain_update(hash).finalize().into()
}

/// A token by which the account knows this browser from now on; `None` where it holds one that
/// will do for a while.
fn remember<S>(
    auth: Call<'_, S>,
    holder: &[u8; 32],
    known: Option<Device>,
) -> Result<Option<IssuedDevice>, Fault> {
    let id = match known {
        Some(Device { is_old: false, .. }) => return Ok(None),
        Some(Device { id, .. }) => id,
        None => auth.entropy.array()?,
    };
    let token = auth.devices.seal(holder, id, auth.clock.now());
    Ok(Some(IssuedDevice { token, max_age: REMEMBERED }))
}

/// Opens a session, unless the hash that was verified is no longer the user's.
async fn open<S: Store>(
    auth: Call<'_, S>,
    user: User,
    verified: &PasswordHash,
    replaces: Option<SessionKey>,
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
        client: auth.client.clone(),
    };
    match auth.store.open(&opening, now).await? {
        Opened::Stale => Ok(None),
        Opened::Opened { ended } => {
            auth.tell(audit::logged_in(user.id, &user.email, key.id));
            for Ended { session, user, why } in ended {
                auth.tell(audit::session_ended(user, session, why));
            }
            let refresh = auth.hand_out(token, ends_at, now);
            Ok(Some(LoggedIn { user, access_token, refresh, device: None }))
        }
    }
}

/// Puts a stronger hash of the same password in place of a weak one, and says which is in place.
///
/// The password is right, so trouble here is logged and left for the next login. It comes before
/// the session is opened: a request that is given up while it waits for the hash has ended nothing.
async fn strengthen<S: UserStore>(
    auth: Call<'_, S>,
    user: &User,
    weak: PasswordHash,
    password: Password,
) -> PasswordHash {
    match stronger(auth, user, &weak, password).await {
        Ok(Some(strong)) => {
            auth.tell(audit::strengthened(user.id));
            strong
        }
        // Another login of the same user was faster; opening with the weak one will tell.
        Ok(None) => weak,
        Err(fault) => {
            let cause = fault.source().map(tracing::field::display);
            tracing::warn!(%fault, cause, "a weak password hash stays for now");
            auth.tell(audit::not_strengthened(user.id));
            weak
        }
    }
}

async fn stronger<S: UserStore>(
    auth: Call<'_, S>,
    user: &User,
    weak: &PasswordHash,
    password: Password,
) -> Result<Option<PasswordHash>, Fault> {
    let strong = auth.passwords.hash(password).await?;
    Ok(auth.store.rehash(user.id, weak, &strong).await?.then_some(strong))
}

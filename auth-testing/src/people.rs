//! People who are signed in.

use auth_core::store::{ManagedStore, Store};
use auth_core::{
    AccessToken, Auth, Email, Error, Identity, Login, Name, NewAccount, NewAdmin, Password, RefreshToken,
    Refusal, Role, User,
};

/// The password of everyone whom this crate creates.
pub const PASSWORD: &str = "StrongPassword123!";

/// Somebody who has just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who they are; their password is [`PASSWORD`].
    pub user: User,
    /// What their access token says of them: what a handler behind a guard is given.
    pub identity: Identity,
    /// For an `Authorization` header.
    pub access_token: AccessToken,
    /// For the cookie.
    pub refresh_token: RefreshToken,
}

/// Creates somebody with this role, and signs them in. Each call creates somebody else: `user@example.com`,
/// then `user-2@example.com`, and so on.
///
/// ```
/// use auth_core::{MemoryStore, Role};
/// use auth_testing::{TestKit, signed_in_as};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = TestKit::new().auth(MemoryStore::new());
/// let admin = signed_in_as(&auth, Role::ADMIN).await;
/// let accounts = auth.as_admin(&admin.identity)?;
/// assert_eq!(accounts.list(&Default::default()).await?.users.len(), 1);
/// # Ok(()) }
/// ```
///
/// # Panics
///
/// Where the role is none of the policy's, or the store fails.
pub async fn signed_in_as<S: ManagedStore>(auth: &Auth<S>, role: impl Into<Role>) -> SignedIn {
    let user = somebody(auth, role.into()).await;
    sign_in(auth, user.email).await
}

/// Creates the first admin, `admin@example.com`, by bootstrap, and signs them in: for stores in which
/// accounts cannot be managed.
///
/// # Panics
///
/// Where there is a user, bootstrap is closed or asks for a token, or the store fails.
pub async fn first_admin<S: Store>(auth: &Auth<S>) -> SignedIn {
    let email = Email::parse("admin@example.com").expect("a good address");
    let name = Name::parse("Admin").expect("a good name");
    let admin = NewAdmin::new(email.clone(), password(), name);
    auth.bootstrap(admin).await.expect("the first admin can be created");
    sign_in(auth, email).await
}

/// Creates somebody with this role whom there has not been yet.
pub(crate) async fn somebody<S: ManagedStore>(auth: &Auth<S>, role: Role) -> User {
    let stem = role.as_str().to_ascii_lowercase();
    let mut number = 1;
    loop {
        let local = if number == 1 { stem.clone() } else { format!("{stem}-{number}") };
        let account = NewAccount {
            email: Email::parse(&format!("{local}@example.com")).expect("a role makes a good address"),
            name: Name::parse(&local).expect("a role makes a good name"),
            role: role.clone(),
            password: password(),
        };
        match auth.as_operator().create(account).await {
            Ok(user) => return user,
            Err(Error::Refused(Refusal::EmailTaken)) => number += 1,
            Err(error) => panic!("nobody can be created in the role {role}: {error}"),
        }
    }
}

async fn sign_in<S: Store>(auth: &Auth<S>, email: Email) -> SignedIn {
    let login = auth.login(Login::new(email, password())).await.expect("the password is right");
    let identity = auth.authenticate(login.access_token.expose()).expect("the token is fresh");
    SignedIn {
        user: login.user,
        identity,
        access_token: login.access_token,
        refresh_token: login.refresh.token,
    }
}

fn password() -> Password {
    Password::parse(PASSWORD).expect("a good password")
}

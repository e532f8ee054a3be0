//! Which user a command is about.

use auth_core::store::ManagedStore;
use auth_core::{Auth, Email, Error, Flaw, Refusal, User, UserId};
use clap::Args;

use crate::cli::failure::{Failure, Outcome};

/// A user, named by address or by id.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct Who {
    /// The email address of the user, or their id.
    #[arg(value_name = "USER")]
    user: String,
}

impl Who {
    /// The user as they are now.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where there is none, naming whom was asked for.
    pub(in crate::cli) async fn find<S: ManagedStore>(&self, auth: &Auth<S>) -> Outcome<User> {
        let accounts = auth.as_operator();
        let found = if self.user.contains('@') {
            accounts.find_by_email(&Email::parse(&self.user).map_err(Flaw::from)?).await
        } else {
            match self.user.parse::<UserId>() {
                Ok(id) => accounts.find(id).await,
                // What is neither an address nor an id names nobody.
                Err(_) => Err(Refusal::NotFound.into()),
            }
        };
        found.map_err(|error| match error {
            Error::Refused(Refusal::NotFound) => Failure::Refused(self.nobody()),
            other => other.into(),
        })
    }

    fn nobody(&self) -> String {
        let hint =
            if self.user.contains('@') { "" } else { "; a user is named by their email address or id" };
        format!("{}: there is no user {:?}{hint}", Refusal::NotFound, self.user)
    }
}

#[cfg(test)]
mod tests {
    use auth_core::{MemoryStore, Name, NewAccount, Password, Role};

    use super::*;

    #[tokio::test]
    async fn a_user_is_found_by_address_and_by_id_and_by_nothing_else() {
        let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("it builds");
        let ann = NewAccount {
            email: Email::parse("ann@example.com").expect("an address"),
            name: Name::parse("Ann").expect("a name"),
            role: Role::USER,
            password: Password::parse("correct horse battery").expect("a password"),
        };
        let ann = auth.as_operator().create(ann).await.expect("she is new");
        let find = async |user: &str| Who { user: user.to_owned() }.find(&auth).await.map(|user| user.id);

        assert_eq!(find(" ANN@example.com").await, Ok(ann.id));
        assert_eq!(find(&ann.id.to_string()).await, Ok(ann.id));
        let refused = |text: &str| Err(Failure::Refused(text.to_owned()));
        assert_eq!(find("bob@example.com").await, refused("Not found: there is no user \"bob@example.com\""));
        assert_eq!(
            find("ann").await,
            refused("Not found: there is no user \"ann\"; a user is named by their email address or id")
        );
        assert_eq!(find("ann@").await, refused("email must be an address such as name@example.com"));
    }
}

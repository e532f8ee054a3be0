//! A system with an admin who is logged in, and colleagues who come and go.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::client::{Ask, Client, EMAIL, PASSWORD, Session};
use super::super::{App, Door, Settings};
use super::wire::{Account, Page, Seen};

/// Another good password.
pub(super) const NEW_PASSWORD: &str = "AnotherPassword456!";

pub(super) const ENDED: &str = r#"{"message":"Session ended"}"#;
pub(super) const DELETED: &str = r#"{"message":"User deleted"}"#;
pub(super) const CHANGED: &str = r#"{"message":"Password changed"}"#;

/// The name of whoever is hired without another.
pub(super) const COLLEAGUE: &str = "Zoe Colleague";

/// What ends several sessions answers.
pub(super) fn ended(sessions: usize) -> String {
    format!(r#"{{"message":"Sessions ended","ended":{sessions}}}"#)
}

/// A client, and the admin's session.
pub(super) struct Team<A> {
    pub(super) client: Client<A>,
    pub(super) admin: Session,
}

impl<A: App> Team<A> {
    /// An app of its own, set up as in development, whose admin is logged in.
    pub(super) async fn open<D: Door<App = A>>(door: &D) -> Self {
        Self::open_with(door, Settings::development()).await
    }

    pub(super) async fn open_with<D: Door<App = A>>(door: &D, settings: Settings) -> Self {
        let client = Client::with_admin(door, settings).await;
        let admin = client.login().await;
        Self { client, admin }
    }

    /// Creates an account with the usual password.
    pub(super) async fn hire(&self, email: &str, name: &str, role: &str) -> Account {
        let account = json!({ "email": email, "name": name, "role": role, "password": PASSWORD });
        let answer = self.give(&self.admin, Method::POST, "/users", &account).await;
        Account::of(&answer, StatusCode::CREATED)
    }

    /// Creates an account, and logs in with it.
    pub(super) async fn member(&self, email: &str, role: &str) -> Session {
        self.hire(email, COLLEAGUE, role).await;
        self.login(email).await
    }

    pub(super) async fn login(&self, email: &str) -> Session {
        Session::of(&self.try_login(email, PASSWORD).await)
    }

    pub(super) async fn try_login(&self, email: &str, password: &str) -> Answer {
        self.client.send(login_ask(email, password)).await
    }

    /// Asks for something, without a body.
    pub(super) async fn ask(&self, who: &Session, method: Method, path: &str) -> Answer {
        self.client.send(Ask::new(method, path).bearer(&who.access)).await
    }

    pub(super) async fn get(&self, who: &Session, path: &str) -> Answer {
        self.ask(who, Method::GET, path).await
    }

    pub(super) async fn delete(&self, who: &Session, path: &str) -> Answer {
        self.ask(who, Method::DELETE, path).await
    }

    /// Asks for something, with a JSON body.
    pub(super) async fn give(&self, who: &Session, method: Method, path: &str, body: &Value) -> Answer {
        self.client.send(Ask::new(method, path).bearer(&who.access).json(&body.to_string())).await
    }

    /// The admin changes an account, which works.
    pub(super) async fn change(&self, id: &str, change: &Value) -> Account {
        let answer = self.give(&self.admin, Method::PATCH, &format!("/users/{id}"), change).await;
        Account::of(&answer, StatusCode::OK)
    }

    /// The account, as the admin sees it.
    pub(super) async fn account(&self, id: &str) -> Account {
        let answer = self.get(&self.admin, &format!("/users/{id}")).await;
        Account::of(&answer, StatusCode::OK)
    }

    /// A page of accounts, as the admin sees it; the query as it stands behind the `?`.
    pub(super) async fn page(&self, query: &str) -> Page {
        Page::of(&self.get(&self.admin, &format!("/users?{query}")).await)
    }

    /// One's own sessions.
    pub(super) async fn sessions(&self, who: &Session) -> Vec<Seen> {
        Seen::all(&self.get(who, "/sessions").await)
    }

    /// Insists that a session goes on.
    pub(super) async fn is_live(&self, session: &Session) {
        self.client.me(&session.access).await.is_user();
        self.client.refresh(&session.refresh).await.is_refreshed();
    }

    /// Insists that a session is over.
    pub(super) async fn is_over(&self, session: &Session) {
        self.client.me(&session.access).await.refuses_bearer();
        self.client.refresh(&session.refresh).await.refuses_refresh();
    }

    /// Insists that nobody can log in like this.
    pub(super) async fn refuses_login(&self, email: &str, password: &str) {
        let answer = self.try_login(email, password).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password").challenges().leaves_cookie();
    }

    /// The account of the admin.
    pub(super) async fn admin_account(&self) -> Account {
        let account = self.account(&self.admin.user_id).await;
        assert_eq!(account.email, EMAIL);
        account
    }
}

/// The request of a login.
pub(super) fn login_ask(email: &str, password: &str) -> Ask {
    Ask::post("/login").json(&json!({ "email": email, "password": password }).to_string())
}

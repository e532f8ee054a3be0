//! A body that is held back: who may act is who may when it has come.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::{AccountChange, MemoryStore, Role};
use bytes::Bytes;
use http_body::{Body, Frame};

use crate::common::{ask, call};

use super::{Team, every};

/// A body that comes when something else has been done.
struct Held(Option<Pin<Box<dyn Future<Output = Bytes> + Send>>>);

impl Body for Held {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(work) = &mut self.0 else { return Poll::Ready(None) };
        let bytes = ready!(work.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

/// Whoever is demoted or logged out while their body is on its way does nothing any more.
#[tokio::test]
async fn who_is_demoted_while_their_body_is_on_its_way_changes_nothing() {
    for leaves in [false, true] {
        let probe = Team::open(MemoryStore::new()).await;
        let routes = every(&probe.user.id.to_string(), &probe.user.session.to_string()).len();
        for nth in 0..routes {
            let team = Team::open(MemoryStore::new()).await;
            let (method, path) =
                every(&team.user.id.to_string(), &team.user.session.to_string()).swap_remove(nth);
            let for_admins = path.contains("/users");
            if method == "GET" || (!for_admins && !leaves) {
                continue;
            }
            let (auth, admin, user) = (team.auth.clone(), team.admin.clone(), team.user.clone());
            let text = r#"{"email":"new@example.com","name":"New","role":"USER","password":"correct horse"}"#;
            let body = Held(Some(Box::pin(async move {
                let accounts = auth.as_operator();
                let promoted = AccountChange { role: Some(Role::ADMIN), ..AccountChange::default() };
                accounts.change(user.id, promoted).await.unwrap();
                if leaves {
                    accounts.end_session(admin.id, admin.session).await.unwrap();
                } else {
                    let demoted = AccountChange { role: Some(Role::USER), ..AccountChange::default() };
                    accounts.change(admin.id, demoted).await.unwrap();
                }
                Bytes::from_static(text.as_bytes())
            })));
            let (head, _) = ask(method, &path, &team.admin.token, "{}").into_parts();
            let answer = call(&team.routes, http::Request::from_parts(head, body)).await;
            let expected = if leaves { "Invalid or expired token" } else { "Insufficient permissions" };
            assert_eq!(answer.body, format!(r#"{{"error":"{expected}"}}"#), "{method} {path}");
            let sessions = team.auth.as_operator().sessions(team.user.id).await.unwrap();
            assert_eq!(sessions.len(), 1, "{method} {path} has changed nothing");
        }
    }
}

//! The HTTP contract over a real socket, each line of it with a server and a database of its own.

use std::sync::Mutex;

use auth_conformance::contract::{App, Door, Settings};
use bytes::Bytes;
use http::{Request, Response};

use crate::client::{Client, SERVERS_OWN};
use crate::process::{Server, Store};

struct Fresh(fn() -> Store);

struct Running {
    client: Client,
    // In this order: first the server goes, then its database.
    _server: Mutex<Server>,
    _store: Store,
}

impl Door for Fresh {
    type App = Running;

    async fn open(&self, settings: Settings) -> Running {
        let store = (self.0)();
        let variables = settings.environment();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let server = Server::start_with(&store.url(), &variables);
        Running { client: server.client(), _server: Mutex::new(server), _store: store }
    }
}

impl App for Running {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let mut response = self.client.try_send(request).await.expect("an answer");
        // What only the server adds, around the contract.
        for name in
            ["date", "content-length", "x-request-id"].into_iter().chain(SERVERS_OWN.map(|(name, _)| name))
        {
            response.headers_mut().remove(name);
        }
        // In production, also this.
        response.headers_mut().remove("strict-transport-security");
        response
    }
}

mod on_sqlite {
    use super::{Fresh, Store};

    async fn door() -> Fresh {
        Fresh(Store::sqlite)
    }

    auth_conformance::contract_tests!(door);
    auth_conformance::account_contract_tests!(door);
}

mod on_postgres {
    use super::{Fresh, Store};

    async fn door() -> Option<Fresh> {
        Store::postgres()?;
        Some(Fresh(|| Store::postgres().expect("it was there a moment ago")))
    }

    auth_conformance::contract_tests!(door);
    auth_conformance::account_contract_tests!(door);
}

//! The routes, their guards, and the JSON of their answers.

use auth_core::{Auth, Clock, Role, SystemClock};
use auth_sea_orm::SeaOrmStore;
use auth_sea_orm::entity::users;
use auth_tower::{AuthRoutes, Authenticated, RequireAuth, RequireRole};
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::orders::Orders;
use crate::settings::Stage;
use crate::table::Model;

/// `/api/auth` is the library's, the rest is ours.
pub(crate) fn app(auth: Auth<SeaOrmStore>, orders: Orders, stage: Stage) -> Router {
    // `current` asks the store who is calling, so that whoever is disabled, demoted or signed out
    // is so from the next request on. Without it the token is believed until it expires.
    let own = Router::new()
        .route("/api/orders", get(list).post(place))
        .route_layer(RequireAuth::new(auth.clone()).current());
    let everyones = Router::new()
        .route("/api/orders/all", get(list_all))
        .route_layer(RequireRole::new(auth.clone(), Role::ADMIN).current());

    // `with_accounts` adds /users for admins, and /sessions and /password for everyone.
    let routes = AuthRoutes::new(auth).with_accounts();
    let routes = match stage {
        // Browsers do not store a `Secure` cookie that comes over plain HTTP.
        Stage::Development => routes.insecure_cookies(),
        Stage::Production => routes,
    };

    Router::new().merge(own).merge(everyones).with_state(orders).nest_service("/api/auth", routes.nested())
}

async fn list(
    State(orders): State<Orders>,
    Authenticated(who): Authenticated,
) -> Result<Json<OrderList>, Trouble> {
    let orders = orders.of(who.user_id).await?;
    Ok(Json(OrderList { orders: orders.into_iter().map(|order| Order::new(order, None)).collect() }))
}

/// Only admins get here: the guard has asked.
async fn list_all(State(orders): State<Orders>) -> Result<Json<OrderList>, Trouble> {
    let orders = orders.all().await?;
    Ok(Json(OrderList {
        orders: orders.into_iter().map(|(order, buyer)| Order::new(order, buyer)).collect(),
    }))
}

/// Whose order it is, the guard has found out: nothing in the body could say otherwise.
async fn place(
    State(orders): State<Orders>,
    Authenticated(who): Authenticated,
    wanted: Result<Json<NewOrder>, JsonRejection>,
) -> Result<(StatusCode, Json<Order>), Trouble> {
    let Json(NewOrder { item, quantity }) =
        wanted.map_err(|_| Trouble::Unusable("The body must be JSON with an item and a quantity"))?;
    let item = item.trim();
    if item.is_empty() || item.chars().count() > 100 || item.chars().any(char::is_control) {
        return Err(Trouble::Unusable("item must have 1 to 100 characters"));
    }
    if !(1..=1_000).contains(&quantity) {
        return Err(Trouble::Unusable("quantity must be 1 to 1000"));
    }
    let order = orders.place(who.user_id, item.to_owned(), quantity, SystemClock.now()).await?;
    Ok((StatusCode::CREATED, Json(Order::new(order, None))))
}

#[derive(Deserialize)]
struct NewOrder {
    item: String,
    quantity: i32,
}

#[derive(Serialize)]
struct OrderList {
    orders: Vec<Order>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: i64,
    item: String,
    quantity: i32,
    placed_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer: Option<String>,
}

impl Order {
    fn new(order: Model, buyer: Option<users::Model>) -> Self {
        let Model { id, buyer: _, item, quantity, placed_at } = order;
        Self { id, item, quantity, placed_at, buyer: buyer.map(|buyer| buyer.email) }
    }
}

/// What keeps an order from being shown or placed; the body is like that of every other error.
enum Trouble {
    Unusable(&'static str),
    Database,
}

impl From<DbErr> for Trouble {
    fn from(_: DbErr) -> Self {
        Self::Database
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Said {
            error: &'static str,
        }
        let (status, error) = match self {
            Self::Unusable(error) => (StatusCode::BAD_REQUEST, error),
            Self::Database => (StatusCode::SERVICE_UNAVAILABLE, "Service unavailable"),
        };
        (status, Json(Said { error })).into_response()
    }
}

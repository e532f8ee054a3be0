//! What an admin and the operator do to accounts.

mod support;

use std::time::Duration;

use auth_core::{
    AccountChange, AccountQuery, AccountState, Accounts, EndReason, Flaw, Imported, ImportedAccount,
    MemoryStore, Name, NewAccount, PasswordFlaw, PasswordHash, Policy, Refusal, Role, Roles, Search,
    Timestamp, User, UserId,
};
use support::{
    EMAIL, PASSWORD, World, email, login, new_account, open_policy, password, refusal, world, world_with,
};

const ANN: &str = "ann@example.com";

async fn ann(accounts: &Accounts<'_, MemoryStore>) -> User {
    accounts.create(new_account(ANN)).await.expect("the address is free")
}

fn to_role(role: Role) -> AccountChange {
    AccountChange { role: Some(role), ..AccountChange::default() }
}

fn to_state(state: AccountState) -> AccountChange {
    AccountChange { state: Some(state), ..AccountChange::default() }
}

#[tokio::test]
async fn only_an_admin_manages_accounts_and_as_they_are_now() {
    let World { auth, .. } = world().await;
    let admin = auth.login(login(EMAIL, PASSWORD)).await.expect("right");
    let who = auth.authenticate_current(admin.access_token.expose()).await.expect("it lives");
    let ann = ann(&auth.as_admin(&who).expect("an admin")).await;
    let hers = auth.login(login(ANN, PASSWORD)).await.expect("right");
    let she = auth.authenticate_current(hers.access_token.expose()).await.expect("it lives");
    assert_eq!(auth.as_admin(&she).err(), Some(Refusal::InsufficientRole));

    auth.as_admin(&who).expect("an admin").change(ann.id, to_role(Role::ADMIN)).await.expect("she is there");
    let she = auth.authenticate_current(hers.access_token.expose()).await.expect("it lives");
    assert!(auth.as_admin(&she).is_ok(), "a promotion counts at once");
    auth.as_admin(&she).expect("an admin").change(who.user_id, to_role(Role::USER)).await.expect("she stays");
    let who = auth.authenticate_current(admin.access_token.expose()).await.expect("it lives");
    assert_eq!(auth.as_admin(&who).err(), Some(Refusal::InsufficientRole), "a demotion as well");
}

#[tokio::test]
async fn an_account_is_created_as_it_was_asked_for() {
    let World { auth, .. } = world().await;
    let accounts = auth.as_operator();
    let ann = ann(&accounts).await;
    assert_eq!((ann.email.as_str(), ann.name.as_str(), &ann.role), (ANN, "Someone", &Role::USER));
    assert_eq!((ann.created_at.millis(), ann.disabled_at), (1_800_000_000_000, None));
    assert_eq!(accounts.find(ann.id).await.expect("it is there"), ann);
    assert_eq!(accounts.find_by_email(&ann.email).await.expect("it is there"), ann);
    assert_eq!(auth.login(login(ANN, PASSWORD)).await.expect("right").user, ann);
}

#[tokio::test]
async fn what_cannot_be_created_is_refused_and_leaves_no_trace() {
    let World { auth, .. } = world().await;
    let accounts = auth.as_operator();
    let with = |change: fn(&mut NewAccount)| {
        let mut account = new_account(ANN);
        change(&mut account);
        account
    };
    for (account, expected) in [
        (with(|a| a.email = email(EMAIL)), Refusal::EmailTaken),
        (with(|a| a.role = Role::from_static("ADMINN")), Flaw::UnknownRole.into()),
        (with(|a| a.password = password("short")), Flaw::from(PasswordFlaw::TooShort { min: 8 }).into()),
        (with(|a| a.password = password(ANN)), Flaw::from(PasswordFlaw::Personal).into()),
    ] {
        assert_eq!(refusal(accounts.create(account).await), expected);
    }
    assert_eq!(accounts.list(&AccountQuery::default()).await.expect("memory").users.len(), 1);
}

#[tokio::test]
async fn the_roles_are_those_of_the_policy() {
    let roles = Roles::default().with(Role::from_static("SUPPORT"), [] as [auth_core::Permission; 0]);
    let World { auth, .. } = world_with(Policy { roles, ..open_policy() }).await;
    let accounts = auth.as_operator();
    let ann = ann(&accounts).await;
    let changed = accounts.change(ann.id, to_role(Role::from_static("SUPPORT"))).await.expect("it is known");
    assert_eq!(changed.role.as_str(), "SUPPORT");
    let unknown = accounts.change(ann.id, to_role(Role::from_static("OTHER"))).await;
    assert_eq!(refusal(unknown), Flaw::UnknownRole.into());
    let query = AccountQuery { role: Some(Role::from_static("OTHER")), ..AccountQuery::default() };
    assert_eq!(refusal(accounts.list(&query).await), Flaw::UnknownRole.into());
}

#[tokio::test]
async fn a_change_changes_what_it_names_and_nothing_else() {
    let World { auth, .. } = world().await;
    let accounts = auth.as_operator();
    let ann = ann(&accounts).await;
    let same = accounts.change(ann.id, AccountChange::default()).await.expect("she is there");
    assert_eq!(same, ann);
    let name = Name::parse("Ann").expect("a name");
    let renamed = AccountChange { name: Some(name.clone()), ..AccountChange::default() };
    let renamed = accounts.change(ann.id, renamed).await.expect("she is there");
    assert_eq!(renamed, User { name, ..ann.clone() });
    assert_eq!(
        refusal(accounts.change(UserId::from_bytes([9; 16]), AccountChange::default()).await),
        Refusal::NotFound
    );
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_comes_back_without_its_sessions() {
    let World { auth, store, .. } = world().await;
    let accounts = auth.as_operator();
    let ann = ann(&accounts).await;
    let session = auth.login(login(ANN, PASSWORD)).await.expect("right");
    let id = auth.authenticate(session.access_token.expose()).expect("fresh").session_id;
    let disabled = accounts.change(ann.id, to_state(AccountState::Disabled)).await.expect("she is there");
    assert!(disabled.disabled_at.is_some());
    assert_eq!(store.end_reason(id), Some(EndReason::Disabled));
    assert_eq!(refusal(auth.refresh(session.refresh.token.expose()).await), Refusal::InvalidRefreshToken);
    assert_eq!(refusal(auth.me(session.access_token.expose()).await), Refusal::InvalidAccessToken);
    assert_eq!(refusal(auth.login(login(ANN, PASSWORD)).await), Refusal::InvalidCredentials);

    let enabled = accounts.change(ann.id, to_state(AccountState::Enabled)).await.expect("she is there");
    assert_eq!(enabled, ann);
    assert_eq!(refusal(auth.refresh(session.refresh.token.expose()).await), Refusal::InvalidRefreshToken);
    assert!(auth.login(login(ANN, PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn a_password_set_for_someone_is_checked_and_ends_their_sessions() {
    let World { auth, .. } = world().await;
    let accounts = auth.as_operator();
    let ann = ann(&accounts).await;
    let session = auth.login(login(ANN, PASSWORD)).await.expect("right");
    let set = |text| AccountChange { password: Some(password(text)), ..AccountChange::default() };
    assert_eq!(
        refusal(accounts.change(ann.id, set("Someone")).await),
        Flaw::from(PasswordFlaw::TooShort { min: 8 }).into()
    );
    let own_name =
        AccountChange { name: Some(Name::parse("Ann Example").expect("a name")), ..set("ann example") };
    assert_eq!(refusal(accounts.change(ann.id, own_name).await), Flaw::from(PasswordFlaw::Personal).into());
    accounts.change(ann.id, set("another passphrase")).await.expect("it is a good one");
    assert_eq!(refusal(auth.me(session.access_token.expose()).await), Refusal::InvalidAccessToken);
    assert_eq!(refusal(auth.login(login(ANN, PASSWORD)).await), Refusal::InvalidCredentials);
    assert!(auth.login(login(ANN, "another passphrase")).await.is_ok());
}

#[tokio::test]
async fn the_last_admin_stays_whatever_is_asked() {
    let World { auth, .. } = world().await;
    let accounts = auth.as_operator();
    let admin = accounts.find_by_email(&email(EMAIL)).await.expect("the admin");
    let ann = ann(&accounts).await;
    let refused = |outcome| assert_eq!(refusal(outcome), Refusal::LastAdmin);
    refused(accounts.change(admin.id, to_role(Role::USER)).await.map(drop));
    refused(accounts.change(admin.id, to_state(AccountState::Disabled)).await.map(drop));
    refused(accounts.delete(admin.id).await);
    // A disabled admin is none.
    accounts
        .change(ann.id, AccountChange { state: Some(AccountState::Disabled), ..to_role(Role::ADMIN) })
        .await
        .expect("there is another");
    refused(accounts.delete(admin.id).await);
    accounts.change(ann.id, to_state(AccountState::Enabled)).await.expect("she is there");
    accounts.delete(admin.id).await.expect("there is another one now");
    refused(accounts.delete(ann.id).await);
}

#[tokio::test]
async fn a_deleted_account_is_gone_with_its_sessions() {
    let World { auth, .. } = world().await;
    let accounts = auth.as_operator();
    let ann = ann(&accounts).await;
    let session = auth.login(login(ANN, PASSWORD)).await.expect("right");
    accounts.delete(ann.id).await.expect("she is there");
    assert_eq!(refusal(auth.me(session.access_token.expose()).await), Refusal::InvalidAccessToken);
    assert_eq!(refusal(auth.refresh(session.refresh.token.expose()).await), Refusal::InvalidRefreshToken);
    assert_eq!(refusal(accounts.find(ann.id).await), Refusal::NotFound);
    assert_eq!(refusal(accounts.delete(ann.id).await), Refusal::NotFound);
    assert_eq!(refusal(accounts.sessions(ann.id).await), Refusal::NotFound);
    assert_eq!(refusal(accounts.end_sessions(ann.id).await), Refusal::NotFound);
    assert!(accounts.create(new_account(ANN)).await.is_ok(), "the address is free again");
}

#[tokio::test]
async fn sessions_of_someone_can_be_seen_and_ended() {
    let World { auth, store, .. } = world().await;
    let accounts = auth.as_operator();
    let ann = ann(&accounts).await;
    for _ in 0..3 {
        auth.login(login(ANN, PASSWORD)).await.expect("right");
    }
    let seen = accounts.sessions(ann.id).await.expect("she is there");
    assert_eq!(seen.len(), 3);
    let admin = accounts.find_by_email(&email(EMAIL)).await.expect("the admin");
    assert_eq!(refusal(accounts.end_session(admin.id, seen[0].id).await), Refusal::NotFound, "it is hers");
    accounts.end_session(ann.id, seen[0].id).await.expect("it is hers");
    assert_eq!(store.end_reason(seen[0].id), Some(EndReason::RevokedByAdmin));
    assert_eq!(refusal(accounts.end_session(ann.id, seen[0].id).await), Refusal::NotFound, "it is over");
    assert_eq!(accounts.end_sessions(ann.id).await.expect("she is there"), 2);
    assert_eq!(accounts.sessions(ann.id).await.expect("she is there"), []);
}

#[tokio::test]
async fn pages_follow_one_another_without_a_gap() {
    let World { auth, clock, .. } = world().await;
    let accounts = auth.as_operator();
    for number in 0..7 {
        clock.pass(Duration::from_millis(number % 2));
        accounts.create(new_account(&format!("person-{number}@example.com"))).await.expect("it is new");
    }
    let whole = accounts.list(&AccountQuery::default()).await.expect("memory");
    assert_eq!((whole.users.len(), whole.next), (8, None));
    let mut walked = Vec::new();
    let mut query = AccountQuery { limit: 3, ..AccountQuery::default() };
    loop {
        let page = accounts.list(&query).await.expect("memory");
        walked.extend(page.users);
        let Some(next) = page.next else { break };
        query.after = Some(next.to_string().parse().expect("it survives its text"));
    }
    assert_eq!(walked, whole.users);
    for limit in [0, 201, u32::MAX] {
        let query = AccountQuery { limit, ..AccountQuery::default() };
        assert_eq!(refusal(accounts.list(&query).await), Flaw::Limit.into());
    }
    let search = Some(Search::parse("PERSON-3").expect("a search"));
    let found = accounts.list(&AccountQuery { search, ..AccountQuery::default() }).await.expect("memory");
    assert_eq!(
        found.users.iter().map(|user| user.email.as_str()).collect::<Vec<_>>(),
        ["person-3@example.com"]
    );
}

fn imported(address: &str, hash: Option<&str>) -> ImportedAccount {
    ImportedAccount {
        id: None,
        email: email(address),
        name: Name::parse("Someone").expect("a name"),
        role: Role::USER,
        password: hash.map(PasswordHash::new),
        created_at: Some(Timestamp::from_millis(5)),
        state: AccountState::Enabled,
    }
}

const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$4wKNmnRfIJKsAOZT9sdcFg";

#[tokio::test]
async fn an_import_tells_of_each_account_what_became_of_it() {
    let World { auth, .. } = world().await;
    let accounts = auth.as_operator();
    let id = UserId::from_bytes([3; 16]);
    let batch = vec![
        ImportedAccount { id: Some(id), ..imported(ANN, Some(HASH)) },
        imported(EMAIL, Some(HASH)),
        imported("bob@example.com", Some("plain text")),
        ImportedAccount { role: Role::from_static("GUEST"), ..imported("cid@example.com", None) },
        ImportedAccount { id: Some(id), ..imported("dee@example.com", None) },
        ImportedAccount { state: AccountState::Disabled, ..imported("eve@example.com", None) },
        imported(ANN, None),
    ];
    let outcome = accounts.import(batch.clone()).await.expect("memory");
    let [first, taken, unusable, unknown, id_taken, Imported::Created(eve), again] = outcome[..] else {
        panic!("{outcome:?}")
    };
    assert_eq!(first, Imported::Created(id));
    assert_eq!((taken, again), (Imported::AlreadyThere, Imported::AlreadyThere));
    assert_eq!(
        (unusable, unknown, id_taken),
        (Imported::UnusableHash, Imported::UnknownRole, Imported::IdTaken)
    );
    let ann = accounts.find(id).await.expect("she is there");
    assert_eq!((ann.created_at.millis(), ann.email.as_str()), (5, ANN));
    assert!(accounts.find(eve).await.expect("she is there").disabled_at.is_some());

    let again = accounts.import(batch).await.expect("memory");
    assert!(!again.iter().any(|outcome| matches!(outcome, Imported::Created(_))), "{again:?}");
    assert_eq!(accounts.list(&AccountQuery::default()).await.expect("memory").users.len(), 3);
}

#[tokio::test]
async fn who_was_demoted_while_a_hash_was_made_creates_nobody_and_sets_no_password() {
    let World { auth, .. } = world().await;
    let admin = auth.login(login(EMAIL, PASSWORD)).await.expect("right");
    let who = auth.authenticate_current(admin.access_token.expose()).await.expect("it lives");
    let operator = auth.as_operator();
    let ann =
        operator.create(NewAccount { role: Role::ADMIN, ..new_account(ANN) }).await.expect("it is free");
    // What was found out about the caller is old by the time the hash is there.
    let accounts = auth.as_admin(&who).expect("an admin");
    operator.change(who.user_id, to_role(Role::USER)).await.expect("there is another");
    let created = accounts.create(new_account("bob@example.com")).await;
    assert_eq!(refusal(created), Refusal::InsufficientRole);
    let set = AccountChange { password: Some(password("another passphrase")), ..AccountChange::default() };
    assert_eq!(refusal(accounts.change(ann.id, set).await), Refusal::InsufficientRole);
    assert!(auth.login(login(ANN, PASSWORD)).await.is_ok());
    assert_eq!(operator.list(&AccountQuery::default()).await.expect("memory").users.len(), 2);
}

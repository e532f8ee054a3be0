//! Some seconds of load, of which all but the first are measured.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, sleep, sleep_until};

use crate::arguments::{Arguments, Scenario};
use crate::connection::Failure;
use crate::machine::{Reading, usage};
use crate::record::Record;
use crate::sessions;
use crate::user::{Action, User};

/// Those who log in during a storm are other people than those who are there already.
const STORMING: usize = 500;
/// So many errors say enough.
const ENOUGH: u64 = 1000;
/// What a user who was refused waits.
const AFTER_A_FAILURE: Duration = Duration::from_millis(20);
/// How long after its end a phase waits for what was offered in it.
const LATE: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
struct Window {
    from: Instant,
    to: Instant,
}

/// So many users who are logged in.
///
/// # Errors
///
/// Where somebody cannot log in.
pub(crate) async fn logged_in(arguments: &Rc<Arguments>, many: usize) -> Result<Vec<User>, Failure> {
    let few = Rc::new(Semaphore::new(4));
    let each = |number| {
        let (arguments, few) = (Rc::clone(arguments), Rc::clone(&few));
        spawn_local(async move {
            let _turn = few.acquire().await;
            let mut user = User::new(&arguments, number);
            user.login().await.map(|()| user)
        })
    };
    let mut users = Vec::with_capacity(many);
    for user in (0..many).map(each).collect::<Vec<_>>() {
        users.push(user.await.expect("a login does not panic")?);
    }
    Ok(users)
}

/// Runs one phase; the users come back from it.
pub(crate) async fn run(arguments: &Rc<Arguments>, users: Vec<User>, logins: usize) -> (Vec<User>, Value) {
    let from = Instant::now() + Duration::from_secs_f64(arguments.warmup);
    let window = Window { from, to: from + Duration::from_secs_f64(arguments.seconds) };
    let record = Rc::new(RefCell::new(Record::default()));
    let pace = (arguments.scenario == Scenario::Storm).then(|| Duration::from_millis(arguments.pace));

    let scenario = arguments.scenario;
    let start = |user: User, scenario, pace| -> JoinHandle<User> {
        let record = Rc::clone(&record);
        spawn_local(async move {
            match pace {
                Some(pace) => steadily(user, scenario, pace, window, &record).await,
                None => again_and_again(user, scenario, window, &record).await,
            }
        })
    };
    let steady: Vec<_> = users.into_iter().map(|user| start(user, scenario, pace)).collect();
    let storm: Vec<_> =
        (0..logins).map(|nth| start(User::new(arguments, STORMING + nth), Scenario::Login, None)).collect();

    sleep_until(window.from).await;
    let before = Reading::take(&arguments.watch);
    sleep_until(window.to).await;
    let after = Reading::take(&arguments.watch);
    let mut users = Vec::new();
    for user in steady {
        users.push(user.await.expect("a user does not panic"));
    }
    for user in storm {
        user.await.expect("a user does not panic");
    }
    let record = record.borrow();
    let mut result = record.to_json(arguments.seconds);
    result["cpu"] = usage(&arguments.watch, &before, &after, record.answers());
    (users, result)
}

/// One request after the other; each counts if its answer came in the window.
async fn again_and_again(
    mut user: User,
    scenario: Scenario,
    window: Window,
    record: &RefCell<Record>,
) -> User {
    let mut nth = user.number();
    loop {
        let asked = Instant::now();
        if asked >= window.to || record.borrow().errors() > ENOUGH {
            return user;
        }
        nth += 1;
        let action = action(scenario, user.number(), nth);
        let outcome = user.act(action).await;
        let answered = Instant::now();
        if answered >= window.from && answered < window.to {
            match &outcome {
                Ok(()) => record.borrow_mut().answered(action, answered - asked),
                Err(failure) => record.borrow_mut().failed(action, failure),
            }
        }
        if outcome.is_err() {
            sleep(AFTER_A_FAILURE).await;
        }
    }
}

/// A request at each beat of the pace, as soon as the one before is answered; each counts if it was
/// due in the window, and takes from when it was due. What would be asked too late is not asked.
async fn steadily(
    mut user: User,
    scenario: Scenario,
    pace: Duration,
    window: Window,
    record: &RefCell<Record>,
) -> User {
    let shift = u32::try_from(user.number() % 8).expect("less than eight");
    let mut due = Instant::now() + pace * shift / 8;
    let mut nth = user.number();
    while due < window.to {
        sleep_until(due).await;
        nth += 1;
        let action = action(scenario, user.number(), nth);
        let counts = due >= window.from;
        if counts {
            record.borrow_mut().offered(action);
        }
        if Instant::now() < window.to + LATE {
            let outcome = user.act(action).await;
            match outcome {
                Err(failure) => record.borrow_mut().failed(action, &failure),
                Ok(()) if counts => record.borrow_mut().answered(action, due.elapsed()),
                Ok(()) => {}
            }
        }
        due += pace;
    }
    user
}

/// What a user does next.
fn action(scenario: Scenario, user: usize, nth: usize) -> Action {
    match scenario {
        Scenario::Login => Action::Login,
        Scenario::Refresh => Action::Refresh,
        Scenario::Get => Action::Get,
        Scenario::Storm if user % 4 == 3 => Action::Refresh,
        Scenario::Me | Scenario::Storm => Action::Me,
        Scenario::Mixed => match nth * 61 % 100 {
            0..90 => Action::Me,
            90..98 => Action::Refresh,
            _ => Action::Login,
        },
    }
}

/// What is measured, phase by phase.
///
/// # Errors
///
/// Where the users cannot log in, or have no sessions.
pub(crate) async fn measure(arguments: Rc<Arguments>) -> Result<Value, Box<dyn Error>> {
    let many = arguments.parallel;
    let users = match (arguments.scenario, &arguments.sessions) {
        (Scenario::Refresh | Scenario::Me, Some(file)) => sessions::take(&arguments, file).await?,
        (Scenario::Login | Scenario::Get, _) => (0..many).map(|nth| User::new(&arguments, nth)).collect(),
        _ => logged_in(&arguments, many).await?,
    };
    let (users, alone) = run(&arguments, users, 0).await;
    if let Some(file) = &arguments.sessions {
        sessions::give_back(users, file)?;
        return Ok(alone);
    }
    if arguments.scenario != Scenario::Storm {
        return Ok(alone);
    }
    let (_, beside) = run(&arguments, users, arguments.logins).await;
    Ok(json!({ "alone": alone, "storm": beside }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_mixed_requests_are_as_the_scenario_says() {
        let count = |wanted| (0..100).filter(|nth| action(Scenario::Mixed, 0, *nth) == wanted).count();
        assert_eq!([Action::Me, Action::Refresh, Action::Login].map(count), [90, 8, 2]);
    }

    #[test]
    fn a_quarter_of_those_in_a_storm_refreshes() {
        let refreshing = (0..8).filter(|user| action(Scenario::Storm, *user, 1) == Action::Refresh);
        assert_eq!(refreshing.collect::<Vec<_>>(), [3, 7]);
    }
}

//! Questions of one kind that come at the same time, answered at once.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_core::store::{StoreError, StoreErrorKind};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::error::StoreTrouble;

/// What answers any number of questions with one trip to the database.
pub(crate) trait Answerer: Send + Sync + 'static {
    type Question: Send + 'static;
    type Answer: Send + 'static;

    /// One answer for each question, in their order; of one question, as of many.
    fn answer(
        &self,
        questions: &[Self::Question],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, StoreError>> + Send;
}

/// Answers what is asked of it, and together what is asked at the same time; clones share it.
///
/// A question that finds a lane free is under way as soon as everybody who is ready to ask has asked, and at the
/// latest when nobody else gets ready meanwhile ([`Gathers`]): nobody waits for company, and those who were woken
/// together travel together. While [`Limits::lanes`]
/// trips are under way further questions gather, and the next trip takes all of them. So the more is
/// asked, the less each question costs.
///
/// A trip is nobody's own: who gives their question up takes nothing from the others.
pub(crate) struct Together<A: Answerer>(Arc<Shared<A>>);

/// How much is under way, and how long the rest waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many trips at a time.
    pub(crate) lanes: usize,
    /// How many questions a trip takes at most.
    pub(crate) most: usize,
    /// How old a question may be when its trip begins; an older one fails as unavailable and is not
    /// carried out. Whoever asked dated it when they asked.
    pub(crate) patience: Duration,
    /// How long a trip gathers before it begins.
    pub(crate) gathers: Gathers,
}

/// How long a trip gathers that could begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gathers {
    /// Until whoever is ready to ask has asked. What is quick should not travel all at once, with
    /// nobody left who is at work meanwhile.
    ThoseReady,
    /// For as long as others get ready meanwhile: the fewer trips, the better.
    WhileMoreCome,
}

impl Limits {
    /// While the answer to one trip comes back, or its commit, the next is at work, and a third gathers.
    pub(crate) const fn with(patience: Duration, gathers: Gathers) -> Self {
        Self { lanes: 2, most: 64, patience, gathers }
    }
}

struct Shared<A: Answerer> {
    answerer: A,
    limits: Limits,
    state: Mutex<State<A>>,
}

struct State<A: Answerer> {
    /// How many lanes are taken.
    taken: usize,
    /// Whether the trip of one of them is still to begin; it takes what is waiting.
    gathering: bool,
    waiting: VecDeque<Asked<A>>,
}

struct Asked<A: Answerer> {
    since: Instant,
    /// The request it is part of, for whoever traces.
    span: Span,
    question: A::Question,
    reply: oneshot::Sender<Result<A::Answer, StoreError>>,
}

impl<A: Answerer> Together<A> {
    pub(crate) fn new(answerer: A, limits: Limits) -> Self {
        let state = Mutex::new(State { taken: 0, gathering: false, waiting: VecDeque::new() });
        Self(Arc::new(Shared { answerer, limits, state }))
    }

    pub(crate) async fn ask(&self, question: A::Question) -> Result<A::Answer, StoreError> {
        let (reply, answered) = oneshot::channel();
        let lane = {
            let mut state = self.0.state();
            state.waiting.push_back(Asked { since: Instant::now(), span: Span::current(), question, reply });
            Lane::open(&self.0, &mut state)
        };
        if let Some(lane) = lane {
            lane.start();
        }
        // Nobody answers where the runtime of whoever was answering has been shut down.
        answered.await.unwrap_or_else(|_| Err(StoreError::unavailable(StoreTrouble::Closed)))
    }
}

impl<A: Answerer> Shared<A> {
    fn state(&self) -> MutexGuard<'_, State<A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to make one trip after the other.
struct Lane<A: Answerer> {
    shared: Arc<Shared<A>>,
    stage: Stage,
}

#[derive(PartialEq, Eq)]
enum Stage {
    /// The trip is to begin once everybody has asked who is ready to. One lane at a time is here.
    Gathering,
    Travelling,
    GivenBack,
}

impl<A: Answerer> Lane<A> {
    /// One that takes what is waiting, unless another will, or all are taken.
    fn open(shared: &Arc<Shared<A>>, state: &mut State<A>) -> Option<Self> {
        if state.gathering || state.taken >= shared.limits.lanes {
            return None;
        }
        state.taken += 1;
        state.gathering = true;
        Some(Self { shared: Arc::clone(shared), stage: Stage::Gathering })
    }

    fn start(self) {
        // A lane may start another one, and no future contains itself.
        let driving: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(self.drive());
        tokio::spawn(driving);
    }

    /// Makes trips until nobody is waiting.
    async fn drive(mut self) {
        while self.stage == Stage::Gathering {
            self.let_the_others_ask().await;
            let asked = self.depart();
            if !asked.is_empty() {
                self.travel(asked).await;
            }
            self.gather();
        }
    }

    /// Gives way to whoever is ready to ask; and again, where that is wanted, for as long as it brings more questions
    /// and a trip takes them.
    async fn let_the_others_ask(&self) {
        let Limits { most, gathers, .. } = self.shared.limits;
        let mut asked = self.waiting();
        loop {
            tokio::task::yield_now().await;
            let now = self.waiting();
            if gathers == Gathers::ThoseReady || now <= asked || now >= most {
                return;
            }
            asked = now;
        }
    }

    fn waiting(&self) -> usize {
        self.shared.state().waiting.len()
    }

    /// Takes what is waiting; what is left over another lane takes.
    fn depart(&mut self) -> Vec<Asked<A>> {
        let Limits { most, patience, .. } = self.shared.limits;
        let mut state = self.shared.state();
        (state.gathering, self.stage) = (false, Stage::Travelling);
        state.waiting.retain(|asked| !asked.reply.is_closed());
        while let Some(late) = state.waiting.pop_front_if(|asked| asked.since.elapsed() > patience) {
            let _ = late.reply.send(Err(StoreError::unavailable(StoreTrouble::NoConnection)));
        }
        let count = state.waiting.len().min(most);
        let asked = state.waiting.drain(..count).collect();
        let other = if state.waiting.is_empty() { None } else { Self::open(&self.shared, &mut state) };
        drop(state);
        if let Some(other) = other {
            other.start();
        }
        asked
    }

    async fn travel(&self, asked: Vec<Asked<A>>) {
        // A trip is told of in the trace of the first of those who are on it.
        let span = asked.first().map_or_else(Span::none, |first| first.span.clone());
        let (questions, replies): (Vec<_>, Vec<_>) =
            asked.into_iter().map(|Asked { question, reply, .. }| (question, reply)).unzip();
        // Whoever has given up in the meantime does not hear the answer.
        match self.shared.answerer.answer(&questions).instrument(span).await {
            Ok(answers) => {
                debug_assert_eq!(answers.len(), replies.len(), "each question has its answer");
                for (reply, answer) in replies.into_iter().zip(answers) {
                    let _ = reply.send(Ok(answer));
                }
            }
            Err(error) => {
                let trouble = Common(Arc::new(error));
                for reply in replies {
                    let _ = reply.send(Err(trouble.to_error()));
                }
            }
        }
    }

    /// Gets ready for what has come meanwhile. Where nobody is waiting, or another lane takes it, the lane
    /// is given back in the same breath: whoever asks next finds either a trip to come or a free lane.
    fn gather(&mut self) {
        let mut state = self.shared.state();
        if state.gathering || state.waiting.is_empty() {
            state.taken -= 1;
            self.stage = Stage::GivenBack;
        } else {
            (state.gathering, self.stage) = (true, Stage::Gathering);
        }
    }
}

/// A trip that was broken off, because its runtime was shut down or something panicked.
impl<A: Answerer> Drop for Lane<A> {
    fn drop(&mut self) {
        if self.stage == Stage::GivenBack {
            return;
        }
        let mut state = self.shared.state();
        state.taken -= 1;
        state.gathering &= self.stage != Stage::Gathering;
        if state.taken == 0 {
            state.waiting.clear();
        }
    }
}

/// What went wrong with a trip, told to everyone who was on it.
#[derive(Clone, Debug)]
struct Common(Arc<StoreError>);

impl Common {
    fn to_error(&self) -> StoreError {
        match self.0.kind() {
            StoreErrorKind::Unavailable => StoreError::unavailable(self.clone()),
            StoreErrorKind::Broken => StoreError::broken(self.clone()),
        }
    }
}

impl fmt::Display for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.source() {
            Some(cause) => fmt::Display::fmt(cause, f),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl Error for Common {}

impl<A: Answerer> Clone for Together<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Answerer> fmt::Debug for Together<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").field("limits", &self.0.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::join;
    use tokio::sync::mpsc;

    use super::*;

    /// Shows each trip to the test, which answers it.
    struct Shown(mpsc::UnboundedSender<Trip>);

    struct Trip {
        questions: Vec<u32>,
        reply: oneshot::Sender<Result<Vec<u32>, StoreError>>,
    }

    impl Trip {
        /// Ten times each question.
        fn answer(self) -> Vec<u32> {
            let answers = self.questions.iter().map(|question| question * 10).collect();
            self.reply.send(Ok(answers)).expect("the trip waits for it");
            self.questions
        }
    }

    impl Answerer for Shown {
        type Question = u32;
        type Answer = u32;

        async fn answer(&self, questions: &[u32]) -> Result<Vec<u32>, StoreError> {
            let (reply, answered) = oneshot::channel();
            let trip = Trip { questions: questions.to_vec(), reply };
            self.0.send(trip).unwrap_or_else(|_| panic!("the test looks at each trip"));
            answered.await.expect("the test answers each trip")
        }
    }

    const PATIENCE: Duration = Duration::from_millis(500);

    fn shown(lanes: usize, most: usize) -> (Together<Shown>, mpsc::UnboundedReceiver<Trip>) {
        shown_that(Gathers::WhileMoreCome, lanes, most)
    }

    fn shown_that(
        gathers: Gathers,
        lanes: usize,
        most: usize,
    ) -> (Together<Shown>, mpsc::UnboundedReceiver<Trip>) {
        let (trips, seen) = mpsc::unbounded_channel();
        (Together::new(Shown(trips), Limits { lanes, most, patience: PATIENCE, gathers }), seen)
    }

    async fn next(trips: &mut mpsc::UnboundedReceiver<Trip>) -> Trip {
        trips.recv().await.expect("there is a trip to come")
    }

    /// Asks until the question is under way.
    async fn begin(
        asking: &mut (impl Future<Output = Result<u32, StoreError>> + Unpin),
        trips: &mut mpsc::UnboundedReceiver<Trip>,
    ) -> Trip {
        tokio::select! {
            biased;
            _ = asking => panic!("nobody has answered it yet"),
            trip = next(trips) => trip,
        }
    }

    #[tokio::test]
    async fn what_comes_while_all_lanes_are_taken_goes_together() {
        let (together, mut trips) = shown(2, 3);
        let (mut one, mut two) = (Box::pin(together.ask(1)), Box::pin(together.ask(2)));
        let first = begin(&mut one, &mut trips).await;
        let second = begin(&mut two, &mut trips).await;
        let gathering = async { join!(together.ask(3), together.ask(4), together.ask(5), together.ask(6)) };
        let look = async {
            assert_eq!(
                (first.answer(), second.questions.clone()),
                (vec![1], vec![2]),
                "each alone, and at once"
            );
            assert_eq!(next(&mut trips).await.answer(), [3, 4, 5], "no more than a trip takes");
            assert_eq!(next(&mut trips).await.answer(), [6]);
            second.answer();
        };
        let (one, two, (three, four, five, six), ()) = join!(one, two, gathering, look);
        let answers = [one, two, three, four, five, six].map(|answer| answer.expect("it was answered"));
        assert_eq!(answers, [10, 20, 30, 40, 50, 60]);

        let (answer, questions) = join!(together.ask(7), async { next(&mut trips).await.answer() });
        assert_eq!((answer.expect("the lanes were given back"), questions), (70, vec![7]));
    }

    #[tokio::test]
    async fn those_who_ask_at_the_same_time_travel_together() {
        let (together, mut trips) = shown(2, 3);
        let asking = async { join!(together.ask(1), together.ask(2), together.ask(3), together.ask(4)) };
        let look = async {
            let (first, second) = (next(&mut trips).await, next(&mut trips).await);
            assert_eq!(second.answer(), [4], "what is left over has a lane of its own, and is not held up");
            assert_eq!(first.answer(), [1, 2, 3]);
        };
        let ((one, two, three, four), ()) = join!(asking, look);
        assert_eq!([one, two, three, four].map(|answer| answer.expect("it was answered")), [10, 20, 30, 40]);
    }

    #[tokio::test]
    async fn who_gets_ready_while_others_ask_travels_with_them_where_that_is_wanted() {
        for (gathers, together_with) in [(Gathers::WhileMoreCome, 3), (Gathers::ThoseReady, 2)] {
            let (together, mut trips) = shown_that(gathers, 2, 3);
            let after = async |turns, question| {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                together.ask(question).await
            };
            let asking = async { join!(after(0, 1), after(1, 2), after(2, 3), after(3, 4)) };
            let look = async {
                let (first, second) = (next(&mut trips).await, next(&mut trips).await);
                let travelled = [first.answer(), second.answer()];
                assert_eq!(travelled.concat(), [1, 2, 3, 4], "{gathers:?}");
                assert_eq!(travelled[0].len(), together_with, "{gathers:?}: no more than a trip takes");
            };
            let ((one, two, three, four), ()) = join!(asking, look);
            let answers = [one, two, three, four].map(|answer| answer.expect("it was answered"));
            assert_eq!(answers, [10, 20, 30, 40]);
        }
    }

    #[tokio::test]
    async fn who_gives_up_takes_nothing_from_the_others() {
        let (together, mut trips) = shown(1, 8);
        let mut one = Box::pin(together.ask(1));
        let trip = begin(&mut one, &mut trips).await;
        drop(one);
        let mut two = Box::pin(together.ask(2));
        let give_up = async {
            tokio::select! {
                biased;
                _ = &mut two => panic!("nobody has answered it yet"),
                () = async {} => drop(two),
            }
            assert_eq!(trip.answer(), [1], "it goes on, whoever waits for it");
            assert_eq!(next(&mut trips).await.answer(), [3], "nobody waits for 2");
        };
        let (answer, ()) = join!(together.ask(3), give_up);
        assert_eq!(answer.expect("it was answered"), 30);
    }

    #[tokio::test]
    async fn trouble_is_told_to_everyone_on_the_trip_and_to_nobody_else() {
        let (together, mut trips) = shown(1, 2);
        let mut one = Box::pin(together.ask(1));
        let first = begin(&mut one, &mut trips).await;
        let gathering = async { join!(together.ask(2), together.ask(3), together.ask(4)) };
        let look = async {
            first.answer();
            let trouble = StoreError::unavailable(StoreTrouble::NoConnection);
            next(&mut trips).await.reply.send(Err(trouble)).expect("the trip waits for it");
            next(&mut trips).await.answer();
        };
        let (one, (two, three, four), ()) = join!(one, gathering, look);
        assert_eq!((one.expect("before it"), four.expect("after it")), (10, 40));
        for error in [two, three].map(|answer| answer.expect_err("both were on the trip")) {
            assert_eq!(error.kind(), StoreErrorKind::Unavailable);
            let cause = error.source().map(ToString::to_string);
            assert_eq!(cause.as_deref(), Some("no connection could be had in time"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_waited_too_long_is_told_so_and_is_not_carried_out() {
        let (together, mut trips) = shown(1, 8);
        let mut one = Box::pin(together.ask(1));
        let first = begin(&mut one, &mut trips).await;
        let look = async {
            tokio::time::advance(PATIENCE).await;
            let look = async {
                tokio::time::advance(Duration::from_millis(1)).await;
                first.answer();
                assert_eq!(next(&mut trips).await.answer(), [3]);
            };
            join!(together.ask(3), look).0
        };
        let (one, two, three) = join!(one, together.ask(2), look);
        let error = two.expect_err("it waited for longer than it may");
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert_eq!((one.expect("under way"), three.expect("in time")), (10, 30));
    }

    #[tokio::test]
    async fn a_trip_that_breaks_off_leaves_nobody_waiting() {
        let (together, mut trips) = shown(1, 8);
        let mut one = Box::pin(together.ask(1));
        let trip = begin(&mut one, &mut trips).await;
        // Not answering makes the answerer panic, as a shutdown of its runtime would drop it.
        let (one, two, ()) = join!(one, together.ask(2), async { drop(trip) });
        for answer in [one, two] {
            assert_eq!(answer.expect_err("nobody answered").kind(), StoreErrorKind::Unavailable);
        }
        let (answer, questions) = join!(together.ask(3), async { next(&mut trips).await.answer() });
        assert_eq!((answer.expect("the lane was given back"), questions), (30, vec![3]));
    }
}

//! All that the world of one session holds at an instant.

use super::row::{Row, Ticks};

/// Whoever sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    Owner,
    Thief,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) row: Row,
    /// The token in the owner's one cookie jar, which all tabs share.
    pub(super) jar: u32,
    pub(super) thief: Option<Thief>,
    /// Sorted: which tab sent which makes no difference.
    pub(super) requests: Vec<Request>,
    /// Who was served last since owner and thief hold different tokens and the grace is over.
    pub(super) served: Option<Who>,
    /// The first thing that was wrong.
    pub(super) flaw: Option<Flaw>,
}

/// What the thief has: the last token it was given or copied, and the one it presented for that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Thief {
    pub(super) held: u32,
    pub(super) spare: Option<u32>,
}

/// A refresh, from leaving the browser until its answer lands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Request {
    pub(super) who: Who,
    /// The generation of the token it carries.
    pub(super) token: u32,
    /// How long it, or its answer, has been under way.
    pub(super) flight: Ticks,
    pub(super) at: At,
}

/// Where a request is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum At {
    /// On its way to the server.
    Out,
    /// At an instance.
    Served(Work),
    /// Its answer is on its way back, with a cookie of this generation.
    Back(u32),
}

/// A refresh at an instance, between two statements.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Work {
    /// How far the instance's clock is behind.
    pub(super) lag: Ticks,
    /// How long since it read the clock.
    pub(super) held: Ticks,
    /// How long the next statement has been under way.
    pub(super) waited: Ticks,
    pub(super) next: Statement,
}

/// The statement that is next, as `flow/refresh.rs` has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Statement {
    /// The first, in the hope that the token is current and old.
    Rotate,
    Find,
    /// The verdict's step. `settled` is how long ago `settled_by` is; `None` where it lies ahead.
    Advance {
        generation: u32,
        parent: u32,
        settled: Option<Ticks>,
    },
    End,
}

/// What must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Flaw {
    /// A generation was made that had been made before, or the current one went back.
    MadeTwice,
    /// An ended session is live again, or has ended for another reason.
    CameBack,
    /// Something was issued for an ended session.
    IssuedAfterTheEnd,
    /// Owner and thief, with different tokens and after the grace, were served by turns.
    ServedByTurns,
    /// Someone was refused, and the session lives on.
    RefusedAlive,
    /// After a statement, the token that was presented is worth less than before.
    Burnt,
    /// An old parent was served although the policy says that it is reuse.
    ServedLate,
}

impl Work {
    /// The time that the request goes by, in ticks before now.
    pub(super) const fn arrived(&self) -> Ticks {
        self.held + self.lag
    }
}

impl State {
    pub(super) const LOGIN: Self =
        Self { row: Row::FRESH, jar: 0, thief: None, requests: Vec::new(), served: None, flaw: None };

    pub(super) fn in_flight(&self, who: Who) -> usize {
        self.requests.iter().filter(|request| request.who == who).count()
    }

    /// Whether no token is known to both, neither at home nor on its way.
    pub(super) fn are_apart(&self) -> bool {
        let Some(thief) = &self.thief else { return false };
        let known_to = |who: Who| {
            self.requests.iter().filter(move |request| request.who == who).flat_map(|request| {
                let answer = if let At::Back(token) = request.at { Some(token) } else { None };
                [Some(request.token), answer].into_iter().flatten()
            })
        };
        let mut owners = known_to(Who::Owner).chain([self.jar]);
        let thieves = || known_to(Who::Thief).chain([thief.held]).chain(thief.spare);
        owners.all(|token| thieves().all(|other| other != token))
    }

    /// The greatest generation that anyone knows of.
    pub(super) fn greatest(&self) -> u32 {
        let mut greatest = self.row.current;
        self.clone().each_generation(|generation| greatest = greatest.max(*generation));
        greatest
    }

    /// The same state under other names: generations are compared, and the next is made after the
    /// greatest, so those that nobody knows any more need no numbers. That makes the states
    /// finite, however long a session lives.
    pub(super) fn renamed(mut self) -> Self {
        let mut known = Vec::new();
        self.each_generation(|generation| known.push(*generation));
        known.sort_unstable();
        known.dedup();
        self.each_generation(|generation| {
            let place = known.binary_search(generation).expect("all are known");
            *generation = u32::try_from(place).expect("they are few");
        });
        self.sorted()
    }

    pub(super) fn sorted(mut self) -> Self {
        self.requests.sort_unstable();
        self
    }

    fn each_generation(&mut self, mut see: impl FnMut(&mut u32)) {
        see(&mut self.row.current);
        self.row.parent.iter_mut().for_each(&mut see);
        see(&mut self.jar);
        if let Some(thief) = &mut self.thief {
            see(&mut thief.held);
            thief.spare.iter_mut().for_each(&mut see);
        }
        for request in &mut self.requests {
            see(&mut request.token);
            match &mut request.at {
                At::Served(Work { next: Statement::Advance { generation, parent, .. }, .. }) => {
                    see(generation);
                    see(parent);
                }
                At::Back(token) => see(token),
                At::Out | At::Served(_) => {}
            }
        }
    }
}

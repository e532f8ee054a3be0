//! The verbs for counting wrong passwords.

use auth_core::Timestamp;
use auth_core::store::{
    Count, Existence, Reservation, Reserved, Settlement, StoreError, ThrottleKey, ThrottleStore,
};

use crate::flaw::Flaw;
use crate::store::{Mutant, Tables, a_moment};

#[derive(Clone, Copy)]
pub(crate) struct CountRow {
    count: Count,
    account: Existence,
    touched_at: Timestamp,
}

impl CountRow {
    fn new(now: Timestamp) -> Self {
        let count = Count { attempts: 0, in_flight: 0, lease_ends_at: now, opens_at: now };
        Self { count, account: Existence::Unknown, touched_at: now }
    }
}

impl Mutant {
    fn counted(&self, key: &ThrottleKey) -> ThrottleKey {
        let device = if self.has(Flaw::PlaceOfAnyDevice) { [0; 16] } else { key.device };
        ThrottleKey { device, ..*key }
    }

    fn has_room(&self, count: &Count, reservation: &Reservation, now: Timestamp) -> bool {
        let leased = count.lease_ends_at > now || self.has(Flaw::PlaceWithoutALease);
        let alone = !(count.in_flight > 0 && leased) || self.has(Flaw::PlaceBesideOthers);
        let open = count.opens_at <= now || self.has(Flaw::PlaceBeforeItOpens);
        let free = count.attempts < reservation.free && (open || !self.has(Flaw::PlaceOfTheFreeWaits));
        let nobody = self.has(Flaw::PlaceForNobody) && count.attempts == 0;
        let most = count.attempts < reservation.most || self.has(Flaw::PlaceBeyondTheMost);
        free || nobody || alone && open && most
    }

    fn settled(&self, row: CountRow, settlement: Settlement, now: Timestamp) -> CountRow {
        let CountRow { mut count, mut account, .. } = row;
        count.in_flight = match self.flaw {
            Flaw::SettlementBelowZero => count.in_flight.wrapping_sub(1),
            Flaw::WrongStaysInFlight if settlement != Settlement::Right => count.in_flight,
            _ => count.in_flight.saturating_sub(1),
        };
        match settlement {
            Settlement::Right => {}
            Settlement::Wrong { opens_at, account: existence } => {
                let ahead = count.opens_at.max(opens_at);
                count.opens_at = match self.flaw {
                    Flaw::WrongMovesBack => opens_at,
                    Flaw::CountsInSeconds => Timestamp::from_millis(ahead.seconds().saturating_mul(1_000)),
                    _ => ahead,
                };
                account = existence;
            }
            Settlement::Unjudged if self.has(Flaw::UnjudgedStaysCounted) => {}
            Settlement::Unjudged => {
                count.attempts = count.attempts.saturating_sub(1);
                if count.in_flight == 0 {
                    count.opens_at = count.opens_at.min(now);
                }
            }
        }
        CountRow { count, account, touched_at: now }
    }

    fn start_anew(&self, tables: &mut Tables, key: &ThrottleKey, now: Timestamp) {
        for (other, row) in &mut tables.counts {
            let theirs = other.account == key.account || self.has(Flaw::RightOfEveryone);
            if !theirs || (self.has(Flaw::RightOfOneDevice) && other != key) {
                continue;
            }
            if self.has(Flaw::RightForgetsStragglers) {
                row.count.in_flight = 0;
            }
            if !self.has(Flaw::RightStaysCounted) {
                row.count.attempts = row.count.in_flight;
            }
            row.count.opens_at = now;
            (row.account, row.touched_at) = (Existence::Known, now);
        }
    }
}

impl ThrottleStore for Mutant {
    async fn reserve(&self, reservation: &Reservation, now: Timestamp) -> Result<Reserved, StoreError> {
        let key = self.counted(&reservation.key);
        let read = |tables: &mut Tables| tables.counts.get(&key).copied().unwrap_or(CountRow::new(now));
        let mut row = read(&mut self.tables());
        let granted = self.write_if(
            Flaw::PlaceInTwoSteps,
            |tables| {
                row = read(tables);
                self.has_room(&row.count, reservation, now)
            },
            |tables| {
                let CountRow { mut count, account, .. } = read(tables);
                let over = count.lease_ends_at <= now;
                count.attempts += 1;
                count.in_flight = if over { 1 } else { count.in_flight + 1 };
                if over || !self.has(Flaw::PlaceKeepsTheFirstLease) {
                    count.lease_ends_at = reservation.lease_ends_at;
                }
                tables.counts.insert(key, CountRow { count, account, touched_at: now });
                if self.has(Flaw::PlaceNumberedFromZero) { count.attempts - 1 } else { count.attempts }
            },
        );
        if let Some(nth) = granted.await {
            return Ok(Reserved::Granted { nth });
        }
        if self.has(Flaw::RefusalRenewsTheLease)
            && let Some(row) = self.tables().counts.get_mut(&key)
        {
            (row.count.lease_ends_at, row.touched_at) = (reservation.lease_ends_at, now);
        }
        Ok(Reserved::Full(row.count))
    }

    async fn postpone(&self, key: &ThrottleKey, opens_at: Timestamp) -> Result<(), StoreError> {
        let key = self.counted(key);
        if let Some(row) = self.tables().counts.get_mut(&key) {
            let kept =
                if self.has(Flaw::PostponesBack) { opens_at } else { row.count.opens_at.max(opens_at) };
            row.count.opens_at = kept;
        }
        Ok(())
    }

    async fn settle(
        &self,
        key: &ThrottleKey,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.counted(key);
        let mut read = self.tables().counts.get(&key).copied();
        if self.has(Flaw::SettlementInTwoSteps) {
            a_moment().await;
        } else if self.has(Flaw::WrongAfterForgetting) && settlement != Settlement::Right {
            read = read.or_else(|| {
                let mut row = CountRow::new(now);
                row.count.attempts = 1;
                Some(row)
            });
        }
        let tables = &mut *self.tables();
        if !self.has(Flaw::SettlementInTwoSteps) && tables.counts.contains_key(&key) {
            read = tables.counts.get(&key).copied();
        }
        if let Some(row) = read {
            tables.counts.insert(key, self.settled(row, settlement, now));
        }
        if settlement == Settlement::Right {
            self.start_anew(tables, &key, now);
        }
        Ok(())
    }

    async fn forget(&self, account: &[u8; 32]) -> Result<bool, StoreError> {
        if self.has(Flaw::ForgettingCollides) {
            let touched = || -> Vec<_> { self.tables().counts.values().map(|row| row.touched_at).collect() };
            let before = touched();
            a_moment().await;
            if touched() != before {
                return Err(StoreError::unavailable("another was faster"));
            }
        }
        let mut tables = self.tables();
        let had = tables.counts.len();
        tables.counts.retain(|key, _| {
            key.account != *account || (self.has(Flaw::ForgetsOneDevice) && key.device != [0; 16])
        });
        Ok(tables.counts.len() < had)
    }

    async fn sweep_throttle(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut left = if self.has(Flaw::CountsSweptWithoutLimit) { u32::MAX } else { limit };
        if self.has(Flaw::CountsSweptInTwoSteps) {
            left = left.min(u32::try_from(self.tables().counts.len()).expect("few"));
            a_moment().await;
        }
        let told = left;
        let mut tables = self.tables();
        let had = tables.counts.len();
        tables.counts.retain(|_, row| {
            let zero = row.count.attempts == 0 && !self.has(Flaw::CountsAtZeroStay);
            let worthless =
                zero || row.account == Existence::Unknown || self.has(Flaw::CountsSweptThoughKnown);
            let old =
                row.touched_at < before || (row.touched_at == before && self.has(Flaw::CountsSweptInclusive));
            let swept = left > 0 && worthless && old;
            left -= u32::from(swept);
            !swept
        });
        let swept = (had - tables.counts.len()) as u64;
        Ok(if self.has(Flaw::CountsSweptInTwoSteps) { told.into() } else { swept })
    }
}

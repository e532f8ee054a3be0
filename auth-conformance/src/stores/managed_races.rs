//! The verbs for accounts against each other and against those for sessions, five hundred times
//! each: what holds on every schedule.

use auth_core::store::{Changed, Creation, Deletion, Opened, Opening, Replaced, SessionKey};
use auth_core::{AccountQuery, AccountState, Credentials, EndReason, NewUser, Role, User};

use crate::harness::Managed;
use crate::race::{all_at_once, both_at_once};
use crate::stage::{
    NOW, Stage, account, advance, at, demoting, disabling, first, hash, key, opening, person, replacement,
    user, with_password,
};

/// How often two verbs are raced against each other.
const RACES: u16 = 500;

/// A store with a person for each race, who has a password. Its connections are open: a store that
/// opens them when they are first needed would start its first races with one.
async fn crowded<H: Managed>(harness: H) -> Stage<H> {
    let stage = Stage::new(harness);
    all_at_once((0..8).map(|_| stage.any_user())).await;
    let told = stage.create((0..RACES).map(account).collect()).await;
    assert!(told.iter().all(|creation| *creation == Creation::Created), "all are created");
    stage
}

/// How an admin goes.
#[derive(Clone, Copy)]
enum Exit {
    Demotion,
    Disabling,
    Deletion,
}

/// An admin goes; says whether they did, or are the last one.
fn goes<H: Managed>(
    stage: &Stage<H>,
    admin: &NewUser,
    exit: Exit,
) -> impl Future<Output = bool> + Send + use<H> {
    let demote = stage.change(admin.id, demoting(), at(1));
    let disable = stage.change(admin.id, disabling(), at(1));
    let delete = stage.delete(admin.id);
    async move {
        let changed = match exit {
            Exit::Demotion => demote.await,
            Exit::Disabling => disable.await,
            Exit::Deletion => match delete.await {
                Deletion::Deleted => return true,
                Deletion::LastAdmin => return false,
                Deletion::Unknown => panic!("the admin is there"),
            },
        };
        match changed {
            Changed::Changed { .. } => true,
            Changed::LastAdmin => false,
            Changed::Unknown => panic!("the admin is there"),
        }
    }
}

/// Of the last two admins, each about to go, one goes and one stays.
async fn one_admin_stays<H: Managed>(harness: H, exits: [Exit; 2]) {
    let stage = Stage::new(harness);
    all_at_once((0..8).map(|_| stage.any_user())).await;
    let enabled = AccountQuery { role: Some(Role::ADMIN), state: Some(AccountState::Enabled), ..first(50) };
    for round in 0..RACES {
        let (one, other) = (stage.someone(1).await, stage.someone(2).await);
        let (gone, also_gone) =
            both_at_once(u32::from(round), goes(&stage, &one, exits[0]), goes(&stage, &other, exits[1]))
                .await;
        assert!(gone != also_gone, "one of the two goes: {gone}, {also_gone}");
        let stays = if gone { other } else { one };
        assert_eq!(stage.accounts(enabled.clone()).await, [user(&stays)], "and the other one stays");
    }
}

/// Of two demotions of the last two admins at once, one is refused.
pub async fn two_demotions_leave_one_admin<H: Managed>(harness: H) {
    one_admin_stays(harness, [Exit::Demotion, Exit::Demotion]).await;
}

/// Of a demotion and a disabling of the last two admins at once, one is refused.
pub async fn a_demotion_and_a_disabling_leave_one_admin<H: Managed>(harness: H) {
    one_admin_stays(harness, [Exit::Demotion, Exit::Disabling]).await;
}

/// Of a demotion and a deletion of the last two admins at once, one is refused.
pub async fn a_demotion_and_a_deletion_leave_one_admin<H: Managed>(harness: H) {
    one_admin_stays(harness, [Exit::Demotion, Exit::Deletion]).await;
}

/// Of two deletions of the last two admins at once, one is refused.
pub async fn two_deletions_leave_one_admin<H: Managed>(harness: H) {
    one_admin_stays(harness, [Exit::Deletion, Exit::Deletion]).await;
}

fn with_address_of(number: u16, held: Credentials) -> Credentials {
    Credentials { user: User { email: person(number).email, ..held.user }, ..held }
}

/// Of two creations of one address at once, one creates it, and the other is told.
pub async fn two_creations_of_one_address_have_one_winner<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    all_at_once((0..8).map(|_| stage.any_user())).await;
    for round in 0..RACES {
        let (one, other) = (account(round), with_address_of(round, account(RACES + round)));
        let (told, also_told) = both_at_once(
            u32::from(round),
            stage.create(vec![one.clone()]),
            stage.create(vec![other.clone()]),
        )
        .await;
        let winner = match (&told[..], &also_told[..]) {
            ([Creation::Created], [Creation::EmailTaken]) => one,
            ([Creation::EmailTaken], [Creation::Created]) => other,
            _ => panic!("one of the two is created: {told:?}, {also_told:?}"),
        };
        let held = stage.credentials(person(round).email).await.expect("the address is there");
        assert_eq!(held.user, winner.user, "the winner's account is kept");
    }
}

/// Of two batches at once that have two addresses in common, in opposite order, each address is
/// created once, and so is everything else in them.
pub async fn two_batches_create_each_address_once<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    all_at_once((0..8).map(|_| stage.any_user())).await;
    for round in 0..RACES {
        let [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(|place| 10 * round + place);
        let one = vec![account(a), account(b), account(c)];
        let other = vec![with_address_of(c, account(d)), account(f), with_address_of(a, account(e))];
        let (told, also_told) = both_at_once(u32::from(round), stage.create(one), stage.create(other)).await;
        assert_eq!((told[1], also_told[1]), (Creation::Created, Creation::Created), "what is in one alone");
        for pair in [[told[0], also_told[2]], [told[2], also_told[0]]] {
            assert!(
                pair == [Creation::Created, Creation::EmailTaken]
                    || pair == [Creation::EmailTaken, Creation::Created],
                "each address is created once: {told:?}, {also_told:?}"
            );
        }
        for (number, creation, address) in
            [(a, told[0], a), (c, told[2], c), (d, also_told[0], c), (e, also_told[2], a)]
        {
            let held = stage.credentials(person(address).email).await.expect("the address is there");
            assert_eq!(held.user.id == person(number).id, creation == Creation::Created);
        }
    }
}

/// Insists that the session is over for good and that the user has no other.
async fn assert_over<H: Managed>(stage: &Stage<H>, someone: &NewUser, key: SessionKey, why: EndReason) {
    let row = stage.row(key).await;
    assert_eq!((row.ended_at, stage.end_reason(key).await), (Some(at(1)), Some(why)));
    assert!(stage.rotate(advance(key, row.generation), at(9)).await.is_none(), "it never rotates again");
    assert_eq!(stage.live_sessions(someone.id, at(1)).await, [], "no session is live");
}

/// A session that either never opened, or is over.
async fn assert_shut<H: Managed>(
    stage: &Stage<H>,
    someone: &NewUser,
    key: SessionKey,
    opened: Opened,
    why: EndReason,
) {
    match opened {
        Opened::Opened => assert_over(stage, someone, key, why).await,
        Opened::Stale => {
            assert!(stage.find(key.id).await.is_none(), "nothing was written");
            assert_eq!(stage.live_sessions(someone.id, at(1)).await, []);
        }
    }
}

fn assert_made(changed: &Changed) {
    assert!(matches!(changed, Changed::Changed { .. }), "the change is made: {changed:?}");
}

/// A rotation against the disabling of its user: the session has ended afterwards.
pub async fn a_rotation_never_outlives_a_disabling<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    // One who is an admin and stays, so that everyone else may go.
    stage.someone(RACES).await;
    for round in 0..RACES {
        let someone = person(round);
        let key = stage.session(&someone, round).await;
        let rotate = stage.rotate(advance(key, 0), at(1));
        let disable = stage.change(someone.id, disabling(), at(1));
        let (_, changed) = both_at_once(u32::from(round), rotate, disable).await;
        assert_made(&changed);
        assert_over(&stage, &someone, key, EndReason::Disabled).await;
    }
}

/// An opening against the disabling of its user: no session is live afterwards.
pub async fn an_opening_never_outlives_a_disabling<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    stage.someone(RACES).await;
    for round in 0..RACES {
        let someone = person(round);
        let open = stage.open(opening(&someone, key(round)), at(1));
        let disable = stage.change(someone.id, disabling(), at(1));
        let (opened, changed) = both_at_once(u32::from(round), open, disable).await;
        assert_made(&changed);
        assert_shut(&stage, &someone, key(round), opened, EndReason::Disabled).await;
    }
}

/// A rotation against another password: the session has ended afterwards.
pub async fn a_rotation_never_outlives_another_password<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let key = stage.session(&someone, round).await;
        let rotate = stage.rotate(advance(key, 0), at(1));
        let change = stage.change(someone.id, with_password("second"), at(1));
        let (_, changed) = both_at_once(u32::from(round), rotate, change).await;
        assert_made(&changed);
        assert_over(&stage, &someone, key, EndReason::PasswordReplaced).await;
    }
}

/// An opening against another password: no session that the old one opened is live afterwards.
pub async fn an_opening_never_outlives_another_password<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let open = stage.open(opening(&someone, key(round)), at(1));
        let change = stage.change(someone.id, with_password("second"), at(1));
        let (opened, changed) = both_at_once(u32::from(round), open, change).await;
        assert_made(&changed);
        assert_shut(&stage, &someone, key(round), opened, EndReason::PasswordReplaced).await;
    }
}

/// Rotations against a replacement by their user: afterwards the session that it keeps goes on,
/// rotated once, and the other one has ended.
pub async fn a_rotation_never_outlives_a_replacement<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let kept = stage.session(&someone, 2 * round).await;
        let other = stage.session(&someone, 2 * round + 1).await;
        let (rotate, also) = (stage.rotate(advance(kept, 0), at(1)), stage.rotate(advance(other, 0), at(1)));
        let replace = stage.replace_password(replacement(&someone, "second", kept), at(1));
        let rotate_both = async move { (rotate.await, also.await) };
        let ((rotated, _), replaced) = both_at_once(u32::from(round), rotate_both, replace).await;
        assert_eq!(replaced, Replaced::Replaced { ended: 1 });
        assert!(rotated.is_some(), "the kept one rotates");
        let row = stage.row(other).await;
        assert_eq!(stage.end_reason(other).await, Some(EndReason::PasswordReplaced));
        assert!(stage.rotate(advance(other, row.generation), at(9)).await.is_none(), "the other is over");
        let live = stage.live_sessions(someone.id, at(1)).await;
        assert_eq!(live.iter().map(|session| session.id).collect::<Vec<_>>(), [kept.id]);
    }
}

/// An opening against a replacement by its user: afterwards the session that it keeps is the only
/// live one.
pub async fn an_opening_never_outlives_a_replacement<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let kept = stage.session(&someone, 2 * round).await;
        let new = key(2 * round + 1);
        let open = stage.open(opening(&someone, new), at(1));
        let replace = stage.replace_password(replacement(&someone, "second", kept), at(1));
        let (opened, replaced) = both_at_once(u32::from(round), open, replace).await;
        let ended = match opened {
            Opened::Opened => 1,
            Opened::Stale => 0,
        };
        assert_eq!(replaced, Replaced::Replaced { ended }, "it ends the session that opened: {opened:?}");
        let live = stage.live_sessions(someone.id, at(1)).await;
        assert_eq!(live.iter().map(|session| session.id).collect::<Vec<_>>(), [kept.id]);
    }
}

/// Of two replacements of one verified hash at once, one wins: its hash is kept, and only the
/// session that it keeps goes on.
pub async fn two_replacements_of_one_hash_have_one_winner<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let keys = [stage.session(&someone, 2 * round).await, stage.session(&someone, 2 * round + 1).await];
        let one = stage.replace_password(replacement(&someone, "one", keys[0]), at(1));
        let other = stage.replace_password(replacement(&someone, "other", keys[1]), at(1));
        let outcomes = both_at_once(u32::from(round), one, other).await;
        let (new, kept) = match outcomes {
            (Replaced::Replaced { ended: 1 }, Replaced::Stale) => ("one", keys[0]),
            (Replaced::Stale, Replaced::Replaced { ended: 1 }) => ("other", keys[1]),
            _ => panic!("one of the two wins: {outcomes:?}"),
        };
        let held = stage.account(someone.id).await.expect("the user is there");
        assert!(held.password.expect("with a password").same_as(&hash(new)), "the winner's is kept");
        let live = stage.live_sessions(someone.id, at(1)).await;
        assert_eq!(live.iter().map(|session| session.id).collect::<Vec<_>>(), [kept.id]);
    }
}

/// A rehash never undoes another password that comes at the same time: the old one stays dead.
pub async fn a_rehash_never_undoes_another_password<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let rehash = stage.rehash(someone.id, someone.password.clone(), hash("rehashed"));
        let change = stage.change(someone.id, with_password("second"), at(1));
        let (_, changed) = both_at_once(u32::from(round), rehash, change).await;
        assert_made(&changed);
        let held = stage.account(someone.id).await.expect("the user is there");
        assert!(held.password.expect("with a password").same_as(&hash("second")));
    }
}

/// However many sessions of a user open at once, as many are live afterwards as the limit allows,
/// and the others have ended because of it.
pub async fn openings_at_once_keep_to_the_limit<H: Managed>(harness: H) {
    const CONTENDERS: u16 = 4;
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let keys: Vec<_> = (CONTENDERS * round..CONTENDERS * (round + 1)).map(key).collect();
        let outcomes = all_at_once(
            keys.iter().map(|key| stage.open(Opening { limit: 2, ..opening(&someone, *key) }, at(1))),
        );
        assert_eq!(outcomes.await, [Opened::Opened; CONTENDERS as usize]);
        let live = stage.live_sessions(someone.id, at(1)).await;
        assert_eq!(live.len(), 2, "of {CONTENDERS} sessions, two are live");
        for key in keys {
            let expected = if live.iter().any(|session| session.id == key.id) {
                None
            } else {
                Some(EndReason::SessionLimit)
            };
            assert_eq!(stage.end_reason(key).await, expected);
        }
    }
}

/// Two openings, each of which replaces the oldest session of the other one's user, while the
/// limit would end its own: both open, and neither waits for the other for ever.
pub async fn openings_that_end_each_others_sessions_both_open<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES / 2 {
        let (one, other) = (person(2 * round), person(2 * round + 1));
        let [ones, others, new, also_new] = [0, 1, 2, 3].map(|place| key(4 * round + place));
        assert_eq!(stage.open(opening(&one, ones), NOW).await, Opened::Opened);
        assert_eq!(stage.open(opening(&other, others), NOW).await, Opened::Opened);
        let open = Opening { limit: 1, replaces: Some(others), ..opening(&one, new) };
        let also_open = Opening { limit: 1, replaces: Some(ones), ..opening(&other, also_new) };
        let outcomes =
            both_at_once(u32::from(round), stage.open(open, at(1)), stage.open(also_open, at(1))).await;
        assert_eq!(outcomes, (Opened::Opened, Opened::Opened));
        for (someone, new) in [(&one, new), (&other, also_new)] {
            let live = stage.live_sessions(someone.id, at(1)).await;
            assert_eq!(live.iter().map(|session| session.id).collect::<Vec<_>>(), [new.id]);
        }
    }
}

/// An opening against the deletion of its user: no session is left behind, also for another who
/// gets the same id later.
pub async fn an_opening_never_outlives_a_deletion<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    stage.someone(RACES).await;
    for round in 0..RACES {
        let someone = person(round);
        let open = stage.open(opening(&someone, key(round)), at(1));
        let delete = stage.delete(someone.id);
        let (_, deleted) = both_at_once(u32::from(round), open, delete).await;
        assert_eq!(deleted, Deletion::Deleted);
        assert!(stage.find(key(round).id).await.is_none(), "the session is gone");
        assert_eq!(stage.create(vec![account(round)]).await, [Creation::Created]);
        assert_eq!(stage.live_sessions(someone.id, at(1)).await, [], "and does not come back");
    }
}

/// Ends of one session at once, by its id and with all others, have one winner,
/// whose reason stays.
pub async fn ends_of_any_kind_have_one_winner<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let key = stage.session(&someone, round).await;
        let by_id = stage.end_one(someone.id, key.id, EndReason::Revoked, at(1));
        let with_all = stage.end_all(someone.id, None, EndReason::RevokedByAdmin, at(1));
        let (one, all) = both_at_once(u32::from(round), by_id, with_all).await;
        let why = match (one, all) {
            (true, 0) => EndReason::Revoked,
            (false, 1) => EndReason::RevokedByAdmin,
            _ => panic!("one of the two ends it: {one}, {all}"),
        };
        assert_over(&stage, &someone, key, why).await;
    }
}

//! The verbs for accounts against each other, five hundred times each: what holds on every
//! schedule.

use auth_core::store::{Changed, Creation, Deletion, Replaced};
use auth_core::{AccountQuery, AccountState, Credentials, NewUser, Role, User};

use crate::harness::Managed;
use crate::race::{RACES, both_at_once};
use crate::stage::{
    Stage, account, at, crowded, demoting, disabling, first, hash, person, replacement, user, with_password,
};

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
    stage.warm_up().await;
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
    stage.warm_up().await;
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
    stage.warm_up().await;
    for round in 0..RACES {
        let base = 10 * round;
        let (common, also_common) = (base, base + 1);
        let one = vec![account(common), account(base + 2), account(also_common)];
        let other = vec![
            with_address_of(also_common, account(base + 3)),
            account(base + 4),
            with_address_of(common, account(base + 5)),
        ];
        let race = both_at_once(u32::from(round), stage.create(one.clone()), stage.create(other.clone()));
        let (told, also_told) = race.await;
        assert_eq!((told[1], also_told[1]), (Creation::Created, Creation::Created), "what is in one alone");
        for place in [0, 2] {
            let winner = match (told[place], also_told[2 - place]) {
                (Creation::Created, Creation::EmailTaken) => &one[place],
                (Creation::EmailTaken, Creation::Created) => &other[2 - place],
                _ => panic!("each address is created once: {told:?}, {also_told:?}"),
            };
            let held = stage.credentials(winner.user.email.clone()).await.expect("the address is there");
            assert_eq!(held.user, winner.user, "the winner's account is kept");
        }
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
        assert!(matches!(changed, Changed::Changed { .. }), "the change is made: {changed:?}");
        let held = stage.account(someone.id).await.expect("the user is there");
        assert!(held.password.expect("with a password").same_as(&hash("second")));
    }
}

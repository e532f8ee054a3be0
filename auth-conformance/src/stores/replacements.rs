//! `replace_password`: someone gives themselves another password, and stays logged in.

use auth_core::store::{Opened, Opening, Replaced, Replacement};
use auth_core::{EndReason, NewUser, PasswordHash};

use crate::harness::Managed;
use crate::stage::{Stage, advance, at, hash, key, opening, person, replacement, user};

/// Insists that this is still the user's password, and that the user is as they were.
async fn assert_password<H: Managed>(stage: &Stage<H>, someone: &NewUser, password: &PasswordHash) {
    let held = stage.account(someone.id).await.expect("the user is there");
    assert_eq!(held.user, user(someone));
    assert!(held.password.expect("with a password").same_as(password));
}

/// A replacement changes the hash of that user alone, ends their sessions but the one it keeps,
/// and says how many.
pub async fn a_replacement_ends_the_users_other_sessions<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (kept, hers) =
        (stage.session(&admin, 2).await, [stage.session(&admin, 1).await, stage.session(&admin, 3).await]);
    let his = stage.session(&other, 4).await;
    let before = stage.row(kept).await;
    let replaced = stage.replace_password(replacement(&admin, "second", kept), at(5)).await;
    assert_eq!(replaced, Replaced::Replaced { ended: 2 });
    assert_password(&stage, &admin, &hash("second")).await;
    assert_password(&stage, &other, &other.password).await;
    for key in hers {
        stage.assert_ended(key, EndReason::PasswordReplaced, at(5)).await;
    }
    stage.assert_not_ended(his).await;
    assert_eq!(stage.row(kept).await, before, "the kept one is as it was");
    assert_eq!(stage.end_reason(kept).await, None);
    stage.rotate(advance(kept, 0), at(6)).await.expect("and goes on");
}

/// After a replacement, the old hash opens nothing and the new one does.
pub async fn a_replaced_hash_opens_nothing<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let kept = stage.session(&admin, 1).await;
    let replaced = stage.replace_password(replacement(&admin, "second", kept), at(5)).await;
    assert_eq!(replaced, Replaced::Replaced { ended: 0 });
    assert_eq!(stage.open(opening(&admin, key(2)), at(6)).await, Opened::Stale);
    let with_new = Opening { verified: hash("second"), ..opening(&admin, key(3)) };
    assert!(stage.open(with_new, at(6)).await.is_opened());
}

/// A replacement whose verified hash is not the user's changes nothing: a stale one, another's.
pub async fn a_replacement_needs_the_verified_hash<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (kept, beside) = (stage.session(&admin, 1).await, stage.session(&admin, 2).await);
    for verified in [hash("stale"), other.password.clone()] {
        let refused = Replacement { verified, ..replacement(&admin, "second", kept) };
        assert_eq!(stage.replace_password(refused, at(5)).await, Replaced::Stale);
    }
    assert_password(&stage, &admin, &admin.password).await;
    assert_password(&stage, &other, &other.password).await;
    stage.assert_not_ended(kept).await;
    stage.assert_not_ended(beside).await;
}

/// A disabled user, one without a password and one who does not exist replace nothing.
pub async fn a_replacement_needs_a_user_who_may_log_in<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, disabled, plain) = (stage.admin().await, stage.someone(2).await, person(3));
    let (kept, beside) = (stage.session(&disabled, 1).await, stage.session(&disabled, 2).await);
    stage.put_out_of_use(&disabled, at(1)).await;
    stage.put(&user(&plain), None).await;
    let nobody = NewUser { password: admin.password.clone(), ..person(9) };
    for someone in [&disabled, &plain, &nobody] {
        let refused = stage.replace_password(replacement(someone, "second", kept), at(5)).await;
        assert_eq!(refused, Replaced::Stale);
    }
    let held = stage.account(disabled.id).await.expect("the user is there");
    assert!(held.password.expect("with a password").same_as(&disabled.password));
    assert!(stage.account(plain.id).await.expect("the user is there").password.is_none());
    assert_password(&stage, &admin, &admin.password).await;
    stage.assert_not_ended(kept).await;
    stage.assert_not_ended(beside).await;
}

/// A replacement that names a session which is not the user's, or none that exists, ends all of
/// the user's, and leaves the other user's alone.
pub async fn a_replacement_keeps_only_a_session_of_its_user<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (hers, his) = (stage.session(&admin, 1).await, stage.session(&other, 2).await);
    let replaced = stage.replace_password(replacement(&admin, "second", his), at(5)).await;
    assert_eq!(replaced, Replaced::Replaced { ended: 1 });
    stage.assert_ended(hers, EndReason::PasswordReplaced, at(5)).await;
    stage.assert_not_ended(his).await;
    let replaced = stage.replace_password(replacement(&other, "second", key(9)), at(6)).await;
    assert_eq!(replaced, Replaced::Replaced { ended: 1 });
    stage.assert_ended(his, EndReason::PasswordReplaced, at(6)).await;
}

/// A replacement ends the expired as well and counts the live; what had ended keeps its end, also
/// where it is the one to keep.
pub async fn a_replacement_counts_the_live_only<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let [out, expired, over, live, kept] = [1, 2, 3, 4, 5].map(key);
    stage.session(&admin, 1).await;
    assert_eq!(stage.end(out, EndReason::Logout, at(1)).await, Some(admin.id));
    let short = Opening { expires_at: at(5), ..opening(&admin, expired) };
    assert!(stage.open(short, at(2)).await.is_opened());
    let short = Opening { ends_at: at(5), ..opening(&admin, over) };
    assert!(stage.open(short, at(2)).await.is_opened());
    stage.session(&admin, 4).await;
    stage.session(&admin, 5).await;
    assert_eq!(stage.end(kept, EndReason::Logout, at(3)).await, Some(admin.id));
    let replaced = stage.replace_password(replacement(&admin, "second", kept), at(5)).await;
    assert_eq!(replaced, Replaced::Replaced { ended: 1 }, "one was live");
    stage.assert_ended(out, EndReason::Logout, at(1)).await;
    stage.assert_ended(kept, EndReason::Logout, at(3)).await;
    for key in [expired, over, live] {
        stage.assert_ended(key, EndReason::PasswordReplaced, at(5)).await;
    }
}

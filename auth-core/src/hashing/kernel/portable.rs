//! `RustCrypto`'s kernel, in memory that a thread keeps.

use std::cell::RefCell;

use argon2::{Argon2, Block, Params};

use super::Recipe;

thread_local! {
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Fills `output`. `None` only where the recipe, the salt or the output's length is not allowed.
pub(in super::super) fn compute(
    recipe: Recipe,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
) -> Option<()> {
    let cost = recipe.cost;
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(output.len())).ok()?;
    let needed = params.block_count();
    let argon2 = Argon2::new(recipe.algorithm, recipe.version, params);
    if !recipe.is_kept() {
        let mut blocks = vec![Block::default(); needed];
        return argon2.hash_password_into_with_memory(password, salt, output, &mut blocks).ok();
    }
    BLOCKS.with_borrow_mut(|blocks| {
        if blocks.len() < needed {
            blocks.resize(needed, Block::default());
        }
        argon2.hash_password_into_with_memory(password, salt, output, &mut blocks[..needed]).ok()
    })
}

//~ `u64` is not a clock
//~ `auth_core::SystemClock` is one, and is taken without being named; for tests there is `auth_testing::TestClock`

pub fn auth(builder: auth_core::AuthBuilder<auth_core::MemoryStore>) {
    let _ = builder.clock(1_800_000_000_u64);
}

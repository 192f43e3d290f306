use hitbox_fn::Cache;
use hitbox_fn::prelude::PolicyConfig;
use hitbox_moka::MokaBackend;
use std::time::Duration;

pub(crate) type HitboxCache = Cache<MokaBackend>;

pub(crate) fn hitbox_cache() -> HitboxCache {
    Cache::builder()
        .backend(MokaBackend::builder().max_entries(100).build())
        .policy(PolicyConfig::builder().ttl(Duration::from_secs(60)).build())
        .build()
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("no I/O and no timers").block_on(future)
}

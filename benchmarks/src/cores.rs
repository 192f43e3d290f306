//! Where threads and servers run: placement decides what is measured.

/// Binds this thread to one core, and with it the threads and the servers that it starts from now on. Gives what is to
/// be said of that in the report.
///
/// On a machine with several cores a reply that wakes up another core takes many times longer than what is compared
/// here, and how often that happens is up to chance.
#[must_use]
pub fn bind_to_one() -> String {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    // The first one has the interrupts of most systems to itself.
    let bound = cores.last().filter(|core| core_affinity::set_for_current(**core));
    match bound {
        Some(core) => {
            format!("Client and servers are bound to one core, number {}.", core.id)
        }
        None => {
            "Client and servers run on whatever core the system chooses: it cannot be told to bind \
                 them to one."
                .to_owned()
        }
    }
}

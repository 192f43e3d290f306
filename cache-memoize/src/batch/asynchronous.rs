use super::book::{
    Book, Old, Seats, Task, accepted, begun, by_age, ends_of, fenced, kept, outdated, patience,
    seats, serve_all, spend, together,
};
use crate::drive::asynchronous::Entries as _;
use crate::drive::{Keep, Leased, Note, taken};
use crate::entries::{ByPlace, EntryOf, LeaseTerms, many_async as many};
use crate::flight::{Flights, Landing, Manner};
use crate::plan::{Permit, Plan, landing};
use crate::rules::Ruleset;
use cache_memoize_core::{ErasedAsyncStore, LeaseMode, Timestamp};
use std::future::poll_fn;
use std::pin::pin;

/// The entries of a call.
type Entries<'e, 'a, 's, R> = &'e [EntryOf<'a, R, dyn ErasedAsyncStore + 's>];

/// The values of all entries: stored, computed by another caller, or computed by `compute`, which is told the places.
/// Where the function fails, what it gave.
pub(super) async fn answers<R, V, F, C>(
    entries: Entries<'_, '_, '_, R>,
    rules: &R,
    flights: &Flights,
    mut plan: Plan,
    mut compute: impl FnMut(&[usize]) -> C,
) -> Result<Vec<Option<V>>, F>
where
    R: Ruleset<Stored = V> + Keep<Return = V, Stored = V>,
    V: Clone + Send + Sync + 'static,
    C: Future<Output = Result<Vec<Option<V>>, F>>,
{
    let mut book = Book::new(entries.len());
    loop {
        let open = book.open();
        if open.is_empty() {
            return Ok(book.close());
        }
        let looks = many::look(entries, &open).await;
        let Seats { own, followed } =
            seats(entries, looks, flights, &plan, Manner::Async, &mut book);
        if !own.is_empty() {
            let leased = leased(entries, &own).await;
            let (tasks, permits) = begun(entries, own, leased, &mut book);
            computed(entries, rules, tasks, permits, &mut book, &mut compute).await?;
        }
        let mut came_to_nothing = false;
        for (place, following) in followed {
            let landing = following.landed().await;
            came_to_nothing |= matches!(landing, Landing::Nothing);
            if let Some(stored) = taken(landing) {
                entries[place].noted(Note::Coalesced);
                book.answer(place, stored);
            }
        }
        if came_to_nothing {
            plan.waited_for(&Landing::Nothing);
        }
    }
}

/// Computes all values now, whatever is stored, and begins a new era.
pub(super) async fn refresh<R, V, F, C>(
    entries: Entries<'_, '_, '_, R>,
    rules: &R,
    flights: &Flights,
    mut compute: impl FnMut(&[usize]) -> C,
) -> Result<Vec<Option<V>>, F>
where
    R: Ruleset<Stored = V> + Keep<Return = V, Stored = V>,
    V: Clone + Send + Sync + 'static,
    C: Future<Output = Result<Vec<Option<V>>, F>>,
{
    let mut book = Book::new(entries.len());
    let places = book.open();
    let terms = LeaseTerms { mode: LeaseMode::Renew, ttl: entries[0].lease_ttl() };
    let leased = many::lease(entries, &places, terms, &|_| Timestamp::NEVER).await;
    let lead = |place: usize| {
        let leading = flights.lead(entries[place].whole_key(), Manner::Async);
        Task { place, leading: Some(leading), old: Old::Outdated }
    };
    let own = places.into_iter().map(lead).collect();
    let (tasks, permits) = begun(entries, own, leased, &mut book);
    computed(entries, rules, tasks, permits, &mut book, &mut compute).await?;
    Ok(book.close())
}

async fn leased<R: Ruleset>(
    entries: Entries<'_, '_, '_, R>,
    own: &[Task<R::Stored>],
) -> ByPlace<Leased<R::Stored>> {
    let ((due, missing), ends) = (by_age(own), ends_of(own));
    let mode = LeaseMode::Join;
    let terms = LeaseTerms { mode, ttl: entries[0].lease_ttl() };
    let mut leased = many::lease(entries, &missing, terms, &|_| Timestamp::from_millis(0)).await;
    if let Some(ttl) = patience(entries, own) {
        let terms = LeaseTerms { mode, ttl };
        leased.extend(many::lease(entries, &due, terms, &|place| ends[&place]).await);
    }
    leased
}

async fn computed<R, V, F, C>(
    entries: Entries<'_, '_, '_, R>,
    rules: &R,
    tasks: Vec<Task<V>>,
    permits: ByPlace<Permit>,
    book: &mut Book<V>,
    compute: &mut impl FnMut(&[usize]) -> C,
) -> Result<(), F>
where
    R: Ruleset<Stored = V> + Keep<Return = V, Stored = V>,
    V: Clone + Send + Sync + 'static,
    C: Future<Output = Result<Vec<Option<V>>, F>>,
{
    if tasks.is_empty() {
        return Ok(());
    }
    // A panic gives the leases back before the flights land: who leads next must not share them.
    let mut leases = HeldLeases { entries, permits };
    let places: Vec<_> = tasks.iter().map(|task| task.place).collect();
    let values = match inside(&tasks, compute(&places)).await {
        Ok(values) => values,
        Err(failure) => {
            leases.give_back().await;
            return match serve_instead(entries, &tasks, book).await {
                true => Ok(()),
                false => Err(failure),
            };
        }
    };
    // What decides about the values and writes them is the user's code too, and may call in here.
    let (fills, mut shares) =
        inside(&tasks, async { kept(rules, &tasks, values, &leases.permits, book) }).await;
    let mut filled = inside(&tasks, many::fill(entries, fills)).await;
    spend(&mut leases.permits, &filled);
    let outdated = outdated(&tasks, &filled);
    for place in &outdated {
        leases.permits.remove(place);
    }
    many::forget(entries, &outdated).await;
    filled.extend(many::confirm(entries, &accepted(&shares, &filled)).await);
    leases.give_back().await;
    for Task { place, leading, .. } in tasks {
        if let Some(leading) = leading {
            leading.land(landing(filled.get(&place).copied(), shares.remove(&place)));
        }
    }
    Ok(())
}

/// Answers with the old values instead of an error, if there is one for every key: they may have been invalidated
/// meanwhile.
async fn serve_instead<R: Ruleset>(
    entries: Entries<'_, '_, '_, R>,
    tasks: &[Task<R::Stored>],
    book: &mut Book<R::Stored>,
) -> bool {
    if !tasks.iter().all(Task::has_spare) {
        return false;
    }
    let places: Vec<_> = tasks.iter().map(|task| task.place).collect();
    places.iter().for_each(|place| entries[*place].rest());
    serve_all(entries, many::look(entries, &places).await, book)
}

/// Marks every thread that polls the computation as being inside of it.
async fn inside<S, F: Future>(tasks: &[Task<S>], compute: F) -> F::Output {
    let (mut compute, mut together) = (pin!(compute), together(tasks));
    poll_fn(|context| {
        let _computing = together.computing();
        compute.as_mut().poll(context)
    })
    .await
}

/// Leases that are given back unless they are used: a computation may fail, panic, and be cancelled.
struct HeldLeases<'e, 'a, 's, R: Ruleset> {
    entries: Entries<'e, 'a, 's, R>,
    permits: ByPlace<Permit>,
}

impl<R: Ruleset> HeldLeases<'_, '_, '_, R> {
    async fn give_back(mut self) {
        let permits = std::mem::take(&mut self.permits);
        many::give_back(self.entries, fenced(&permits)).await;
    }
}

impl<R: Ruleset> Drop for HeldLeases<'_, '_, '_, R> {
    fn drop(&mut self) {
        for (place, permit) in &self.permits {
            self.entries[*place].abandon(*permit);
        }
    }
}

//! `batch`: functions of many keys, of which those that are missing are computed together.

use crate::clocks::{SECOND, on_every_clock};
use crate::hooks::{LOG, log};
use crate::support::{block_on, on_every_kind};
use cache_memoize::{CacheKey, Error, cache_memoize};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

/// What a function was called with.
type Asked<T> = Mutex<Vec<Vec<T>>>;

fn noted<T: Clone>(asked: &Asked<T>, ids: &[T]) {
    asked.lock().unwrap().push(ids.to_vec());
}

fn taken<T>(asked: &Asked<T>) -> Vec<Vec<T>> {
    std::mem::take(&mut *asked.lock().unwrap())
}

/// The squares of all numbers but for 13.
fn squared(ids: &[u64]) -> HashMap<u64, u64> {
    ids.iter().filter(|id| **id != 13).map(|id| (*id, id * id)).collect()
}

#[cache_memoize(ttl = 60, batch, skip(asked))]
fn squares(ids: &[u64], asked: &Asked<u64>) -> HashMap<u64, u64> {
    noted(asked, ids);
    squared(ids)
}

#[test]
fn only_what_is_missing_is_computed() {
    on_every_kind(|name| {
        let asked = Asked::default();
        assert_eq!(squares(&[1, 2], &asked), squared(&[1, 2]), "{name}");
        assert_eq!(squares(&[3, 2, 1, 4], &asked), squared(&[1, 2, 3, 4]), "{name}");
        assert_eq!(squares(&[4, 1], &asked), squared(&[1, 4]), "{name}");
        assert_eq!(taken(&asked), [vec![1, 2], vec![3, 4]], "{name}");
    });
}

#[test]
fn a_key_that_comes_twice_is_asked_for_once() {
    on_every_kind(|name| {
        let asked = Asked::default();
        assert_eq!(squares(&[5, 6, 5, 5], &asked), squared(&[5, 6]), "{name}");
        assert_eq!(taken(&asked), [[5, 6]], "{name}");
    });
}

#[test]
fn a_key_without_a_value_is_not_remembered() {
    on_every_kind(|name| {
        let asked = Asked::default();
        for _ in 0..2 {
            assert_eq!(squares(&[1, 13], &asked), squared(&[1]), "{name}");
        }
        assert_eq!(taken(&asked), [vec![1, 13], vec![13]], "{name}");
    });
}

#[test]
fn nothing_is_asked_about_no_keys() {
    on_every_kind(|name| {
        let asked = Asked::default();
        assert!(squares(&[], &asked).is_empty(), "{name}");
        assert_eq!(cache_key_squares(&[]), [], "{name}");
        assert_eq!(invalidate_squares(&[]).ok(), Some(false), "{name}");
        assert_eq!(peek_squares(&[]).ok(), Some(HashMap::new()), "{name}");
        assert!(prime_squares(&[], HashMap::new()).is_ok(), "{name}");
        assert_eq!(taken(&asked), [] as [Vec<u64>; 0], "{name}");
    });
}

#[cache_memoize(ttl = 60, batch, skip(asked))]
fn in_order(names: &[&str], asked: &Asked<String>) -> Vec<String> {
    noted(asked, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    names.iter().map(|name| name.to_uppercase()).collect()
}

#[test]
fn a_list_has_the_values_in_the_order_of_the_arguments() {
    on_every_kind(|name| {
        let asked = Asked::default();
        assert_eq!(in_order(&["a", "b", "a"], &asked), ["A", "B", "A"], "{name}");
        assert_eq!(in_order(&["c", "b", "d", "c"], &asked), ["C", "B", "D", "C"], "{name}");
        assert_eq!(taken(&asked), [["a", "b"], ["c", "d"]], "{name}");
        let peeked = peek_in_order(&["b", "x", "d"]).expect("the store works");
        assert_eq!(peeked, [Some("B".to_owned()), None, Some("D".to_owned())], "{name}");
    });
}

thread_local! {
    static TOO_MANY: Cell<bool> = const { Cell::new(false) };
}

#[cache_memoize(ttl = 60, batch, skip(asked))]
fn uneven(ids: &[u64], asked: &Asked<u64>) -> Vec<u64> {
    noted(asked, ids);
    ids.iter().copied().chain(TOO_MANY.get().then_some(0)).collect()
}

#[test]
fn a_list_of_another_length_is_given_as_it_is_and_not_stored() {
    on_every_kind(|name| {
        let asked = Asked::default();
        assert_eq!(uneven(&[1], &asked), [1], "{name}");
        TOO_MANY.set(true);
        assert_eq!(uneven(&[1, 2], &asked), [1, 2, 0], "{name}");
        TOO_MANY.set(false);
        assert_eq!(uneven(&[1, 2], &asked), [1, 2], "{name}");
        TOO_MANY.set(true);
        assert_eq!(uneven(&[4, 3], &asked), [4, 3, 0], "{name}: it was called for all");
        assert_eq!(refresh_uneven(&[4, 3], &asked), [4, 3, 0], "{name}");
        let expected = [vec![1], vec![2], vec![1, 2], vec![2], vec![4, 3], vec![4, 3]];
        assert_eq!(taken(&asked), expected, "{name}");
        let cache = cache_memoize::caches::get("default").expect("it is installed");
        let stats = cache.stats();
        assert_eq!(stats.function("uneven").expect("it was called").faults, 3, "{name}");
        let error = prime_uneven(&[1, 2], vec![1]).expect_err("there are fewer");
        assert!(error.to_string().contains("there are 1 values for 2 arguments"), "{error}");
        TOO_MANY.set(false);
    });
}

type Answer<T> = Result<T, String>;

#[cache_memoize(ttl = 60, batch)]
fn sorted(ids: &[u64]) -> Answer<BTreeMap<u64, Option<u64>>> {
    log(ids);
    if ids.contains(&13) {
        return Err("13".to_owned());
    }
    Ok(ids.iter().map(|id| (*id, id.checked_sub(5))).collect())
}

#[test]
fn of_a_result_the_values_are_stored_and_no_errors() {
    on_every_kind(|name| {
        let expected = BTreeMap::from([(4, None), (7, Some(2))]);
        assert_eq!(sorted(&[7, 13]), Err("13".to_owned()), "{name}");
        assert_eq!(sorted(&[7, 4]), Ok(expected.clone()), "{name}");
        assert_eq!(sorted(&[13, 7]), Err("13".to_owned()), "{name}");
        assert_eq!(sorted(&[4, 7]), Ok(expected.clone()), "{name}");
        assert_eq!(LOG.take(), ["[7, 13]", "[7, 4]", "[13]"], "{name}");
        assert_eq!(peek_sorted(&[4, 7, 9]).ok(), Some(expected), "{name}");
        let error = prime_sorted(&[1], Err(String::new())).expect_err("an error is not kept");
        assert_eq!(error.kind(), cache_memoize::ErrorKind::NotKept);
    });
}

#[test]
fn companions_take_the_keys_that_they_are_about() {
    on_every_kind(|name| {
        let asked = Asked::default();
        let keys = cache_key_squares(&[1, 2, 1]);
        assert_eq!(keys[0].as_str(), "options::batch::squares(1)", "{name}");
        assert!(keys[0] == keys[2] && keys[0] != keys[1], "{name}");
        squares(&[1, 2, 3], &asked);
        assert_eq!(invalidate_squares(&[2, 9, 2]).ok(), Some(true), "{name}");
        assert_eq!(invalidate_squares(&[2, 9]).ok(), Some(false), "{name}");
        assert_eq!(peek_squares(&[1, 2, 3]).ok(), Some(squared(&[1, 3])), "{name}");
        let primed = HashMap::from([(2, 0), (9, 1)]);
        prime_squares(&[2, 9], primed).expect("the store works");
        assert_eq!(squares(&[1, 2, 9], &asked), HashMap::from([(1, 1), (2, 0), (9, 1)]), "{name}");
        assert_eq!(refresh_squares(&[2, 4], &asked), squared(&[2, 4]), "{name}");
        assert_eq!(squares(&[2, 4, 9], &asked), HashMap::from([(2, 4), (4, 16), (9, 1)]), "{name}");
        assert_eq!(taken(&asked), [vec![1, 2, 3], vec![2, 4]], "{name}");
        assert_eq!(uncached_squares(&[9], &asked), squared(&[9]), "{name}");
        invalidate_all_squares().expect("the store works");
        assert_eq!(peek_squares(&[1, 2, 4, 9]).ok(), Some(HashMap::new()), "{name}");
    });
}

#[cache_memoize(ttl = 60, batch, skip(asked))]
async fn slow_squares(ids: &[u64], owned: String, asked: &Asked<u64>) -> HashMap<u64, String> {
    noted(asked, ids);
    tokio::task::yield_now().await;
    ids.iter().map(|id| (*id, format!("{owned}{id}"))).collect()
}

fn is_send<T: Send>(future: T) -> T {
    future
}

#[test]
fn async_functions_do_the_same() {
    on_every_kind(|name| {
        let (asked, x) = (Asked::default(), || "x".to_owned());
        let expected = |ids: &[u64]| -> HashMap<_, _> {
            ids.iter().map(|id| (*id, format!("x{id}"))).collect()
        };
        block_on(async {
            let first = is_send(slow_squares(&[1, 2], x(), &asked)).await;
            assert_eq!(first, expected(&[1, 2]), "{name}");
            assert_eq!(slow_squares(&[3, 2], x(), &asked).await, expected(&[2, 3]), "{name}");
            assert_eq!(invalidate_slow_squares(&[2, 8], x()).await.ok(), Some(true), "{name}");
            let peeked = peek_slow_squares(&[1, 2, 3], x()).await;
            assert_eq!(peeked.ok(), Some(expected(&[1, 3])), "{name}");
            let primed = prime_slow_squares(&[2], x(), expected(&[2])).await;
            primed.expect("the store works");
            assert_eq!(slow_squares(&[1, 2, 3], x(), &asked).await, expected(&[1, 2, 3]));
            assert_eq!(refresh_slow_squares(&[1], x(), &asked).await, expected(&[1]), "{name}");
            assert!(slow_squares(&[], x(), &asked).await.is_empty(), "{name}");
            assert_eq!(slow_squares(&[1], "y".to_owned(), &asked).await[&1], "y1", "{name}");
            invalidate_all_slow_squares().await.expect("the store works");
            assert_eq!(peek_slow_squares(&[1], x()).await.ok(), Some(HashMap::new()), "{name}");
        });
        assert_eq!(taken(&asked), [vec![1, 2], vec![3], vec![1], vec![1]], "{name}");
    });
}

#[derive(Clone, CacheKey)]
struct Item {
    id: u32,
    #[cache_key(skip)]
    name: String,
}

#[derive(CacheKey)]
struct Shop {
    tenant: u32,
}

impl Shop {
    /// Prices.
    #[cache_memoize(
        prefix = "prices",
        version = 2,
        batch,
        key = (self.tenant, items.id),
        extra = currency.len(),
        tags(format!("item:{}", items.id), format!("shop:{}", self.tenant)),
        cache_if = |price: &u32| *price < 1_000,
        ttl_with = |price: &u32| Duration::from_secs(u64::from(*price)),
        on_hit = |_shop, items: &Item, currency: &&str| log(("hit", items.id, currency)),
        on_miss = |_shop, items: &Item, currency: &&str| log(("miss", items.id, currency)),
    )]
    fn prices(&self, items: &[Item], currency: &str) -> Vec<u32> {
        items.iter().map(|item| self.tenant + item.id + item.name.len() as u32).collect()
    }
}

fn item(id: u32) -> Item {
    Item { id, name: "chair".to_owned() }
}

#[test]
fn other_options_are_about_each_value() {
    on_every_clock(|clock| {
        let (shop, items) = (Shop { tenant: 10 }, [item(1), item(985), item(1), item(2)]);
        assert_eq!(shop.cache_key_prices(&items[..1], "EUR")[0].as_str(), "prices@2(10,1,+3)");
        let prices = |items: &[Item]| (shop.prices(items, "EUR"), LOG.take());
        let asked =
            |ids: [(&str, u32); 3]| ids.map(|(what, id)| format!("({what:?}, {id}, \"EUR\")"));
        let (given, log) = prices(&items);
        assert_eq!(given, [16, 1_000, 16, 17]);
        assert_eq!(log, asked([("miss", 1), ("miss", 985), ("miss", 2)]));
        let (given, log) = prices(&items);
        assert_eq!(given, [16, 1_000, 16, 17]);
        assert_eq!(log, asked([("miss", 985), ("hit", 1), ("hit", 2)]), "too dear to be stored");
        assert_eq!(Shop { tenant: 11 }.prices(&items[..1], "EUR"), [17]);
        LOG.take();

        clock.advance(16 * SECOND);
        let (_, log) = prices(&items);
        assert_eq!(log, asked([("miss", 1), ("miss", 985), ("hit", 2)]), "it lives for its price");
        let cache = cache_memoize::caches::get("default").expect("it is installed");
        cache.invalidate_tag("item:1").expect("the store works");
        assert_eq!(shop.peek_prices(&items, "EUR").ok(), Some(vec![None, None, None, Some(17)]));
        cache.invalidate_tag("shop:10").expect("the store works");
        assert_eq!(shop.peek_prices(&items, "EUR").ok(), Some(vec![None; 4]));
        let dear = shop.prime_prices(&items[1..2], "EUR", vec![1_000]);
        assert!(dear.is_err(), "it is not to be kept");
    });
}

thread_local! {
    static COMPUTED: RefCell<Vec<Vec<u32>>> = const { RefCell::new(Vec::new()) };
    static FAILS: Cell<bool> = const { Cell::new(false) };
    static YEAR: Cell<u32> = const { Cell::new(1) };
}

fn computed() -> Vec<Vec<u32>> {
    COMPUTED.take()
}

#[cache_memoize(ttl = 10, batch, stale_while_revalidate = 20, stale_if_error = 60)]
fn aging(ids: &[u32]) -> Result<HashMap<u32, u32>, ()> {
    COMPUTED.with_borrow_mut(|computed| computed.push(ids.to_vec()));
    if FAILS.get() { Err(()) } else { Ok(ids.iter().map(|id| (*id, YEAR.get())).collect()) }
}

#[test]
fn each_value_grows_old_by_itself() {
    on_every_clock(|clock| {
        let of = |values: &[(u32, u32)]| Ok(values.iter().copied().collect::<HashMap<_, _>>());
        FAILS.set(false);
        YEAR.set(1);
        assert_eq!(aging(&[1, 2]), of(&[(1, 1), (2, 1)]));
        clock.advance(5 * SECOND);
        YEAR.set(2);
        assert_eq!(aging(&[2, 3]), of(&[(2, 1), (3, 2)]));
        assert_eq!(computed(), [vec![1, 2], vec![3]]);

        // 1 and 2 are due, 3 is fresh; the function fails.
        clock.advance(5 * SECOND);
        FAILS.set(true);
        assert_eq!(aging(&[1, 2, 3]), of(&[(1, 1), (2, 1), (3, 2)]));
        assert_eq!(computed(), [[1, 2]]);
        assert_eq!(aging(&[1, 3]), of(&[(1, 1), (3, 2)]), "it is left alone for a while");
        assert_eq!(computed(), [] as [Vec<u32>; 0]);
        assert_eq!(aging(&[1, 4]), Err(()), "there is no old value of 4");

        // 1 and 2 are spare now, 3 is due.
        clock.advance(21 * SECOND);
        assert_eq!(aging(&[1, 2, 3]), of(&[(1, 1), (2, 1), (3, 2)]));
        assert_eq!(computed().len(), 2);
        assert_eq!(aging(&[1, 2, 3]), of(&[(1, 1), (2, 1), (3, 2)]));
        assert_eq!(computed(), [] as [Vec<u32>; 0], "it is left alone again");
        clock.advance(5 * SECOND);
        FAILS.set(false);
        YEAR.set(3);
        assert_eq!(aging(&[1, 2, 3]), of(&[(1, 3), (2, 3), (3, 3)]));
        clock.advance(40 * SECOND);
        FAILS.set(true);
        invalidate_aging(&[1]).expect("the store works");
        assert_eq!(aging(&[1]), Err(()), "what was invalidated is no answer");
        assert_eq!(aging(&[2]), of(&[(2, 3)]));
        COMPUTED.take();
    });
}

#[cache_memoize(ttl = 10, batch, stale_while_revalidate = 60, cache_if = |year: &u32| *year < 2)]
fn chosen(ids: &[u32]) -> Vec<u32> {
    vec![YEAR.get(); ids.len()]
}

#[test]
fn an_old_value_goes_when_the_new_one_is_not_to_be_stored() {
    on_every_clock(|clock| {
        YEAR.set(1);
        assert_eq!(chosen(&[1, 2]), [1, 1]);
        clock.advance(11 * SECOND);
        YEAR.set(2);
        assert_eq!(chosen(&[1]), [2]);
        assert_eq!(invalidate_chosen(&[1]).ok(), Some(false), "it was outdated");
        assert_eq!(invalidate_chosen(&[2]).ok(), Some(true));
    });
}

#[cache_memoize(ttl = 60, batch, local)]
fn local(ids: &[u32]) -> Vec<Unportable> {
    COMPUTED.with_borrow_mut(|computed| computed.push(ids.to_vec()));
    ids.iter().map(|id| Unportable(*id)).collect()
}

#[derive(Clone, Debug, PartialEq)]
struct Unportable(u32);

#[test]
fn values_may_stay_in_process() {
    on_every_kind(|name| {
        assert_eq!(local(&[1, 2]), [Unportable(1), Unportable(2)], "{name}");
        assert_eq!(local(&[2, 3]), [Unportable(2), Unportable(3)], "{name}");
        assert_eq!(computed(), [vec![1, 2], vec![3]], "{name}");
    });
}

#[cache_memoize(ttl = 60, batch)]
fn of_any_type<T, const N: usize>(keys: &[T], [first, second]: [u32; 2]) -> HashMap<T, u32>
where
    T: CacheKey + Clone + std::hash::Hash + Eq,
{
    COMPUTED.with_borrow_mut(|computed| computed.push(vec![keys.len() as u32]));
    keys.iter().map(|key| (key.clone(), first + second + N as u32)).collect()
}

#[test]
fn generic_functions_have_entries_by_their_types() {
    on_every_kind(|name| {
        assert_eq!(of_any_type::<u8, 1>(&[1], [1, 2]), HashMap::from([(1, 4)]), "{name}");
        assert_eq!(of_any_type::<u16, 1>(&[1], [1, 2]), HashMap::from([(1, 4)]), "{name}");
        assert_eq!(of_any_type::<u16, 2>(&[1, 2], [1, 2]).len(), 2, "{name}");
        assert_eq!(of_any_type::<u16, 2>(&[2, 1], [1, 2]).len(), 2, "{name}");
        assert_eq!(computed(), [[1], [1], [2]], "{name}");
    });
}

#[derive(Debug, PartialEq)]
enum Failure {
    Store,
}

impl From<Error> for Failure {
    fn from(_: Error) -> Self {
        Self::Store
    }
}

#[cache_memoize(ttl = 60, batch, single_flight = "off", companions = false)]
fn off(ids: &[u32]) -> Result<Vec<u32>, Failure> {
    COMPUTED.with_borrow_mut(|computed| computed.push(ids.to_vec()));
    Ok(ids.to_vec())
}

#[test]
fn companions_are_not_needed_for_free_functions() {
    on_every_kind(|name| {
        assert_eq!(off(&[1, 2]), Ok(vec![1, 2]), "{name}");
        assert_eq!(off(&[3, 1]), Ok(vec![3, 1]), "{name}");
        assert_eq!(computed(), [vec![1, 2], vec![3]], "{name}");
    });
}

trait Catalogue {
    fn names(&self, ids: &HashSet<u32>, numbers: &[u32]) -> Vec<String>;
}

struct Books;

#[cache_memoize]
impl Catalogue for Books {
    #[cache_memoize(ttl = 60, batch, skip(self))]
    fn names(&self, ids: &HashSet<u32>, numbers: &[u32]) -> Vec<String> {
        COMPUTED.with_borrow_mut(|computed| computed.push(numbers.to_vec()));
        numbers.iter().map(|number| format!("{}{number}", ids.len())).collect()
    }
}

#[test]
fn functions_of_traits_have_many_keys_too() {
    on_every_kind(|name| {
        let ids = HashSet::from([7]);
        assert_eq!(Books.names(&ids, &[1, 2]), ["11", "12"], "{name}");
        assert_eq!(Books.names(&ids, &[2, 3]), ["12", "13"], "{name}");
        assert_eq!(computed(), [vec![1, 2], vec![3]], "{name}");
        Books::invalidate_names(&ids, &[2]).expect("the store works");
        assert_eq!(Books::peek_names(&ids, &[1, 2]).ok(), Some(vec![Some("11".to_owned()), None]));
    });
}

//! Methods with every receiver, associated functions, and impls with parameters.

use crate::computations::fresh;
use crate::support::on_every_kind;
use cache_memoize::{CacheKey, cache_memoize};
use serde::{Deserialize, Serialize};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(CacheKey, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Shop {
    tenant: u32,
    #[cache_key(skip)]
    sales: u32,
}

impl Shop {
    const fn of(tenant: u32) -> Self {
        Self { tenant, sales: 0 }
    }

    #[cache_memoize(ttl = 60)]
    fn by_reference(&self, id: u32) -> (u32, u32) {
        (self.tenant + id, fresh(()))
    }

    #[cache_memoize(ttl = 60)]
    #[expect(clippy::needless_arbitrary_self_type)]
    fn by_typed_reference(self: &Self, id: u32) -> (u32, u32) {
        (self.tenant + id, fresh(()))
    }

    #[cache_memoize(ttl = 60)]
    fn by_mutable_reference(&mut self, id: u32) -> (u32, u32) {
        self.sales += id;
        (self.sales, fresh(()))
    }

    #[cache_memoize(ttl = 60)]
    fn by_value(self, id: u32) -> (u32, u32) {
        (self.tenant + id, fresh(self))
    }

    #[cache_memoize(ttl = 60)]
    fn by_mutable_value(mut self, id: u32) -> (u32, u32) {
        self.sales += id;
        (self.sales, fresh(self))
    }

    #[cache_memoize(ttl = 60)]
    fn in_a_box(self: Box<Self>, id: u32) -> (u32, u32) {
        (self.tenant + id, fresh(self))
    }

    #[cache_memoize(ttl = 60)]
    fn in_an_arc(self: Arc<Self>, id: u32) -> (u32, u32) {
        (self.tenant + id, fresh(self))
    }

    #[cache_memoize(ttl = 60)]
    fn in_a_borrowed_rc(self: &Rc<Self>, id: u32) -> (u32, u32) {
        (self.tenant + id, fresh(()))
    }

    #[cache_memoize(ttl = 60)]
    fn pinned(self: Pin<&Self>, id: u32) -> (u32, u32) {
        (self.tenant + id, fresh(()))
    }

    #[cache_memoize(ttl = 60, in_impl)]
    fn open(tenant: u32) -> Self {
        Self { sales: fresh(()), ..Self::of(tenant) }
    }

    #[cache_memoize(ttl = 60)]
    async fn waiting(&self, id: &str) -> (String, u32) {
        tokio::task::yield_now().await;
        (format!("{}{id}", self.tenant), fresh(()))
    }

    #[cache_memoize(ttl = 60)]
    async fn waiting_in_an_arc(self: Arc<Self>, id: u32) -> (u32, u32) {
        tokio::task::yield_now().await;
        (self.tenant + id, fresh(()))
    }

    #[cache_memoize(ttl = 60, in_impl)]
    async fn open_in_time(tenant: u32) -> Self {
        Self { sales: fresh(()), ..Self::of(tenant) }
    }
}

#[cache_memoize]
impl Shop {
    #[cache_memoize(ttl = 60)]
    fn in_an_annotated_block(&self) -> u32 {
        fresh(())
    }

    #[cache_memoize(ttl = 60)]
    fn without_in_impl() -> Self {
        Self::of(fresh(()))
    }

    fn untouched() -> u32 {
        fresh(())
    }
}

#[derive(CacheKey)]
struct Table<'a, T, const WIDTH: usize>
where
    T: ?Sized,
{
    name: &'a str,
    first: &'a T,
}

impl<'a, T, const WIDTH: usize> Table<'a, T, WIDTH>
where
    T: CacheKey + ?Sized,
{
    #[cache_memoize(ttl = 60)]
    fn width(&self, factor: usize) -> (String, usize, u32) {
        (self.name.to_owned(), WIDTH * factor, fresh(self.first))
    }

    #[cache_memoize(ttl = 60)]
    fn compared<U>(&self, other: &Table<'_, U, WIDTH>) -> (usize, u32)
    where
        U: CacheKey + ?Sized,
    {
        (WIDTH, fresh(other.first))
    }

    #[cache_memoize(ttl = 60, in_impl)]
    fn counted(name: &'a str) -> (String, usize, u32) {
        (name.to_owned(), WIDTH, fresh(()))
    }
}

#[test]
fn every_receiver_is_remembered() {
    let shop = Shop::of(1);
    assert_remembered!(
        (&shop, 2),
        Shop::by_reference,
        Shop::refresh_by_reference,
        Shop::peek_by_reference,
        Shop::prime_by_reference,
        Shop::invalidate_by_reference,
        Shop::uncached_by_reference,
    );
    assert_remembered!(
        (&shop, 2),
        Shop::by_typed_reference,
        Shop::refresh_by_typed_reference,
        Shop::peek_by_typed_reference,
        Shop::prime_by_typed_reference,
        Shop::invalidate_by_typed_reference,
        Shop::uncached_by_typed_reference,
    );
    assert_remembered!(
        (&mut shop.clone(), 2),
        Shop::by_mutable_reference,
        Shop::refresh_by_mutable_reference,
        Shop::peek_by_mutable_reference,
        Shop::prime_by_mutable_reference,
        Shop::invalidate_by_mutable_reference,
        Shop::uncached_by_mutable_reference,
    );
    assert_remembered!(
        (shop.clone(), 2),
        Shop::by_value,
        Shop::refresh_by_value,
        Shop::peek_by_value,
        Shop::prime_by_value,
        Shop::invalidate_by_value,
        Shop::uncached_by_value,
    );
    assert_remembered!(
        (shop.clone(), 2),
        Shop::by_mutable_value,
        Shop::refresh_by_mutable_value,
        Shop::peek_by_mutable_value,
        Shop::prime_by_mutable_value,
        Shop::invalidate_by_mutable_value,
        Shop::uncached_by_mutable_value,
    );
}

#[test]
fn every_pointer_to_a_receiver_is_remembered() {
    let shop = Shop::of(1);
    assert_remembered!(
        (Box::new(shop.clone()), 2),
        Shop::in_a_box,
        Shop::refresh_in_a_box,
        Shop::peek_in_a_box,
        Shop::prime_in_a_box,
        Shop::invalidate_in_a_box,
        Shop::uncached_in_a_box,
    );
    assert_remembered!(
        (Arc::new(shop.clone()), 2),
        Shop::in_an_arc,
        Shop::refresh_in_an_arc,
        Shop::peek_in_an_arc,
        Shop::prime_in_an_arc,
        Shop::invalidate_in_an_arc,
        Shop::uncached_in_an_arc,
    );
    assert_remembered!(
        (&Rc::new(shop.clone()), 2),
        Shop::in_a_borrowed_rc,
        Shop::refresh_in_a_borrowed_rc,
        Shop::peek_in_a_borrowed_rc,
        Shop::prime_in_a_borrowed_rc,
        Shop::invalidate_in_a_borrowed_rc,
        Shop::uncached_in_a_borrowed_rc,
    );
    assert_remembered!(
        (Pin::new(&shop), 2),
        Shop::pinned,
        Shop::refresh_pinned,
        Shop::peek_pinned,
        Shop::prime_pinned,
        Shop::invalidate_pinned,
        Shop::uncached_pinned,
    );
}

#[test]
fn associated_functions_are_remembered() {
    assert_remembered!(
        (1),
        Shop::open,
        Shop::refresh_open,
        Shop::peek_open,
        Shop::prime_open,
        Shop::invalidate_open,
        Shop::uncached_open,
    );
    assert_remembered!(
        async (1),
        Shop::open_in_time, Shop::refresh_open_in_time, Shop::peek_open_in_time,
        Shop::prime_open_in_time, Shop::invalidate_open_in_time, Shop::uncached_open_in_time,
    );
}

#[test]
fn async_methods_are_remembered() {
    let shop = Arc::new(Shop::of(1));
    assert_remembered!(
        async (&shop, "a"),
        Shop::waiting, Shop::refresh_waiting, Shop::peek_waiting, Shop::prime_waiting,
        Shop::invalidate_waiting, Shop::uncached_waiting,
    );
    assert_remembered!(
        async (shop.clone(), 2),
        Shop::waiting_in_an_arc, Shop::refresh_waiting_in_an_arc, Shop::peek_waiting_in_an_arc,
        Shop::prime_waiting_in_an_arc, Shop::invalidate_waiting_in_an_arc,
        Shop::uncached_waiting_in_an_arc,
    );
}

#[test]
fn annotated_blocks_need_no_in_impl() {
    let shop = Shop::of(1);
    assert_remembered!(
        (&shop),
        Shop::in_an_annotated_block,
        Shop::refresh_in_an_annotated_block,
        Shop::peek_in_an_annotated_block,
        Shop::prime_in_an_annotated_block,
        Shop::invalidate_in_an_annotated_block,
        Shop::uncached_in_an_annotated_block,
    );
    assert_remembered!(
        (),
        Shop::without_in_impl,
        Shop::refresh_without_in_impl,
        Shop::peek_without_in_impl,
        Shop::prime_without_in_impl,
        Shop::invalidate_without_in_impl,
        Shop::uncached_without_in_impl,
    );
    assert_ne!(Shop::untouched(), Shop::untouched());
}

#[test]
fn generic_impls_are_remembered() {
    let (table, other) = (table_of::<3>(), Table { name: "other", first: &7 });
    assert_remembered!(
        (&table, 2),
        Table::width,
        Table::refresh_width,
        Table::peek_width,
        Table::prime_width,
        Table::invalidate_width,
        Table::uncached_width,
    );
    assert_remembered!(
        (&table, &other),
        Table::compared,
        Table::refresh_compared,
        Table::peek_compared,
        Table::prime_compared,
        Table::invalidate_compared,
        Table::uncached_compared,
    );
    assert_remembered!(
        ("a"),
        Table::<u8, 3>::counted,
        Table::<u8, 3>::refresh_counted,
        Table::<u8, 3>::peek_counted,
        Table::<u8, 3>::prime_counted,
        Table::<u8, 3>::invalidate_counted,
        Table::<u8, 3>::uncached_counted,
    );
}

fn table_of<const WIDTH: usize>() -> Table<'static, str, WIDTH> {
    Table { name: "table", first: "a" }
}

#[test]
fn receivers_and_their_types_tell_calls_apart() {
    on_every_kind(|kind| {
        assert_ne!(Shop::of(1).by_reference(5), Shop::of(2).by_reference(5), "{kind}: tenants");
        assert_ne!(table_of::<3>().width(2).2, table_of::<4>().width(2).2, "{kind}: widths");
        let (of_u8, of_u16) = (Table::<u8, 3>::counted("a"), Table::<u16, 3>::counted("a"));
        assert_ne!(of_u8, of_u16, "{kind}: types");
        let busy = Shop { sales: 9, ..Shop::of(1) };
        assert_eq!(Shop::of(1).by_reference(5), busy.by_reference(5), "{kind}: what is skipped");
    });
}

#[test]
fn a_hit_leaves_a_mutable_receiver_alone() {
    on_every_kind(|kind| {
        let mut shop = Shop::of(1);
        let first = shop.by_mutable_reference(5);
        assert_eq!(shop.by_mutable_reference(5), first, "{kind}");
        assert_eq!(shop.sales, 5, "{kind}: it ran once");
    });
}

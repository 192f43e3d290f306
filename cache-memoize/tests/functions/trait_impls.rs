//! Functions of trait impls, whose companions belong to the type.

use crate::computations::fresh;
use crate::support::on_every_kind;
use cache_memoize::{CacheKey, Value, cache_memoize};
use std::fmt::{Debug, Display};

mod shapes {
    pub(super) trait Shape<Scale = u32> {
        type Area;
        const SIDES: u32;

        fn new(side: u32) -> Self;
        fn area(&self, scale: Scale) -> Self::Area;

        fn sides(&self) -> u32 {
            Self::SIDES
        }
    }
}

#[derive(CacheKey, Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Square {
    side: u32,
}

#[cache_memoize]
impl shapes::Shape for Square {
    type Area = (u64, u32);
    const SIDES: u32 = 4;

    #[cache_memoize(ttl = 60)]
    fn new(side: u32) -> Self {
        Self { side: side + fresh(side) }
    }

    #[cache_memoize(ttl = 60)]
    fn area(&self, scale: u32) -> Self::Area {
        (u64::from(self.side * scale * self.sides() / Self::SIDES), fresh(scale))
    }
}

#[derive(CacheKey)]
struct Cube {
    side: u32,
}

#[cache_memoize]
impl shapes::Shape<&str> for Cube {
    type Area = Result<(u32, u32), std::num::ParseIntError>;
    const SIDES: u32 = 12;

    fn new(side: u32) -> Self {
        Self { side }
    }

    #[cache_memoize(ttl = 60)]
    fn area(&self, scale: &str) -> Self::Area {
        if scale.is_empty() {
            return Ok((self.side, fresh(scale)));
        }
        Ok((self.side * scale.parse::<u32>()? * Self::SIDES, fresh(scale)))
    }
}

trait Field {
    fn area(&self, scale: u32) -> (u64, u32);
}

/// Companions of this name are on the type already.
#[cache_memoize]
impl Field for Square {
    #[cache_memoize(ttl = 60, companions = false)]
    fn area(&self, scale: u32) -> (u64, u32) {
        (u64::from(self.side), fresh(scale))
    }
}

trait Source<T> {
    async fn load(&self, id: &str) -> Result<T, String>;
    async fn count() -> u32;
}

#[derive(CacheKey)]
struct Table<T> {
    rows: Vec<T>,
}

#[cache_memoize]
impl<T> Source<T> for Table<T>
where
    T: CacheKey + Value + PartialEq + Display + Debug,
{
    #[cache_memoize(ttl = 60)]
    async fn load(&self, id: &str) -> Result<T, String> {
        tokio::task::yield_now().await;
        let row = self.rows.iter().find(|row| row.to_string() == id);
        row.cloned().ok_or_else(|| format!("{id} is missing, {}", fresh(())))
    }

    #[cache_memoize(ttl = 60)]
    async fn count() -> u32 {
        tokio::task::yield_now().await;
        fresh(())
    }
}

trait Greeting {
    fn greeting(&self, name: &str) -> (String, u32);
}

#[cache_memoize]
impl<T: CacheKey + Display + ?Sized> Greeting for T {
    #[cache_memoize(ttl = 60, companions = false)]
    fn greeting(&self, name: &str) -> (String, u32) {
        (format!("{self} greets {name}"), fresh(()))
    }
}

use shapes::Shape;

#[test]
fn they_are_remembered() {
    let square = Square { side: 2 };
    assert_remembered!(
        (&square, 3),
        <Square as Shape>::area,
        Square::refresh_area,
        Square::peek_area,
        Square::prime_area,
        Square::invalidate_area,
        Square::uncached_area,
    );
    let cube = Cube::new(2);
    assert_remembered!(
        (&cube, ""),
        <Cube as Shape<&str>>::area,
        Cube::refresh_area,
        Cube::peek_area,
        Cube::prime_area,
        Cube::invalidate_area,
        Cube::uncached_area,
    );
    assert_remembered!(
        (3),
        <Square as Shape>::new,
        Square::refresh_new,
        Square::peek_new,
        Square::prime_new,
        Square::invalidate_new,
        Square::uncached_new,
    );
    assert_remembered!(
        async (),
        Table::<u32>::count, Table::<u32>::refresh_count, Table::<u32>::peek_count,
        Table::<u32>::prime_count, Table::<u32>::invalidate_count, Table::<u32>::uncached_count,
    );
}

#[test]
fn values_of_async_methods_are_remembered_and_errors_are_not() {
    let table = Table { rows: vec![7_u32, 8] };
    crate::remembered::on_every_kind_async(async |kind| {
        assert_eq!(table.load("7").await, Ok(7), "{kind}");
        assert_eq!(table.peek_load("7").await.expect("it works"), Some(Ok(7)), "{kind}");
        table.prime_load("7", Ok(9)).await.expect("it works");
        assert_eq!(table.load("7").await, Ok(9), "{kind}");
        assert_eq!(table.refresh_load("7").await, Ok(7), "{kind}");
        assert!(table.invalidate_load("7").await.expect("it works"), "{kind}");
        assert_ne!(table.load("1").await, table.load("1").await, "{kind}");
    });
}

#[test]
fn traits_and_types_tell_functions_of_one_name_apart() {
    let (square, cube) = (Square { side: 2 }, Cube { side: 2 });
    on_every_kind(|kind| {
        let of_shape = Shape::area(&square, 3);
        let of_field = Field::area(&square, 3);
        assert_eq!(of_shape.0, 6, "{kind}");
        assert_eq!(Shape::area(&square, 3), of_shape, "{kind}");
        assert_eq!(Field::area(&square, 3), of_field, "{kind}");
        assert_ne!(of_shape, of_field, "{kind}");
        let of_cube = cube.area("3").expect("it is a number");
        assert_eq!(of_cube.0, 72, "{kind}");
        assert_eq!(cube.area("3"), Ok(of_cube), "{kind}");
        assert!(cube.area("x").is_err(), "{kind}");
    });
}

#[test]
fn their_keys_name_the_trait() {
    let key = Square { side: 2 }.cache_key_area(3);
    let expected = format!("<{}::Square%20as%20shapes::Shape>::area(Square(2),3)", module_path!());
    assert_eq!(key.as_str(), expected);
}

#[test]
fn blanket_impls_are_remembered_without_companions() {
    assert_remembered_alone!("ada".greeting("bob"));
    on_every_kind(|kind| {
        assert_ne!("7".greeting("bob"), 7.greeting("bob"), "{kind}: another type");
        assert_ne!("ada".greeting("bob"), "ada".greeting("eve"), "{kind}");
        assert_eq!("ada".greeting("bob").0, "ada greets bob", "{kind}");
    });
}

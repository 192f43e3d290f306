//! Arguments in every form.

use crate::computations::fresh;
use crate::support::on_every_kind;
use cache_memoize::{CacheKey, cache_memoize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

#[derive(CacheKey, Clone, Copy)]
struct Point {
    x: u32,
    y: u32,
}

#[cache_memoize(ttl = 60)]
fn none() -> u32 {
    fresh(())
}

#[cache_memoize(ttl = 60)]
fn owned(name: String, tags: Vec<String>, at: Option<Point>) -> (String, u32) {
    let joined = name + &tags.concat();
    let shifted = at.map_or(0, |at| at.x);
    (format!("{joined}{shifted}"), fresh(tags))
}

#[cache_memoize(ttl = 60)]
#[expect(clippy::ptr_arg)]
fn borrowed(name: &str, ids: &[u32], text: &Cow<'_, str>, map: &HashMap<u32, &str>) -> u32 {
    fresh((name, ids, text, map))
}

#[cache_memoize(ttl = 60)]
fn mutable(mut left: u32, mut name: String) -> (u32, String, u32) {
    left += 1;
    name.push('!');
    (left, name, fresh(()))
}

#[cache_memoize(ttl = 60)]
fn patterns((left, mut right): (u32, u32), Point { x, .. }: Point, [a, _]: [u32; 2]) -> (u32, u32) {
    right += left + x + a;
    (right, fresh(()))
}

#[cache_memoize(ttl = 60)]
fn reference_pattern(&left: &u32, &(right, _): &(u32, u32)) -> (u32, u32) {
    (left + right, fresh(()))
}

#[cache_memoize(ttl = 60)]
fn unnamed(_: u32, _also: u32) -> u32 {
    fresh(())
}

#[cache_memoize(ttl = 60)]
fn hidden_types(left: impl Display + CacheKey, right: &(impl CacheKey + ?Sized)) -> (String, u32) {
    (left.to_string(), fresh(right))
}

#[cache_memoize(ttl = 60, skip(scale))]
fn function_argument(id: u32, scale: impl Fn(u32) -> u32) -> (u32, u32) {
    (scale(id), fresh(()))
}

#[cache_memoize(ttl = 60)]
#[expect(clippy::too_many_arguments)]
fn many(
    a: u8,
    b: u16,
    c: u32,
    d: u64,
    e: u128,
    f: i8,
    g: i16,
    h: i32,
    i: i64,
    j: bool,
    k: char,
    l: &str,
    m: (),
    n: Option<u8>,
    o: [u8; 2],
    p: Point,
    q: &[u8],
    r: f64,
    s: String,
    t: u8,
    u: u8,
    v: u8,
    w: u8,
    x: u8,
    y: u8,
    z: u8,
) -> (u64, u32) {
    let sum = u64::from(a) + u64::from(b) + u64::from(c) + d + u64::from(t + u + v + w + x + y + z);
    (sum, fresh((e, f, g, h, i, j, k, l, m, n, o, p, q, r, s)))
}

#[cache_memoize(ttl = 60)]
fn r#move(r#type: u32, r#in: &str) -> (u32, u32) {
    (r#type, fresh(r#in))
}

/// Names that the emitted code might have used itself.
#[cache_memoize(ttl = 60)]
fn names(value: u32, key: u32, call: u32, here: u32, __call: u32, __ttl: u32) -> (u32, u32) {
    (value + key + call + here + __call + __ttl, fresh(()))
}

#[test]
fn they_are_remembered() {
    assert_remembered!(
        (),
        none,
        refresh_none,
        peek_none,
        prime_none,
        invalidate_none,
        uncached_none
    );
    let tags = || vec!["b".to_owned()];
    assert_remembered!(
        ("a".to_owned(), tags(), Some(Point { x: 1, y: 2 })),
        owned,
        refresh_owned,
        peek_owned,
        prime_owned,
        invalidate_owned,
        uncached_owned,
    );
    let map = HashMap::from([(1, "one"), (2, "two")]);
    assert_remembered!(
        ("a", &[1, 2], &"b".into(), &map),
        borrowed,
        refresh_borrowed,
        peek_borrowed,
        prime_borrowed,
        invalidate_borrowed,
        uncached_borrowed,
    );
    assert_remembered!(
        (1, "a".to_owned()),
        mutable,
        refresh_mutable,
        peek_mutable,
        prime_mutable,
        invalidate_mutable,
        uncached_mutable,
    );
    assert_remembered!(
        ((1, 2), Point { x: 3, y: 4 }, [5, 6]),
        patterns,
        refresh_patterns,
        peek_patterns,
        prime_patterns,
        invalidate_patterns,
        uncached_patterns,
    );
    assert_remembered!(
        (&1, &(2, 3)),
        reference_pattern,
        refresh_reference_pattern,
        peek_reference_pattern,
        prime_reference_pattern,
        invalidate_reference_pattern,
        uncached_reference_pattern,
    );
    assert_remembered!(
        (1, 2),
        unnamed,
        refresh_unnamed,
        peek_unnamed,
        prime_unnamed,
        invalidate_unnamed,
        uncached_unnamed,
    );
    assert_remembered!(
        (1, "b"),
        hidden_types,
        refresh_hidden_types,
        peek_hidden_types,
        prime_hidden_types,
        invalidate_hidden_types,
        uncached_hidden_types,
    );
    assert_remembered!(
        (1, "a"),
        r#move,
        refresh_move,
        peek_move,
        prime_move,
        invalidate_move,
        uncached_move,
    );
    assert_remembered!(
        (1, 2, 3, 4, 5, 6),
        names,
        refresh_names,
        peek_names,
        prime_names,
        invalidate_names,
        uncached_names,
    );
}

#[test]
fn as_many_as_the_alphabet_has_letters_are_remembered() {
    let point = Point { x: 1, y: 2 };
    assert_remembered!(
        (
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            true,
            'k',
            "l",
            (),
            Some(1),
            [1, 2],
            point,
            &[3],
            0.5,
            String::new(),
            1,
            2,
            3,
            4,
            5,
            6,
            7
        ),
        many,
        refresh_many,
        peek_many,
        prime_many,
        invalidate_many,
        uncached_many,
    );
    on_every_kind(|kind| {
        let last_is = |z| {
            let s = String::new();
            many(
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                true,
                'k',
                "l",
                (),
                None,
                [1, 2],
                point,
                &[3],
                0.5,
                s,
                1,
                2,
                3,
                4,
                5,
                6,
                z,
            )
        };
        assert_eq!(last_is(1), last_is(1), "{kind}");
        assert_ne!(last_is(1), last_is(2), "{kind}");
    });
}

#[test]
fn each_of_them_counts() {
    on_every_kind(|kind| {
        let plain = patterns((1, 2), Point { x: 3, y: 4 }, [5, 6]);
        assert_eq!(plain.0, 11, "{kind}");
        assert_ne!(patterns((1, 2), Point { x: 3, y: 4 }, [5, 7]), plain, "{kind}: a part unnamed");
        assert_ne!(
            patterns((1, 2), Point { x: 3, y: 5 }, [5, 6]),
            plain,
            "{kind}: a part left out"
        );
        assert_ne!(unnamed(1, 2), unnamed(2, 2), "{kind}");
        assert_eq!(mutable(1, "a".to_owned()).0, 2, "{kind}");
        assert_eq!(mutable(1, "a".to_owned()).1, "a!", "{kind}");
    });
}

#[test]
fn arguments_of_different_hidden_types_are_different() {
    on_every_kind(|kind| {
        let of_u8 = hidden_types(1_u8, "b");
        assert_eq!(hidden_types(1_u8, "b"), of_u8, "{kind}");
        assert_ne!(hidden_types(1_u16, "b"), of_u8, "{kind}");
    });
}

#[test]
fn a_function_can_be_an_argument() {
    let (twice, factor) = (|id| 2 * id, 3);
    on_every_kind(|kind| {
        let first = function_argument(1, twice);
        assert_eq!(first.0, 2, "{kind}");
        assert_eq!(function_argument(1, twice), first, "{kind}");
        assert_eq!(refresh_function_argument(1, |id| id * factor).0, 3, "{kind}");
    });
}

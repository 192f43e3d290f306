use super::access::{Element, Entry, Fields, Keyed, Positions, Variant};
use super::catalogue::Look;
use super::guesses::{Any, BYTE_LENGTHS, TEXTS};
use super::rejected::{Rejected, dummy};
use super::search::{Failure, Search, Sort};
use crate::codec::structs::{Reading, StructName};
use serde::de::{Deserializer, Expected, Visitor};
use std::any::type_name;

/// A format that answers every question with a dummy, and writes it down.
pub(super) struct Tracer<'s> {
    pub(super) search: &'s mut Search,
    /// The map whose key is asked for, when one is.
    pub(super) key_of: Option<String>,
}

impl<'s> Tracer<'s> {
    pub(super) fn new(search: &'s mut Search) -> Self {
        Self { search, key_of: None }
    }

    fn ask<'de, V: Visitor<'de>>(&mut self, question: &str, visitor: &V) -> Result<(), Rejected> {
        let expected: &dyn Expected = visitor;
        self.search.event(format_args!("{question} {expected}"))
    }

    /// Gives one of `count` dummies.
    fn dummy<'de, V: Visitor<'de>>(
        mut self,
        question: &str,
        count: usize,
        visitor: V,
        give: impl FnOnce(V, usize) -> Result<V::Value, Rejected>,
    ) -> Result<V::Value, Rejected> {
        self.ask(question, &visitor)?;
        let sort = Sort::Typed { count };
        let number = self.search.dummy(sort);
        let given = give(visitor, self.search.guesses.index_at(&self.search.path));
        if given.is_err() {
            self.search.refused(number, sort);
        }
        given
    }

    /// Looks into something that could also be empty.
    fn container<'de, V: Visitor<'de>>(
        mut self,
        question: &str,
        visitor: V,
        full: impl FnOnce(&mut Search, V) -> Result<V::Value, Rejected>,
        empty: impl FnOnce(V) -> Result<V::Value, Rejected>,
    ) -> Result<V::Value, Rejected> {
        self.ask(question, &visitor)?;
        let search = self.search;
        let id = search.catalogue.container_of(type_name::<V>());
        if search.is_container_given_up() {
            search.write("-");
            return empty(visitor).map_err(|_| search.no_hope());
        }
        match search.catalogue.look_into(id) {
            Look::Inside => look_inside(search, id, visitor, full),
            Look::NotAgain => {
                search.write(&format!("^{id}"));
                empty(visitor).map_err(|_| search.no_hope())
            }
            Look::KnownAlready => {
                search.write(&format!("@{id}"));
                let (sort, value) = (Sort::Known { container: id }, empty(visitor));
                let number = search.dummy(sort);
                if value.is_err() {
                    search.refused(number, sort);
                }
                value
            }
        }
    }
}

fn look_inside<'de, V: Visitor<'de>>(
    search: &mut Search,
    id: usize,
    visitor: V,
    full: impl FnOnce(&mut Search, V) -> Result<V::Value, Rejected>,
) -> Result<V::Value, Rejected> {
    let since = search.mark();
    search.catalogue.enter_container(id);
    search.write("(");
    let value = search.attempt(|search| full(search, visitor));
    search.write(")");
    search.catalogue.leave_container(id);
    if value.is_ok() && search.is_done_since(since) {
        search.catalogue.traced_container(id);
    }
    if value.is_err() {
        search.settle_failure(since);
        if search.failure == Failure::Hopeless {
            search.give_up_container(since);
        }
    }
    value
}

/// Gives the parts of a struct by name, or by position to whoever takes them only so.
pub(super) fn fields<'de, V: Visitor<'de>>(
    search: &mut Search,
    name: StructName,
    fields: &'static [&'static str],
    tagged: bool,
    visitor: V,
) -> Result<V::Value, Rejected> {
    search.write(&format!("[{}]", fields.join(",")));
    if search.guesses.is_positional(&search.path) {
        return visitor.visit_seq(Positions::new(search, fields.len()));
    }
    let since = search.mark();
    let mut access = Fields::new(search, fields, tagged);
    let value = visitor.visit_map(&mut access);
    let outcome = access.finish();
    // A hand-written type that names no fields does not take that for all.
    if value.is_ok() || !fields.is_empty() {
        let count = outcome.read_in_full;
        search.structs.learn(name, Reading { names: fields, count, tagged });
    }
    if value.is_err() && search.failure == Failure::None {
        if let Some(refused) = outcome.refused {
            search.guesses.refuse(&refused);
            search.adjust();
        } else if !outcome.asked {
            search.guesses.read_by_position(&search.path.clone());
            search.adjust();
        } else {
            search.settle_failure(since);
        }
    }
    value
}

/// Whether the struct is serde's form of an enum with its tag beside the content.
fn expects_adjacent_tag<'de, V: Visitor<'de>>(visitor: &V) -> bool {
    let expected: &dyn Expected = visitor;
    expected.to_string().starts_with("adjacently tagged")
}

macro_rules! numbers {
    ($($method:ident $visit:ident: $type:ty;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
            self.dummy(stringify!($type), 3, visitor, |visitor, index| {
                visitor.$visit([0 as $type, 1 as $type, 2 as $type][index])
            })
        })*
    };
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Rejected;

    fn is_human_readable(&self) -> bool {
        self.search.human_readable
    }

    numbers! {
        deserialize_i8 visit_i8: i8;
        deserialize_i16 visit_i16: i16;
        deserialize_i32 visit_i32: i32;
        deserialize_i64 visit_i64: i64;
        deserialize_i128 visit_i128: i128;
        deserialize_u8 visit_u8: u8;
        deserialize_u16 visit_u16: u16;
        deserialize_u32 visit_u32: u32;
        deserialize_u64 visit_u64: u64;
        deserialize_u128 visit_u128: u128;
        deserialize_f32 visit_f32: f32;
        deserialize_f64 visit_f64: f64;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.dummy("bool", 2, visitor, |visitor, index| visitor.visit_bool(index == 1))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.dummy("char", 2, visitor, |visitor, index| visitor.visit_char(['a', '0'][index]))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.dummy("str", TEXTS.len(), visitor, |visitor, index| visitor.visit_str(TEXTS[index]))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.dummy("bytes", BYTE_LENGTHS.len(), visitor, |visitor, index| {
            visitor.visit_bytes(&[0; 32][..BYTE_LENGTHS[index]])
        })
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.dummy("unit", 1, visitor, |visitor, _| visitor.visit_unit())
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Rejected> {
        let question = format!("unit struct {name}");
        self.dummy(&question, 1, visitor, |visitor, _| visitor.visit_unit())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.dummy("ignored", 1, visitor, |visitor, _| visitor.visit_unit())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.container(
            "option",
            visitor,
            |search, visitor| {
                let part = search.enter(format_args!("some"))?;
                let value = search.attempt(|search| visitor.visit_some(Tracer::new(search)));
                search.leave(&part, value.is_err());
                value
            },
            V::visit_none,
        )
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.container(
            "seq",
            visitor,
            |search, visitor| visitor.visit_seq(Element::of(search)),
            |visitor| visitor.visit_seq(Element::none()),
        )
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rejected> {
        self.container(
            "map",
            visitor,
            |search, visitor| match search.guesses.keys_at(&search.path) {
                Some(_) => visitor.visit_map(Keyed::new(search)),
                None => visitor.visit_map(Entry::of(search)),
            },
            |visitor| visitor.visit_map(Entry::none()),
        )
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Rejected> {
        self.ask(&format!("newtype {name}"), &visitor)?;
        let part = self.search.enter(format_args!("0"))?;
        let value = self.search.attempt(|search| visitor.visit_newtype_struct(Tracer::new(search)));
        self.search.leave(&part, value.is_err());
        value
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Rejected> {
        self.ask(&format!("tuple {len}"), &visitor)?;
        visitor.visit_seq(Positions::new(self.search, len))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Rejected> {
        self.ask(&format!("tuple struct {name} {len}"), &visitor)?;
        visitor.visit_seq(Positions::new(self.search, len))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Rejected> {
        self.ask(&format!("struct {name}"), &visitor)?;
        let tagged = expects_adjacent_tag(&visitor);
        let name = StructName { name, variant: None };
        fields(self.search, name, names, tagged, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Rejected> {
        self.ask(&format!("enum {name}[{}]", names.join(",")), &visitor)?;
        let search = self.search;
        let id = search.catalogue.enum_of(type_name::<V>(), names);
        search.meet_enum(id);
        let Some(variant) = search.choose_variant(id) else {
            return Err(search.no_hope());
        };
        let name = StructName { name, variant: Some(names[variant]) };
        trace_variant(search, id, variant, name, visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Rejected> {
        self.ask("identifier", &visitor)?;
        let search = self.search;
        if let Some(map) = self.key_of {
            search.guesses.expect_keys(&map);
            return Err(search.adjust());
        }
        let number = search.dummy(Sort::Tag);
        let given = match search.guesses.tag_at(&search.path) {
            Some(tag) => visitor.visit_borrowed_str(tag),
            None => visitor.visit_str(&dummy::text(number)),
        };
        if given.is_err() {
            search.refused(number, Sort::Tag);
        }
        given
    }

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Rejected> {
        self.ask("any", &visitor)?;
        let search = self.search;
        search.ask_for_any();
        let number = search.dummy(Sort::Any);
        let given = match search.guesses.any_at(&search.path) {
            Any::Text => match search.guesses.tag_at(&search.path) {
                Some(tag) => visitor.visit_borrowed_str(tag),
                None => visitor.visit_str(&dummy::text(number)),
            },
            Any::Integer => visitor.visit_u64(dummy::integer(number)),
            Any::Float => visitor.visit_f64(dummy::float(number)),
            Any::Bool => visitor.visit_bool(false),
            Any::Unit => visitor.visit_unit(),
            Any::Seq => visitor.visit_seq(Element::of(search)),
            Any::Map => visitor.visit_map(Keyed::new(search)),
            Any::Known(index) => visitor.visit_str(TEXTS[index]),
        };
        if given.is_err() {
            search.refused(number, Sort::Any);
        }
        given
    }
}

fn trace_variant<'de, V: Visitor<'de>>(
    search: &mut Search,
    id: usize,
    variant: usize,
    name: StructName,
    visitor: V,
) -> Result<V::Value, Rejected> {
    let (since, before) = (search.mark(), search.events());
    search.catalogue.enter_variant(id, variant);
    search.write(&format!("{id}::{}{{", name.variant.unwrap_or_default()));
    let value = search.attempt(|search| visitor.visit_enum(Variant::new(search, name)));
    search.write("}");
    if value.is_ok() && search.is_done_since(since) {
        let cost = search.events() - before;
        search.catalogue.traced_variant(id, variant, cost);
    }
    search.catalogue.leave_variant(id, variant);
    if value.is_err() {
        search.settle_failure(since);
        if search.failure == Failure::Hopeless {
            search.give_up_variant(id, variant, since);
        }
    }
    value
}

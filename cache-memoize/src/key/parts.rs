use super::{CacheKey, Composite};

/// The parts of a call that make up its key: a tuple of references, the last of which may be a tuple of
/// more.
pub trait KeyParts {
    /// Writes the parts, one after the other.
    fn write(&self, call: &mut Composite<'_, '_>);
}

/// One part of a call.
///
/// That its type has a `CacheKey` is asked for once, where the part is made: an argument without it is one
/// error, at the argument.
pub struct Part<'a, T: ?Sized> {
    value: &'a T,
    write: fn(&T, &mut Composite<'_, '_>),
}

impl<'a, T: CacheKey + ?Sized> Part<'a, T> {
    #[inline]
    pub(crate) fn new(value: &'a T) -> Self {
        Self { value, write: write_argument }
    }

    /// The part that the option `extra` adds, told apart from the arguments before it.
    pub(crate) fn extra(value: &'a T) -> Self {
        Self {
            value,
            write: |value, call| {
                let key = call.next();
                key.raw("+");
                key.part(value);
            },
        }
    }
}

/// Inlined at any price: the compiler finds out late which function a part points to, and then has to be told.
#[inline(always)]
fn write_argument<T: CacheKey + ?Sized>(value: &T, call: &mut Composite<'_, '_>) {
    call.part(value);
}

impl<T: ?Sized> KeyParts for Part<'_, T> {
    #[inline]
    fn write(&self, call: &mut Composite<'_, '_>) {
        (self.write)(self.value, call);
    }
}

impl KeyParts for () {
    fn write(&self, _: &mut Composite<'_, '_>) {}
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: KeyParts),*> KeyParts for ($($name,)*) {
            #[inline]
            fn write(&self, call: &mut Composite<'_, '_>) {
                #[expect(non_snake_case, reason = "the parts are named after their types")]
                let ($($name,)*) = self;
                $($name.write(call);)*
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);

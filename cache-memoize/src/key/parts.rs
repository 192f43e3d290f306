use super::{CacheKey, Composite};

/// The parts of a call that make up its key: a tuple of references, the last of which may be a tuple of
/// more.
pub trait KeyParts {
    /// Writes the parts, one after the other.
    fn write(&self, call: &mut Composite<'_, '_>);
}

/// One part of a call.
pub struct Part<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: CacheKey + ?Sized> KeyParts for Part<'_, T> {
    #[inline]
    fn write(&self, call: &mut Composite<'_, '_>) {
        call.part(self.0);
    }
}

/// The part that the option `extra` adds, told apart from the arguments before it.
pub struct Extra<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: CacheKey + ?Sized> KeyParts for Extra<'_, T> {
    fn write(&self, call: &mut Composite<'_, '_>) {
        let key = call.next();
        key.raw("+");
        key.part(self.0);
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: KeyParts),*> KeyParts for ($($name,)*) {
            #[inline]
            fn write(&self, call: &mut Composite<'_, '_>) {
                #[expect(non_snake_case, reason = "the parts are named after their types")]
                let ($($name,)*) = self;
                $($name.write(call);)*
                let _ = call;
            }
        }
    };
}

tuples!();
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

//! Options, results, tuples, and what stands for another value.
//!
//! `Option` and `Result` are variants of two cases, so they go through [`Cases`]; a tuple is a
//! record, whose fields follow each other, each at its alignment. References and boxes are what
//! they point to. Structures and enums of a program get the same code from `#[derive(Lift,
//! Lower)]`. Standard: Component Model, `CanonicalABI.md`, "Despecialization".

use super::{
    Cases, ComponentType, FlatReader, FlatWriter, Lift, LiftContext, Lower, LowerContext, Realloc,
    Type,
};
use crate::spec::Trap;

/// Where the parts of an option are.
const fn option(some: &Type<'_>) -> Cases {
    Cases::of(&Type::Option(some))
}

/// Where the parts of a result are.
const fn result(ok: &Type<'_>, err: &Type<'_>) -> Cases {
    Cases::of(&result_type(ok, err))
}

const fn result_type<'a>(ok: &'a Type<'a>, err: &'a Type<'a>) -> Type<'a> {
    Type::Result {
        ok: ok.payload(),
        err: err.payload(),
    }
}

impl<T: ComponentType> ComponentType for Option<T> {
    const TYPE: Type<'static> = Type::Option(&T::TYPE);
}

impl<T: Lower> Lower for Option<T> {
    const TYPE: Type<'static> = Type::Option(&T::TYPE);

    fn lower_flat<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        flat: &mut FlatWriter<'_>,
    ) -> Result<(), Trap> {
        let cases = const { option(&T::TYPE) };
        match self {
            None => cases.lower(cx, flat, 0, &()),
            Some(value) => cases.lower(cx, flat, 1, value),
        }
    }

    fn store<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        at: u64,
    ) -> Result<(), Trap> {
        let cases = const { option(&T::TYPE) };
        match self {
            None => cases.store(cx, at, 0, &()),
            Some(value) => cases.store(cx, at, 1, value),
        }
    }
}

impl<T: Lift> Lift for Option<T> {
    const TYPE: Type<'static> = Type::Option(&T::TYPE);

    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
        let cases = const { option(&T::TYPE) };
        cases.lift(cx, flat, |case, flat| match case {
            0 => Ok(None),
            1 => T::lift_flat(cx, flat).map(Some),
            _ => Err(Trap::InvalidDiscriminant),
        })
    }

    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
        let cases = const { option(&T::TYPE) };
        match cases.load(cx, at)? {
            (0, _) => Ok(None),
            (1, payload) => T::load(cx, payload).map(Some),
            _ => Err(Trap::InvalidDiscriminant),
        }
    }
}

impl<T: ComponentType, E: ComponentType> ComponentType for Result<T, E> {
    const TYPE: Type<'static> = result_type(&T::TYPE, &E::TYPE);
}

impl<T: Lower, E: Lower> Lower for Result<T, E> {
    const TYPE: Type<'static> = result_type(&T::TYPE, &E::TYPE);

    fn lower_flat<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        flat: &mut FlatWriter<'_>,
    ) -> Result<(), Trap> {
        let cases = const { result(&T::TYPE, &E::TYPE) };
        match self {
            Ok(value) => cases.lower(cx, flat, 0, value),
            Err(value) => cases.lower(cx, flat, 1, value),
        }
    }

    fn store<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        at: u64,
    ) -> Result<(), Trap> {
        let cases = const { result(&T::TYPE, &E::TYPE) };
        match self {
            Ok(value) => cases.store(cx, at, 0, value),
            Err(value) => cases.store(cx, at, 1, value),
        }
    }
}

impl<T: Lift, E: Lift> Lift for Result<T, E> {
    const TYPE: Type<'static> = result_type(&T::TYPE, &E::TYPE);

    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
        let cases = const { result(&T::TYPE, &E::TYPE) };
        cases.lift(cx, flat, |case, flat| match case {
            0 => T::lift_flat(cx, flat).map(Ok),
            1 => E::lift_flat(cx, flat).map(Err),
            _ => Err(Trap::InvalidDiscriminant),
        })
    }

    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
        let cases = const { result(&T::TYPE, &E::TYPE) };
        match cases.load(cx, at)? {
            (0, payload) => T::load(cx, payload).map(Ok),
            (1, payload) => E::load(cx, payload).map(Err),
            _ => Err(Trap::InvalidDiscriminant),
        }
    }
}

/// Implements the traits for a tuple of these types.
macro_rules! tuple {
    ($($field:ident)*) => {
        impl<$($field: ComponentType),*> ComponentType for ($($field,)*) {
            const TYPE: Type<'static> = Type::Tuple(&[$($field::TYPE),*]);
        }

        #[allow(unused_variables, unused_mut, non_snake_case, reason = "the empty tuple; a variable has the name of its type")]
        impl<$($field: Lower),*> Lower for ($($field,)*) {
            const TYPE: Type<'static> = Type::Tuple(&[$($field::TYPE),*]);

            fn lower_flat<R_: Realloc + ?Sized>(
                &self,
                cx: &mut LowerContext<'_, R_>,
                flat: &mut FlatWriter<'_>,
            ) -> Result<(), Trap> {
                let ($($field,)*) = self;
                $($field.lower_flat(cx, flat)?;)*
                Ok(())
            }

            fn store<R_: Realloc + ?Sized>(
                &self,
                cx: &mut LowerContext<'_, R_>,
                at: u64,
            ) -> Result<(), Trap> {
                let ($($field,)*) = self;
                let mut end = at;
                $(cx.store_field($field, &mut end)?;)*
                Ok(())
            }
        }

        #[allow(unused_variables, unused_mut, clippy::unused_unit, reason = "the empty tuple")]
        impl<$($field: Lift),*> Lift for ($($field,)*) {
            const TYPE: Type<'static> = Type::Tuple(&[$($field::TYPE),*]);

            fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
                Ok(($($field::lift_flat(cx, flat)?,)*))
            }

            fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
                let mut end = at;
                Ok(($(cx.load_field::<$field>(&mut end)?,)*))
            }
        }
    };
}

/// Implements them for all shorter tuples, too.
macro_rules! tuples {
    () => { tuple!(); };
    ($first:ident $($field:ident)*) => {
        tuples!($($field)*);
        tuple!($first $($field)*);
    };
}

tuples!(A B C D E F G H I J K L M N O P);

/// Implements the traits for what points to a value.
macro_rules! pointer {
    ([$($generics:tt)*] $type:ty => $to:ty) => {
        impl<$($generics)*> ComponentType for $type
        where
            $to: ComponentType,
        {
            const TYPE: Type<'static> = <$to as ComponentType>::TYPE;
        }

        impl<$($generics)*> Lower for $type
        where
            $to: Lower,
        {
            const TYPE: Type<'static> = <$to as Lower>::TYPE;

            fn lower_flat<R: Realloc + ?Sized>(
                &self,
                cx: &mut LowerContext<'_, R>,
                flat: &mut FlatWriter<'_>,
            ) -> Result<(), Trap> {
                <$to>::lower_flat(self, cx, flat)
            }

            fn store<R: Realloc + ?Sized>(
                &self,
                cx: &mut LowerContext<'_, R>,
                at: u64,
            ) -> Result<(), Trap> {
                <$to>::store(self, cx, at)
            }
        }
    };
}

pointer!([T: ?Sized] &T => T);
#[cfg(feature = "alloc")]
pointer!([T: ?Sized] alloc::boxed::Box<T> => T);
#[cfg(feature = "alloc")]
pointer!([T] alloc::vec::Vec<T> => [T]);
#[cfg(feature = "alloc")]
pointer!([] alloc::string::String => str);

#[cfg(feature = "alloc")]
impl<T: Lift> Lift for alloc::boxed::Box<T> {
    const TYPE: Type<'static> = T::TYPE;

    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
        T::lift_flat(cx, flat).map(Self::new)
    }

    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
        T::load(cx, at).map(Self::new)
    }
}

//! Values of the guest, as the host sees them.
//!
//! Slots hold bits without a type; a [`Val`] has both. Going in, a reference must be of the store
//! and of the type that is asked for; coming out, the type is the declared one, which the validator
//! proved. Floats travel as bits, so that no NaN changes on the way. Standard: section 4.2,
//! "Runtime Structure", "Values".

use super::externref::ExternRef;
use super::func::Func;
use super::func::wasm_type::{SlotReader, SlotWriter};
use crate::engine::use_error::UseError;
use crate::engine::{Engine, scoped};
use crate::error::Result;
use crate::store::context::AsContext;
use crate::store::inner::StoreInner;
use crate::types::{HeapType, Ref as RawRef, RefType, TypeId, V128, ValType};

/// A value of the guest. Floats are their bits, so that no NaN changes on the way.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Val {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
    /// A vector.
    V128(V128),
    /// A function, or null.
    FuncRef(Option<Func>),
    /// A value of the host, or null.
    ExternRef(Option<ExternRef>),
}

/// A reference of the guest.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ref {
    /// A function, or null.
    Func(Option<Func>),
    /// A value of the host, or null.
    Extern(Option<ExternRef>),
}

impl Val {
    /// The value that locals of this type start with, if there is one.
    pub fn default_for_ty(ty: &scoped::ValType) -> Option<Self> {
        Some(match ty {
            scoped::ValType::I32 => Self::I32(0),
            scoped::ValType::I64 => Self::I64(0),
            scoped::ValType::F32 => Self::F32(0),
            scoped::ValType::F64 => Self::F64(0),
            scoped::ValType::Ref(ty) => Ref::null(ty)?.into(),
            scoped::ValType::V128 => Self::V128(V128::default()),
        })
    }

    /// The same for a type with the numbers of an engine.
    pub(crate) fn default_for(ty: ValType) -> Option<Self> {
        Some(match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(0),
            ValType::F64 => Self::F64(0),
            ValType::V128 => Self::V128(V128::default()),
            ty => Ref::null_of(ty.as_ref_type()?)?.into(),
        })
    }

    /// A null of type `funcref`.
    pub const fn null_func_ref() -> Self {
        Self::FuncRef(None)
    }

    /// The null value of the host.
    pub const fn null_extern_ref() -> Self {
        Self::ExternRef(None)
    }

    /// Its type.
    ///
    /// # Errors
    /// If it is a reference of another store.
    pub fn ty(&self, store: impl AsContext) -> Result<scoped::ValType> {
        let inner = store.as_context().inner();
        let ty = self.own_type(inner)?;
        Ok(scoped::ValType::unpack(ty, &inner.engine))
    }

    /// Whether it is a value of type `ty`.
    ///
    /// # Errors
    /// If it is a reference of another store, or the type one of another engine.
    pub fn matches_ty(&self, store: impl AsContext, ty: &scoped::ValType) -> Result<bool> {
        let inner = store.as_context().inner();
        let (own, ty) = (self.own_type(inner)?, ty.pack(&inner.engine)?);
        Ok(inner.engine.val_matches(own, ty))
    }

    /// The reference, if it is one.
    pub fn ref_(self) -> Option<Ref> {
        match self {
            Self::FuncRef(func) => Some(Ref::Func(func)),
            Self::ExternRef(value) => Some(Ref::Extern(value)),
            _ => None,
        }
    }

    fn own_type(&self, store: &StoreInner) -> Result<ValType, UseError> {
        Ok(match self {
            Self::I32(_) => ValType::I32,
            Self::I64(_) => ValType::I64,
            Self::F32(_) => ValType::F32,
            Self::F64(_) => ValType::F64,
            Self::V128(_) => ValType::V128,
            Self::FuncRef(func) => Ref::Func(*func).own_type(store)?.into(),
            Self::ExternRef(value) => Ref::Extern(*value).own_type(store)?.into(),
        })
    }

    /// Writes it to the next slots, as a value of type `ty`.
    pub(crate) fn put(self, ty: ValType, to: &mut SlotWriter<'_>) -> Result<(), UseError> {
        let store = to.store();
        let found = self.own_type(store)?;
        if found != ty && !store.engine.val_matches(found, ty) {
            return Err(value_type(ty, found, &store.engine));
        }
        match self {
            Self::I32(value) => to.put(value),
            Self::I64(value) => to.put(value),
            Self::F32(bits) => to.put(bits),
            Self::F64(bits) => to.put(bits),
            Self::V128(value) => to.put(value),
            Self::FuncRef(func) => to.put(Ref::Func(func).raw(store)?),
            Self::ExternRef(value) => to.put(Ref::Extern(value).raw(store)?),
        }
        Ok(())
    }

    /// From the next slots, which hold a value of type `ty`; nothing if there are too few.
    pub(crate) fn take(ty: ValType, from: &mut SlotReader<'_>) -> Option<Self> {
        Some(match ty {
            ValType::I32 => Self::I32(from.take()?),
            ValType::I64 => Self::I64(from.take()?),
            ValType::F32 => Self::F32(from.take()?),
            ValType::F64 => Self::F64(from.take()?),
            ValType::V128 => Self::V128(from.take()?),
            ty => {
                let ty = ty.as_ref_type().unwrap_or(RefType::EXTERNREF);
                Ref::from_raw(from.take()?, ty, from.store()).into()
            }
        })
    }
}

impl Ref {
    /// The null reference of this type, if null is one of its values.
    pub fn null(ty: &scoped::RefType) -> Option<Self> {
        Self::null_of(ty.widened())
    }

    /// The same for a type with the numbers of an engine.
    fn null_of(ty: RefType) -> Option<Self> {
        if !ty.is_nullable() {
            return None;
        }
        match Hierarchy::of(ty) {
            Hierarchy::Func => Some(Self::Func(None)),
            Hierarchy::Extern => Some(Self::Extern(None)),
            Hierarchy::Other => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Func(None) | Self::Extern(None))
    }

    /// The function, if it is a function or null.
    pub fn as_func(&self) -> Option<Option<Func>> {
        match self {
            Self::Func(func) => Some(*func),
            Self::Extern(_) => None,
        }
    }

    /// The value of the host, if it is one or null.
    pub fn as_extern(&self) -> Option<Option<ExternRef>> {
        match self {
            Self::Extern(value) => Some(*value),
            Self::Func(_) => None,
        }
    }

    /// Its type, as narrow as can be.
    fn own_type(&self, store: &StoreInner) -> Result<RefType, UseError> {
        Ok(match self {
            Self::Func(Some(func)) => {
                let TypeId(number) = store.func(func.0)?.ty;
                RefType::new(false, HeapType::Concrete(number))
            }
            Self::Func(None) => RefType::new(true, HeapType::NoFunc),
            Self::Extern(Some(value)) => {
                value.to_raw(store)?;
                RefType::new(false, HeapType::Extern)
            }
            Self::Extern(None) => RefType::new(true, HeapType::NoExtern),
        })
    }

    /// As it stands where the type is `ty` in this store.
    pub(crate) fn to_raw(self, ty: RefType, store: &StoreInner) -> Result<RawRef, UseError> {
        let found = self.own_type(store)?;
        if !store.engine.ref_matches(found, ty) {
            return Err(value_type(ty.into(), found.into(), &store.engine));
        }
        self.raw(store)
    }

    fn raw(self, store: &StoreInner) -> Result<RawRef, UseError> {
        match self {
            Self::Func(Some(func)) => func.to_raw(store),
            Self::Extern(Some(value)) => value.to_raw(store),
            Self::Func(None) | Self::Extern(None) => Ok(RawRef::NULL),
        }
    }

    /// From where the type is `ty` in this store.
    pub(crate) fn from_raw(raw: RawRef, ty: RefType, store: &StoreInner) -> Self {
        match Hierarchy::of(ty) {
            Hierarchy::Func => Self::Func(Func::from_raw(raw, store)),
            Hierarchy::Extern | Hierarchy::Other => Self::Extern(ExternRef::from_raw(raw, store)),
        }
    }
}

/// The error for a value of another type.
#[cold]
pub(crate) fn value_type(expected: ValType, found: ValType, engine: &Engine) -> UseError {
    UseError::ValueType {
        expected: scoped::ValType::unpack(expected, engine),
        found: scoped::ValType::unpack(found, engine),
    }
}

/// The families of references that the host can hold.
enum Hierarchy {
    Func,
    Extern,
    Other,
}

impl Hierarchy {
    fn of(ty: RefType) -> Self {
        match ty.heap() {
            // The engine's defined types are functions.
            HeapType::Func | HeapType::NoFunc | HeapType::Concrete(_) => Self::Func,
            HeapType::Extern | HeapType::NoExtern => Self::Extern,
            _ => Self::Other,
        }
    }
}

macro_rules! accessors {
    ($($variant:ident, $get:ident, $unwrap:ident, |$value:ident| $convert:expr => $ty:ty;)*) => {
        impl Val {$(
            #[doc = concat!("The value, if it is an `", stringify!($variant), "`.")]
            pub fn $get(&self) -> Option<$ty> {
                match *self {
                    Self::$variant($value) => Some($convert),
                    _ => None,
                }
            }

            #[doc = concat!("The value, which the caller knows to be an `", stringify!($variant), "`.")]
            ///
            /// # Panics
            /// If it is not.
            #[track_caller]
            pub fn $unwrap(&self) -> $ty {
                match self.$get() {
                    Some(value) => value,
                    None => panic!(concat!("expected ", stringify!($variant), ", found {:?}"), self),
                }
            }
        )*}
    };
}

accessors! {
    I32, i32, unwrap_i32, |value| value => i32;
    I64, i64, unwrap_i64, |value| value => i64;
    F32, f32, unwrap_f32, |bits| f32::from_bits(bits) => f32;
    F64, f64, unwrap_f64, |bits| f64::from_bits(bits) => f64;
    V128, v128, unwrap_v128, |value| value => V128;
    FuncRef, func_ref, unwrap_func_ref, |func| func => Option<Func>;
    ExternRef, extern_ref, unwrap_extern_ref, |value| value => Option<ExternRef>;
}

macro_rules! conversions {
    ($($from:ty => $to:ident, |$value:ident| $convert:expr;)*) => {$(
        impl From<$from> for $to {
            fn from($value: $from) -> Self {
                $convert
            }
        }
    )*};
}

conversions! {
    i32 => Val, |value| Self::I32(value);
    u32 => Val, |value| Self::I32(value as i32);
    i64 => Val, |value| Self::I64(value);
    u64 => Val, |value| Self::I64(value as i64);
    f32 => Val, |value| Self::F32(value.to_bits());
    f64 => Val, |value| Self::F64(value.to_bits());
    V128 => Val, |value| Self::V128(value);
    Func => Val, |func| Self::FuncRef(Some(func));
    Option<Func> => Val, |func| Self::FuncRef(func);
    ExternRef => Val, |value| Self::ExternRef(Some(value));
    Option<ExternRef> => Val, |value| Self::ExternRef(value);
    Func => Ref, |func| Self::Func(Some(func));
    Option<Func> => Ref, |func| Self::Func(func);
    ExternRef => Ref, |value| Self::Extern(Some(value));
    Option<ExternRef> => Ref, |value| Self::Extern(value);
    Ref => Val, |reference| match reference {
        Ref::Func(func) => Self::FuncRef(func),
        Ref::Extern(value) => Self::ExternRef(value),
    };
}

//! Function types of the public interface.
//!
//! A type may be written before there is an engine, so it has two forms: unbound, as lists, or a hold on
//! a type of an engine's registry. Types of one engine are compared by number, others by their
//! parameters and results. Standard: section 2.3, "Types", "Function Types".

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::mem::discriminant;

use super::{HeapType, ValType};
use crate::engine::Engine;
use crate::engine::call_type::CallType;
use crate::engine::registry::held::RegisteredType;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::types::TypeId;

/// Parameters and results of a function.
///
/// What [`FuncType::new`] makes belongs to no engine, and can be used with any, unless it has
/// references to types of one. What modules, stores and [`FuncType::register`] give is a type of
/// their engine, which stays for as long as there is a copy; to use it with another engine is an
/// error.
///
/// Types of one engine are equal if they are the same for the standard. Of types of two engines,
/// or of none, parameters and results are compared; references to types of two engines differ, as
/// do types of which a recursion group says more.
#[derive(Clone)]
pub struct FuncType(Form);

#[derive(Clone)]
enum Form {
    Unbound(Arc<Unbound>),
    Registered(RegisteredType),
}

/// A type of no engine.
struct Unbound {
    /// Parameters, then results.
    types: Vec<ValType>,
    param_count: usize,
}

impl FuncType {
    /// The type of functions with these parameters and results.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> Self {
        let mut types: Vec<ValType> = params.into_iter().collect();
        let param_count = types.len();
        types.extend(results);
        Self(Form::Unbound(Arc::new(Unbound { types, param_count })))
    }

    /// The same as a type of an engine, for [`HeapType::ConcreteFunc`].
    ///
    /// # Errors
    /// If it is a type of another engine or refers to one, or to a type of no engine; and when
    /// memory is short.
    pub fn register(&self, engine: &Engine) -> Result<Self> {
        Ok(Self(Form::Registered(self.registered(engine)?)))
    }

    /// Types of the parameters.
    pub fn params(&self) -> impl DoubleEndedIterator<Item = ValType> + ExactSizeIterator + Clone {
        let (params, _) = self.counts();
        (0..params).map(|place| self.at(place))
    }

    /// Types of the results.
    pub fn results(&self) -> impl DoubleEndedIterator<Item = ValType> + ExactSizeIterator + Clone {
        let (params, all) = self.counts();
        (params..all).map(|place| self.at(place))
    }

    /// Type of a parameter.
    pub fn param(&self, index: usize) -> Option<ValType> {
        self.params().nth(index)
    }

    /// Type of a result.
    pub fn result(&self, index: usize) -> Option<ValType> {
        self.results().nth(index)
    }

    /// The type of the engine with this number; there is one for every number that somebody
    /// holds.
    pub(crate) fn of(engine: &Engine, id: TypeId) -> Self {
        match RegisteredType::of(engine, id) {
            Some(ty) => Self(Form::Registered(ty)),
            None => Self::new([], []),
        }
    }

    /// The type of the engine that it is or becomes.
    pub(crate) fn registered(&self, engine: &Engine) -> Result<RegisteredType> {
        match &self.0 {
            Form::Registered(ty) if Engine::same(ty.engine(), engine) => Ok(ty.clone()),
            Form::Registered(_) => Err(UseError::OtherEngine.into()),
            Form::Unbound(unbound) => {
                let (params, results) = unbound.types.split_at(unbound.param_count);
                let pack = |types: &[ValType]| {
                    let types = types.iter().map(|ty| ty.pack(engine));
                    types.collect::<Result<Vec<_>, _>>()
                };
                let ty = CallType::new(pack(params)?, pack(results)?);
                Ok(RegisteredType::new(engine, &ty)?)
            }
        }
    }

    /// The number that it has in the engine.
    pub(crate) fn number_in(&self, engine: &Engine) -> Result<TypeId, UseError> {
        match &self.0 {
            Form::Registered(ty) if Engine::same(ty.engine(), engine) => Ok(ty.id()),
            Form::Registered(_) => Err(UseError::OtherEngine),
            Form::Unbound(_) => Err(UseError::NotRegistered),
        }
    }

    /// How many parameters there are, and how many parameters and results.
    fn counts(&self) -> (usize, usize) {
        match &self.0 {
            Form::Unbound(unbound) => (unbound.param_count, unbound.types.len()),
            Form::Registered(ty) => ty.engine().with_types(|types| {
                let member = types.get(ty.id());
                member.map_or((0, 0), |ty| (ty.param_count(), ty.len()))
            }),
        }
    }

    /// The type of a parameter or, counted behind them, of a result.
    fn at(&self, place: usize) -> ValType {
        let ty = match &self.0 {
            Form::Unbound(unbound) => unbound.types.get(place).cloned(),
            Form::Registered(ty) => {
                let find =
                    |types: &mut crate::engine::registry::Registry| types.get(ty.id())?.get(place);
                let found = ty.engine().with_types(find);
                found.map(|found| ValType::unpack(found, ty.engine()))
            }
        };
        // Places are below the count.
        ty.unwrap_or(ValType::I32)
    }

    /// Whether parameters and results say all of it.
    fn is_alone(&self) -> bool {
        match &self.0 {
            Form::Unbound(_) => true,
            Form::Registered(ty) => ty
                .engine()
                .with_types(|types| types.get(ty.id()).is_some_and(|ty| ty.is_alone())),
        }
    }

    /// How references to it show it: a type of an engine may refer to itself.
    pub(crate) fn fmt_reference(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Unbound(_) => write!(f, "({self})"),
            Form::Registered(ty) => write!(f, "{}", ty.id().0),
        }
    }
}

impl PartialEq for FuncType {
    fn eq(&self, other: &Self) -> bool {
        if let (Form::Registered(a), Form::Registered(b)) = (&self.0, &other.0)
            && Engine::same(a.engine(), b.engine())
        {
            return a.id() == b.id();
        }
        let (_, all) = self.counts();
        self.counts() == other.counts()
            && self.is_alone()
            && other.is_alone()
            && (0..all).all(|place| are_alike(&self.at(place), &other.at(place)))
    }
}

impl Eq for FuncType {}

/// Whether two types of values are the same, where references to types of two engines are not.
fn are_alike(a: &ValType, b: &ValType) -> bool {
    let concrete = |ty: &ValType| match ty.as_ref_type()?.heap_type() {
        HeapType::ConcreteFunc(func) => Some((ty.as_ref_type()?.is_nullable(), func.clone())),
        _ => None,
    };
    match (concrete(a), concrete(b)) {
        (Some((a_null, a)), Some((b_null, b))) => {
            a_null == b_null
                && match (&a.0, &b.0) {
                    (Form::Registered(a), Form::Registered(b)) => RegisteredType::same(a, b),
                    (Form::Unbound(_), Form::Unbound(_)) => a == b,
                    _ => false,
                }
        }
        (None, None) => a == b,
        _ => false,
    }
}

impl Hash for FuncType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.counts().hash(state);
        for ty in self.params().chain(self.results()) {
            discriminant(&ty).hash(state);
            if let Some(ty) = ty.as_ref_type() {
                (ty.is_nullable(), discriminant(ty.heap_type())).hash(state);
            }
        }
    }
}

impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        list(f, self.params())?;
        f.write_str("] -> [")?;
        list(f, self.results())?;
        f.write_str("]")
    }
}

fn list(f: &mut fmt::Formatter<'_>, types: impl Iterator<Item = ValType>) -> fmt::Result {
    for (place, ty) in types.enumerate() {
        let separator = if place == 0 { "" } else { " " };
        write!(f, "{separator}{ty}")?;
    }
    Ok(())
}

impl fmt::Debug for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FuncType({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn shows_like_the_standard() {
        let ty = FuncType::new([ValType::I32, ValType::I64], [ValType::F32]);
        assert_eq!(ty.to_string(), "[i32 i64] -> [f32]");
        assert_eq!(ty.param(1), Some(ValType::I64));
        assert_eq!(ty.result(0), Some(ValType::F32));
    }
}

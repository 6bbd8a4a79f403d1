//! Function types of the public interface.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::types::ValType;

/// Parameters and results of a function.
///
/// Concrete reference types in it are numbers of the engine that it came from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FuncType {
    /// Parameters, then results.
    types: Arc<[ValType]>,
    params: usize,
}

impl FuncType {
    /// The type of functions with these parameters and results.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> Self {
        let mut types: Vec<ValType> = params.into_iter().collect();
        let params = types.len();
        types.extend(results);
        Self {
            types: types.into(),
            params,
        }
    }

    /// Types of the parameters.
    pub fn params(&self) -> impl DoubleEndedIterator<Item = ValType> + ExactSizeIterator + Clone {
        self.param_types().iter().copied()
    }

    /// Types of the results.
    pub fn results(&self) -> impl DoubleEndedIterator<Item = ValType> + ExactSizeIterator + Clone {
        self.result_types().iter().copied()
    }

    /// Type of a parameter.
    pub fn param(&self, index: usize) -> Option<ValType> {
        self.param_types().get(index).copied()
    }

    /// Type of a result.
    pub fn result(&self, index: usize) -> Option<ValType> {
        self.result_types().get(index).copied()
    }

    /// Types of the parameters.
    pub(crate) fn param_types(&self) -> &[ValType] {
        self.types.get(..self.params).unwrap_or_default()
    }

    /// Types of the results.
    pub(crate) fn result_types(&self) -> &[ValType] {
        self.types.get(self.params..).unwrap_or_default()
    }
}

impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        list(f, self.param_types())?;
        f.write_str("] -> [")?;
        list(f, self.result_types())?;
        f.write_str("]")
    }
}

fn list(f: &mut fmt::Formatter<'_>, types: &[ValType]) -> fmt::Result {
    for (place, ty) in types.iter().enumerate() {
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

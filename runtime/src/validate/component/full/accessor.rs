//! Functions that get and set a property of a resource or of the component itself.
//!
//! Bindings make a property of the two, so that a getter gives what its setter takes, and stands before
//! it. Standard: Component Model, `Explainer.md`, "Import and Export Definitions".

use super::Full;
use super::naming::{FuncType, Siblings};
use super::record::TypeUse;
use super::storage::ComponentStorage;
use super::value::Value;
use crate::profile::Gate;
use crate::read::component::{DefinedType, ExternName};
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::validate::List;
use crate::validate::component::name::{self, Accessor, Function, Name};

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// A getter gives what it gets; a setter takes that, and stands behind its getter.
    pub(super) fn accesses(
        &mut self,
        name: &ExternName<'a>,
        accessor: Accessor,
        function: Option<Function>,
        ty: &FuncType<'a>,
        siblings: Siblings,
        at: usize,
    ) -> Result<(), Reject> {
        let misfit = || Reject::new(ErrorCode::NameType, at);
        let receiver = usize::from(function == Some(Function::Method));
        let params = ty.params.len().saturating_sub(receiver);
        let result = match ty.result {
            Some(result) => Some(self.any_part(result, ty.scope, ty.substitution, at)?),
            None => None,
        };
        let result = match result {
            Some(result) => Some(self.value(result, at)?),
            None => None,
        };
        let fits = match (accessor, &result) {
            (Accessor::Get, None) => false,
            (
                Accessor::Get,
                Some(Value::Defined {
                    ty: DefinedType::Result { ok, .. },
                    ..
                }),
            ) => params == 0 && ok.is_some(),
            (Accessor::Get, Some(_)) => params == 0,
            (Accessor::Set, None) => params == 1,
            (
                Accessor::Set,
                Some(Value::Defined {
                    ty: DefinedType::Result { ok, .. },
                    ..
                }),
            ) => params == 1 && ok.is_none(),
            (Accessor::Set, Some(_)) => false,
        };
        if ty.is_async || !fits {
            return Err(misfit());
        }
        match accessor {
            Accessor::Get => Ok(()),
            Accessor::Set => self.sets(name, ty, siblings, at),
        }
    }

    /// What a setter takes is what its getter gives.
    fn sets(
        &mut self,
        name: &ExternName<'a>,
        setter: &FuncType<'a>,
        siblings: Siblings,
        at: usize,
    ) -> Result<(), Reject> {
        let misfit = || Reject::new(ErrorCode::NameType, at);
        let Some(getter) = self.getter(name.as_str(), siblings, at)? else {
            return Err(misfit());
        };
        let getter = self.func_at(getter, at)?;
        let (Some(taken), Some(given)) = (setter.params.iter().last(), getter.result) else {
            return Err(misfit());
        };
        let taken = self.any_part(taken.ty, setter.scope, setter.substitution, at)?;
        let mut given = self.any_part(given, getter.scope, getter.substitution, at)?;
        if let Value::Defined {
            ty: DefinedType::Result { ok: Some(ok), .. },
            scope,
            substitution,
        } = self.value(given, at)?
        {
            given = self.any_part(ok, scope, substitution, at)?;
        }
        match self.matches(taken, given, at)? && self.matches(given, taken, at)? {
            true => Ok(()),
            false => Err(misfit()),
        }
    }

    /// The type of the function of the same name that gets.
    fn getter(
        &self,
        setter: &str,
        siblings: Siblings,
        at: usize,
    ) -> Result<Option<TypeUse>, Reject> {
        let Name::Plain { label, .. } = Name::of(setter) else {
            return Ok(None);
        };
        let before = setter.strip_suffix(label);
        let Some(before) = before.and_then(|before| before.strip_suffix(name::SET)) else {
            return Ok(None);
        };
        for place in siblings.from..self.open_members.len() {
            self.step(1, at)?;
            let Some(member) = self.open_members.get(place) else {
                continue;
            };
            let name = self.name(member.name);
            let rest = name.strip_prefix(before.as_bytes());
            let rest = rest.and_then(|rest| rest.strip_prefix(name::GET.as_bytes()));
            if member.import == siblings.import && rest == Some(label.as_bytes()) {
                return Ok(Some(member.entity.ty()));
            }
        }
        Ok(None)
    }
}

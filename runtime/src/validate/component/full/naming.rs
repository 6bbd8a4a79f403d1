//! Names of imports and exports: what a name says of what has it.
//!
//! An annotated name stands for a function of a resource that was named before it, and its type is of
//! a certain form; the version of an interface is one; attributes stand where they mean something.
//! Standard: Component Model, `Explainer.md`, "Import and Export Definitions".

use core::mem::discriminant;

use super::Full;
use super::record::{Entity, Kind, Member, TypeUse};
use super::storage::ComponentStorage;
use super::value::{Value, result_of};
use crate::profile::Gate;
use crate::read::component::{DefinedType, ExternName, Field, List, Sort, ValType};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit};
use crate::validate::List as _;
use crate::validate::component::name::{self, Function, Name};

/// Those beside an import or export: of the open members those from a place on that are imports, or
/// else exports.
#[derive(Clone, Copy)]
pub(super) struct Siblings {
    pub(super) import: bool,
    pub(super) from: usize,
}

/// The type of a function, where it was defined.
pub(super) struct FuncType<'a> {
    pub(super) is_async: bool,
    pub(super) params: List<'a, Field<'a>>,
    pub(super) result: Option<ValType>,
    pub(super) scope: u32,
    pub(super) substitution: u32,
}

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// Adds an import or export of the innermost scope, if its name fits.
    pub(super) fn add_member(
        &mut self,
        name: &ExternName<'a>,
        entity: Entity,
        import: bool,
        at: usize,
    ) -> Result<(), Reject> {
        self.attributes(name, entity, at)?;
        let mark = self.mark();
        let siblings = Siblings {
            import,
            from: self.scope().members as usize,
        };
        self.fits(name, entity, siblings, at)?;
        self.forget(mark);
        self.measure_member(self.measure(entity), at)?;
        let member = Member {
            name: self.text(name.as_str()),
            entity,
            import,
        };
        let most = self.gate.limits().component_exports;
        self.open_members
            .add(member, Limit::ComponentExports, most, at)
    }

    /// Attributes stand at instances only, and say an interface and a version.
    pub(super) fn attributes(
        &self,
        name: &ExternName<'_>,
        entity: Entity,
        at: usize,
    ) -> Result<(), Reject> {
        if let ExternName::Attributed { attributes, .. } = name {
            for (place, attribute) in attributes.iter().enumerate() {
                let mut before = attributes.iter().take(place);
                if before.any(|other| discriminant(&other) == discriminant(&attribute)) {
                    return Err(Reject::new(ErrorCode::DuplicateAttribute, at));
                }
            }
        }
        let parsed = Name::of(name.as_str());
        let (implements, suffix) = (name.implements(), name.version_suffix());
        if (implements.is_some() || suffix.is_some()) && entity.sort != Sort::Instance {
            return Err(Reject::new(ErrorCode::MisplacedAttribute, at));
        }
        let version = |interface: &str| match name::is_version_of(interface, suffix) {
            true => Ok(()),
            false => Err(Reject::new(ErrorCode::InterfaceVersion, at)),
        };
        if let Some(suffix) = suffix
            && (suffix.is_empty() || implements.is_none() && !matches!(parsed, Name::Interface(_)))
        {
            return Err(Reject::new(ErrorCode::MisplacedAttribute, at));
        }
        if let Some(interface) = implements {
            if !parsed.is_bare() {
                return Err(Reject::new(ErrorCode::MisplacedAttribute, at));
            }
            let known = name::is_extern_name(interface, self.gate);
            if !known || !matches!(Name::of(interface), Name::Interface(_)) {
                return Err(Reject::new(ErrorCode::MalformedName, at));
            }
            version(interface)?;
        }
        match parsed {
            Name::Interface(interface) => version(interface),
            Name::Plain { .. } => Ok(()),
        }
    }

    /// An annotated name stands for a function of such a type.
    pub(super) fn fits(
        &mut self,
        name: &ExternName<'a>,
        entity: Entity,
        siblings: Siblings,
        at: usize,
    ) -> Result<(), Reject> {
        let Name::Plain {
            function,
            accessor,
            label,
        } = Name::of(name.as_str())
        else {
            return Ok(());
        };
        if function.is_none() && accessor.is_none() {
            return Ok(());
        }
        let misfit = || Reject::new(ErrorCode::NameType, at);
        if entity.sort != Sort::Func {
            return Err(misfit());
        }
        let ty = self.func_at(entity.ty(), at)?;
        let resource = label
            .split_once('.')
            .map_or(label, |(resource, _)| resource);
        match function {
            Some(Function::Constructor) => {
                let made = match ty.result {
                    Some(result) if !ty.is_async => self.constructed(result, &ty, at)?,
                    _ => None,
                };
                self.is_named(made.ok_or_else(misfit)?, resource, siblings, at)?;
            }
            Some(Function::Method) => {
                let first = ty.params.iter().next();
                let first = first
                    .filter(|param| param.name.0 == "self")
                    .ok_or_else(misfit)?;
                let borrowed = self.borrowed(first.ty, &ty, at)?;
                self.is_named(borrowed.ok_or_else(misfit)?, resource, siblings, at)?;
            }
            Some(Function::Static) => {
                let named = self.resource_named(resource, siblings, at)?;
                named.ok_or_else(misfit)?;
            }
            None => {}
        }
        match accessor {
            Some(accessor) => self.accesses(name, accessor, function, &ty, siblings, at),
            None => Ok(()),
        }
    }

    /// The same of an export that an instance lists: it names no resource, so that no function can be
    /// one of a resource.
    pub(super) fn fits_alone(
        &mut self,
        name: &ExternName<'a>,
        entity: Entity,
        from: usize,
        at: usize,
    ) -> Result<(), Reject> {
        let siblings = Siblings {
            import: false,
            from,
        };
        match Name::of(name.as_str()) {
            Name::Plain {
                function: Some(_), ..
            } => Err(Reject::new(ErrorCode::NameType, at)),
            _ => {
                let mark = self.mark();
                self.fits(name, entity, siblings, at)?;
                self.forget(mark);
                Ok(())
            }
        }
    }

    /// What a function's type says.
    pub(super) fn func_at(&mut self, ty: TypeUse, at: usize) -> Result<FuncType<'a>, Reject> {
        let ty = self.resolve(ty, at)?;
        let definition = self.definition(ty.definition);
        let defined = self.defined_type(&definition)?;
        let is_async = matches!(defined, DefinedType::AsyncFunc { .. });
        match defined {
            DefinedType::Func { params, result } | DefinedType::AsyncFunc { params, result } => {
                Ok(FuncType {
                    is_async,
                    params,
                    result: result_of(&result),
                    scope: definition.scope,
                    substitution: ty.substitution,
                })
            }
            _ => Err(Reject::new(ErrorCode::NotAFunctionType, at)),
        }
    }

    /// The resource that a constructor gives.
    fn constructed(
        &mut self,
        result: ValType,
        func: &FuncType<'a>,
        at: usize,
    ) -> Result<Option<TypeUse>, Reject> {
        let value = self.any_part(result, func.scope, func.substitution, at)?;
        match self.value(value, at)? {
            Value::Defined {
                ty: DefinedType::Own { resource },
                scope,
                substitution,
            } => self.use_of(resource.0, scope, substitution, at).map(Some),
            Value::Defined {
                ty: DefinedType::Result { ok: Some(ok), .. },
                scope,
                substitution,
            } => {
                let ok = self.any_part(ok, scope, substitution, at)?;
                match self.value(ok, at)? {
                    Value::Defined {
                        ty: DefinedType::Own { resource },
                        scope,
                        substitution,
                    } => self.use_of(resource.0, scope, substitution, at).map(Some),
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// The resource that a parameter borrows.
    fn borrowed(
        &mut self,
        param: ValType,
        func: &FuncType<'a>,
        at: usize,
    ) -> Result<Option<TypeUse>, Reject> {
        let value = self.any_part(param, func.scope, func.substitution, at)?;
        match self.value(value, at)? {
            Value::Defined {
                ty: DefinedType::Borrow { resource },
                scope,
                substitution,
            } => self.use_of(resource.0, scope, substitution, at).map(Some),
            _ => Ok(None),
        }
    }

    /// A resource that a definition names, as it is known here.
    pub(super) fn use_of(
        &mut self,
        index: u32,
        scope: u32,
        substitution: u32,
        at: usize,
    ) -> Result<TypeUse, Reject> {
        let resource = self.type_of(scope, Sort::Type, index).ty();
        let resource = self.under(resource, substitution, at)?;
        self.renamed(resource, at)
    }

    /// The resource of this name among the imports or exports so far.
    fn resource_named(
        &self,
        name: &str,
        siblings: Siblings,
        at: usize,
    ) -> Result<Option<TypeUse>, Reject> {
        for place in siblings.from..self.open_members.len() {
            self.step(1, at)?;
            if let Some(member) = self.open_members.get(place)
                && member.import == siblings.import
                && member.entity.sort == Sort::Type
                && self.name(member.name) == name.as_bytes()
                && self.kind_of(member.entity.ty()) == Kind::Resource
            {
                return Ok(Some(member.entity.ty()));
            }
        }
        Ok(None)
    }

    /// The resource has this name among the imports or exports so far.
    fn is_named(
        &mut self,
        resource: TypeUse,
        name: &str,
        siblings: Siblings,
        at: usize,
    ) -> Result<(), Reject> {
        let named = self.resource_named(name, siblings, at)?;
        match named {
            Some(named) if self.same(named, resource, at)? => Ok(()),
            _ => Err(Reject::new(ErrorCode::NameType, at)),
        }
    }
}

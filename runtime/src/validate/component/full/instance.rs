//! Instances: of components and core modules, and those that list what they export.
//!
//! An instance is the interface of what it was made of, and a substitution of its resources; only one
//! that lists its exports has an interface of its own. Standard: Component Model, `Explainer.md`,
//! "Instance Definitions".

use super::Full;
use super::interface::Order;
use super::module::Cursor;
use super::record::{Entity, Interface, InterfaceKind, Member, Text};
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::{
    Argument, CoreArgument, CoreInlineExport, CoreInstanceExpression, InlineExport,
    InstanceExpression, Item, List, Sort,
};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit};
use crate::validate::List as _;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    pub(super) fn define_core_instance(
        &mut self,
        instance: &CoreInstanceExpression<'a>,
        at: usize,
    ) -> Result<(), Reject> {
        let interface = match instance {
            CoreInstanceExpression::Instantiate { module, args } => {
                let module = self.entity(Sort::CoreModule, module.0).first;
                let mark = self.mark();
                self.instantiate_module(module, args, at)?;
                self.forget(mark);
                module
            }
            CoreInstanceExpression::InlineExports { exports } => self.core_exports(exports, at)?,
        };
        self.define(Entity::new(Sort::CoreInstance, interface, 0), at)
    }

    /// A core module is given what it imports.
    fn instantiate_module(
        &mut self,
        module: u32,
        args: &List<'a, CoreArgument<'a>>,
        at: usize,
    ) -> Result<(), Reject> {
        self.sorted.truncate(0);
        for arg in args.iter() {
            let entity = self.entity(Sort::CoreInstance, arg.instance.0);
            let name = self.text(arg.name);
            self.add_argument(name, entity, at)?;
        }
        self.differ(Order::Exact, ErrorCode::DuplicateName)?;
        let mut imports = Cursor::default();
        while let Some(import) = self.core_member(module, true, &mut imports)? {
            let argument = self.sorted_name(import.module);
            let argument = argument.ok_or(Reject::new(ErrorCode::MissingArgument, at))?;
            let found = self.core_export(argument.entity.first, import.name, at)?;
            let found = found.ok_or(Reject::new(ErrorCode::MissingArgument, at))?;
            if !self.core_matches(found, import.entity, at)? {
                return Err(Reject::new(ErrorCode::TypeMismatch, at));
            }
        }
        Ok(())
    }

    fn add_argument(&mut self, name: Text, entity: Entity, at: usize) -> Result<(), Reject> {
        let argument = Member {
            name,
            entity,
            import: false,
        };
        self.add_sorted(argument, at)
    }

    /// An instance that lists what it exports to core modules.
    fn core_exports(
        &mut self,
        exports: &List<'a, CoreInlineExport<'a>>,
        at: usize,
    ) -> Result<u32, Reject> {
        let members = self.members.len() as u32;
        self.sorted.truncate(0);
        for export in exports.iter() {
            let Item { sort, index } = export.item.0;
            if !sort.is_core() || sort.is_outer() || sort == Sort::CoreInstance {
                return Err(Reject::new(ErrorCode::ExportSort, at));
            }
            let entity = self.entity(sort, index);
            let name = self.text(export.name);
            self.add_argument(name, entity, at)?;
            self.keep_member(name, entity, at)?;
        }
        self.differ(Order::Exact, ErrorCode::DuplicateName)?;
        self.close_exports(members, at)
    }

    fn keep_member(&mut self, name: Text, entity: Entity, at: usize) -> Result<(), Reject> {
        let member = Member {
            name,
            entity,
            import: false,
        };
        let most = u64::from(u32::MAX);
        self.members.add(member, Limit::ComponentExports, most, at)
    }

    /// The interface of the members from a place on.
    fn close_exports(&mut self, members: u32, at: usize) -> Result<u32, Reject> {
        let mut exports = Interface {
            kind: InterfaceKind::Exports,
            members,
            count: self.members.len() as u32 - members,
            ..Interface::NONE
        };
        for place in 0..exports.count {
            if let Some(member) = self.member_at(&exports, place) {
                let part = self.measure(member.entity);
                exports.measure = exports.measure.with(part, self.gate.limits(), at)?;
            }
        }
        self.add_interface(exports, at)
    }

    pub(super) fn define_instance(
        &mut self,
        instance: &InstanceExpression<'a>,
        at: usize,
    ) -> Result<(), Reject> {
        let instance = match instance {
            InstanceExpression::Instantiate { component, args } => {
                let component = self.entity(Sort::Component, component.0);
                self.arguments(args, at)?;
                self.apply(component, at)?
            }
            InstanceExpression::InlineExports { exports } => {
                let interface = self.inline_exports(exports, at)?;
                Entity::new(Sort::Instance, interface, 0)
            }
        };
        self.define(instance, at)
    }

    fn arguments(&mut self, args: &List<'a, Argument<'a>>, at: usize) -> Result<(), Reject> {
        self.sorted.truncate(0);
        for arg in args.iter() {
            let entity = self.item(&arg.item, at)?;
            let name = self.text(arg.name);
            self.add_argument(name, entity, at)?;
        }
        self.differ(Order::Exact, ErrorCode::DuplicateName)
    }

    /// Something that is given or exported; a value is taken.
    pub(super) fn item(&mut self, item: &Item, at: usize) -> Result<Entity, Reject> {
        let Item { sort, index } = *item;
        if sort.is_core() && sort != Sort::CoreModule {
            return Err(Reject::new(ErrorCode::ExportSort, at));
        }
        match sort {
            Sort::Value => self.take_value(index, at),
            _ => Ok(self.entity(sort, index)),
        }
    }

    /// An instance that lists what it exports.
    fn inline_exports(
        &mut self,
        exports: &List<'a, InlineExport<'a>>,
        at: usize,
    ) -> Result<u32, Reject> {
        // They stand with those of the scope while names are looked for among them.
        let from = self.open_members.len();
        for export in exports.iter() {
            let entity = self.item(&export.item, at)?;
            if entity.sort == Sort::Value && self.shape(entity).layout.has_borrow() {
                return Err(Reject::new(ErrorCode::Borrow, at));
            }
            self.attributes(&export.name, entity, at)?;
            self.fits_alone(&export.name, entity, from, at)?;
            let member = Member {
                name: self.text(export.name.as_str()),
                entity,
                import: false,
            };
            let most = u64::from(u32::MAX);
            self.open_members
                .add(member, Limit::ComponentExports, most, at)?;
        }
        let members = self.members.len() as u32;
        for place in from..self.open_members.len() {
            if let Some(member) = self.open_members.get(place) {
                self.keep_member(member.name, member.entity, at)?;
            }
        }
        self.open_members.truncate(from);
        self.sorted.truncate(0);
        for place in members as usize..self.members.len() {
            if let Some(member) = self.members.get(place) {
                self.add_sorted(member, at)?;
            }
        }
        self.differ(Order::Alike, ErrorCode::DuplicateName)?;
        self.close_exports(members, at)
    }
}

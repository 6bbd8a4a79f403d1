//! Core modules and their types: what they import and export.
//!
//! A core module is validated, and then its bytes are asked: nothing of it is kept but where it stands.
//! A type of modules has members as other interfaces do. Standard: Component Model, `Explainer.md`,
//! "Core Module Definitions", and section 5.5 of the core standard.

use super::Full;
use super::interface::Order;
use super::record::{Entity, Interface, InterfaceKind, Member, Text};
use super::shape::Measure;
use super::storage::ComponentStorage;
use crate::profile::{Everything, Gate};
use crate::read::component::{CoreExternType, CoreImport, Sort};
use crate::read::{Reader, Sections};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit, SectionId};
use crate::types::ExternKind;
use crate::validate::List;
use crate::validate::module::{check_memory, check_table};

/// An import or export of a core module.
#[derive(Clone, Copy)]
pub(super) struct CoreMember<'a> {
    /// The name of the module that it is imported from; empty of an export.
    pub(super) module: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) entity: Entity,
}

/// The sort of what is of a kind.
fn sort_of(kind: ExternKind) -> Sort {
    match kind {
        ExternKind::Func => Sort::CoreFunc,
        ExternKind::Table => Sort::CoreTable,
        ExternKind::Memory => Sort::CoreMemory,
        ExternKind::Global => Sort::CoreGlobal,
        ExternKind::Tag => Sort::CoreTag,
    }
}

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// A core module, which is validated.
    pub(super) fn define_module(&mut self, body: &Reader<'a>) -> Result<(), Reject> {
        let at = body.position();
        let validated = self.storage.module(body.rest(), self.gate);
        validated.map_err(|mut reject| {
            reject.offset = reject.offset.saturating_add(at);
            reject
        })?;
        let module = Interface {
            kind: InterfaceKind::Module,
            members: at as u32,
            count: body.remaining() as u32,
            ..Interface::NONE
        };
        let interface = Interface {
            resources: self.unique_imports(&module, at)?,
            measure: self.module_measure(&module, at)?,
            ..module
        };
        let interface = self.add_interface(interface, at)?;
        self.define(Entity::new(Sort::CoreModule, interface, 0), at)
    }

    /// As many types as it imports and exports.
    fn module_measure(&self, module: &Interface, at: usize) -> Result<Measure, Reject> {
        let mut count = 1;
        for id in [SectionId::Import, SectionId::Export] {
            if let Some(mut section) = self.section(module, id)? {
                count += section.u32()? as usize;
            }
        }
        Measure::flat(count, self.gate.limits(), at)
    }

    /// A section of a core module.
    fn section(&self, module: &Interface, id: SectionId) -> Result<Option<Reader<'a>>, Reject> {
        let start = module.members as usize;
        let bytes = self.name(Text {
            start: module.members,
            length: module.count,
        });
        let mut sections = Sections::new(bytes)?;
        while let Some(section) = sections.next(&Everything)? {
            self.count_step(1);
            if section.id == id {
                let body = section.body.range();
                let body = start + body.start..start + body.end;
                return Ok(Some(Reader::range(self.bytes, body)));
            }
        }
        Ok(None)
    }

    /// A type of a core module.
    pub(super) fn module_core_type(
        &self,
        space: u32,
        index: u32,
    ) -> Result<Option<super::core_type::CoreDefined<'a>>, Reject> {
        let module = self.interface(space);
        let Some(mut section) = self.section(&module, SectionId::Type)? else {
            return Ok(None);
        };
        let mut first = 0;
        for _ in 0..section.u32()? {
            let group = section.core_types(&Everything)?;
            self.count_step(group.len());
            let end = first + group.len() as u32;
            if index < end {
                let position = index - first;
                let defined =
                    super::core_type::CoreDefined::in_space(space, first, position, group);
                return Ok(Some(defined));
            }
            first = end;
        }
        Ok(None)
    }

    /// What of a kind has an index in a core module.
    fn module_entity(
        &self,
        space: u32,
        kind: ExternKind,
        index: u32,
    ) -> Result<Option<Entity>, Reject> {
        let module = self.interface(space);
        let mut left = index;
        let defined = index.checked_sub(module.resources);
        if let Some(defined) = defined.filter(|_| kind == ExternKind::Func) {
            left = defined;
        } else if let Some(mut section) = self.section(&module, SectionId::Import)? {
            for _ in 0..section.u32()? {
                self.count_step(1);
                let (_, _, entity) = self.module_import(space, &mut section)?;
                if entity.sort == sort_of(kind) {
                    match left.checked_sub(1) {
                        Some(less) => left = less,
                        None => return Ok(Some(entity)),
                    }
                }
            }
        }
        let id = match kind {
            ExternKind::Func => SectionId::Function,
            ExternKind::Table => SectionId::Table,
            ExternKind::Memory => SectionId::Memory,
            ExternKind::Global => SectionId::Global,
            ExternKind::Tag => SectionId::Tag,
        };
        let Some(mut section) = self.section(&module, id)? else {
            return Ok(None);
        };
        let count = section.u32()?;
        if kind == ExternKind::Func {
            if left >= count {
                return Ok(None);
            }
            // There are thousands, each the index of its type.
            self.count_step(left as usize + 1);
            section.pass_numbers(left)?;
            return Ok(Some(Entity::new(Sort::CoreFunc, space, section.u32()?)));
        }
        for place in 0..count {
            self.count_step(1);
            let mut initialised = false;
            if kind == ExternKind::Table {
                initialised = section.table_form(&Everything)?;
            }
            let entity = core_entity(space, kind, &mut section)?;
            if place == left {
                return Ok(Some(entity));
            }
            if initialised || kind == ExternKind::Global {
                section.skim(self.gate)?;
            }
        }
        Ok(None)
    }

    /// The next import of a core module.
    fn module_import(
        &self,
        space: u32,
        section: &mut Reader<'a>,
    ) -> Result<(&'a [u8], &'a [u8], Entity), Reject> {
        let (module, name) = (section.known_name()?, section.known_name()?);
        let kind = section.external(&Everything, ErrorCode::MalformedImportKind)?;
        let entity = core_entity(space, kind, section)?;
        Ok((module, name, entity))
    }

    /// What an instance of a core module, or one that lists exports, exports under a name.
    pub(super) fn core_export(
        &self,
        interface: u32,
        name: &[u8],
        at: usize,
    ) -> Result<Option<Entity>, Reject> {
        let exporter = self.interface(interface);
        if exporter.kind != InterfaceKind::Module {
            let found = self.member(&exporter, false, name, at)?;
            return Ok(found.map(|member| member.entity));
        }
        let Some(mut section) = self.section(&exporter, SectionId::Export)? else {
            return Ok(None);
        };
        for _ in 0..section.u32()? {
            self.step(1, at)?;
            if section.known_name()? == name {
                let (kind, index) = exported(&mut section)?;
                return self.module_entity(interface, kind, index);
            }
            // The kind, and the index.
            section.u8()?;
            section.pass_numbers(1)?;
        }
        Ok(None)
    }

    /// An import or export of a core module or of a type of one, by its place.
    pub(super) fn core_member(
        &self,
        interface: u32,
        import: bool,
        cursor: &mut Cursor<'a>,
    ) -> Result<Option<CoreMember<'a>>, Reject> {
        let module = self.interface(interface);
        if module.kind != InterfaceKind::Module {
            while cursor.place < module.count {
                let place = module.members + cursor.place;
                cursor.place += 1;
                let member = self.members.get(place as usize);
                if let Some(member) = member.filter(|member| member.import == import) {
                    return Ok(Some(self.core_member_of(&member)?));
                }
            }
            return Ok(None);
        }
        let id = match import {
            true => SectionId::Import,
            false => SectionId::Export,
        };
        if cursor.section.is_none() {
            let Some(mut section) = self.section(&module, id)? else {
                return Ok(None);
            };
            cursor.place = section.u32()?;
            cursor.section = Some(section);
        }
        let Some(section) = cursor.section.as_mut().filter(|_| cursor.place > 0) else {
            return Ok(None);
        };
        cursor.place -= 1;
        if import {
            let (module, name, entity) = self.module_import(interface, section)?;
            return Ok(Some(CoreMember {
                module,
                name,
                entity,
            }));
        }
        let name = section.known_name()?;
        let (kind, index) = exported(section)?;
        let entity = self.module_entity(interface, kind, index)?;
        Ok(entity.map(|entity| CoreMember {
            module: b"",
            name,
            entity,
        }))
    }

    fn core_member_of(&self, member: &Member) -> Result<CoreMember<'a>, Reject> {
        let first = self.name(member.name);
        let (module, name) = match member.import {
            true => (first, self.second_name(member.name)?),
            false => (Default::default(), first),
        };
        Ok(CoreMember {
            module,
            name,
            entity: member.entity,
        })
    }

    /// The name behind a name.
    pub(super) fn second_name(&self, first: Text) -> Result<&'a [u8], Reject> {
        let behind = (first.start + first.length) as usize;
        Reader::range(self.bytes, behind..self.bytes.len()).known_name()
    }

    /// No two imports have the same names; gives how many of them are functions.
    fn unique_imports(&mut self, module: &Interface, at: usize) -> Result<u32, Reject> {
        let Some(mut section) = self.section(module, SectionId::Import)? else {
            return Ok(0);
        };
        let mut funcs = 0;
        self.sorted.truncate(0);
        for _ in 0..section.u32()? {
            let (module, _, entity) = self.module_import(0, &mut section)?;
            funcs += u32::from(entity.sort == Sort::CoreFunc);
            let member = Member {
                name: self.text_of(module),
                entity,
                import: true,
            };
            self.add_sorted(member, at)?;
        }
        self.differ(Order::Both, ErrorCode::DuplicateImport)?;
        Ok(funcs)
    }

    /// An import of a type of modules.
    pub(super) fn define_core_import(
        &mut self,
        import: &CoreImport<'a>,
        at: usize,
    ) -> Result<(), Reject> {
        let mut reader = Reader::range(self.bytes, at..self.bytes.len());
        reader.u8()?;
        reader.known_name()?;
        reader.known_name()?;
        let entity = self.declared(&import.ty, &mut reader, at)?;
        self.add_core_member(import.module, entity, true, at)
    }

    /// An export of a type of modules.
    pub(super) fn define_core_export(
        &mut self,
        name: &'a str,
        ty: &CoreExternType,
        at: usize,
    ) -> Result<(), Reject> {
        let mut reader = Reader::range(self.bytes, at..self.bytes.len());
        reader.u8()?;
        reader.known_name()?;
        let entity = self.declared(ty, &mut reader, at)?;
        self.add_core_member(name, entity, false, at)
    }

    fn add_core_member(
        &mut self,
        name: &'a str,
        entity: Entity,
        import: bool,
        at: usize,
    ) -> Result<(), Reject> {
        self.measure_member(Measure::ONE, at)?;
        let name = self.text(name);
        let member = Member {
            name,
            entity,
            import,
        };
        let most = self.gate.limits().component_exports;
        self.open_members
            .add(member, Limit::ComponentExports, most, at)
    }

    /// What a type of modules says of an import or export: the type is sound, and what it names is
    /// there.
    fn declared(
        &self,
        ty: &CoreExternType,
        reader: &mut Reader<'a>,
        at: usize,
    ) -> Result<Entity, Reject> {
        use crate::validate::component::scope::Scoping;
        let known = self.count(0, Sort::CoreType).unwrap_or(0);
        match ty {
            CoreExternType::Func(ty) => return self.core_func_of(ty.0, at),
            CoreExternType::Tag(ty) => {
                let func = self.core_func_of(ty.func.0, at)?;
                let results = match self.core_func(func)? {
                    super::core_type::CoreFunc::Written { results, .. } => results.len(),
                    super::core_type::CoreFunc::Made(_) => 0,
                };
                if results > 0 {
                    return Err(Reject::new(ErrorCode::TagResults, at));
                }
                return Ok(Entity {
                    sort: Sort::CoreTag,
                    ..func
                });
            }
            CoreExternType::Table(ty) => {
                check_table(ty, at)?;
                self.known_core_type(ty.element.into(), known, at)?;
            }
            CoreExternType::Memory(ty) => check_memory(ty, at)?,
            CoreExternType::Global(ty) => self.known_core_type(ty.content, known, at)?,
        }
        let space = self.scope().interface;
        let kind = reader.external(&Everything, ErrorCode::MalformedImportKind)?;
        core_entity(space, kind, reader)
    }
}

/// How far the members of a core module were read.
#[derive(Default)]
pub(super) struct Cursor<'a> {
    section: Option<Reader<'a>>,
    place: u32,
}

/// What an export of a core module is, behind its name.
fn exported(section: &mut Reader<'_>) -> Result<(ExternKind, u32), Reject> {
    let kind = section.external(&Everything, ErrorCode::MalformedExportKind)?;
    Ok((kind, section.u32()?))
}

/// What a type says that stands next, in a space.
fn core_entity(space: u32, kind: ExternKind, reader: &mut Reader<'_>) -> Result<Entity, Reject> {
    let at = reader.position() as u32;
    let second = match kind {
        ExternKind::Func => reader.u32()?,
        ExternKind::Tag => reader.tag_type(&Everything)?.func.0,
        ExternKind::Table => reader.table_type(&Everything).map(|_| at)?,
        ExternKind::Memory => reader.memory_type(&Everything).map(|_| at)?,
        ExternKind::Global => reader.global_type(&Everything).map(|_| at)?,
    };
    Ok(Entity::new(sort_of(kind), space, second))
}

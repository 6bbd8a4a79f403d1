//! Making instances: standard, section 4.7.3, "Instantiation".
//!
//! Two phases. First everything is checked and allocated; when that fails, nobody can have seen
//! anything. Then segments are copied and the start function runs; when that fails, what has
//! happened stays, and the instance lives on behind the references that were copied.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;
use core::ptr::NonNull;

use super::externs::Extern;
use super::func::call;
use super::instance::Instance;
use crate::allocation::{self, OutOfMemory};
use crate::engine::Engine;
use crate::engine::entity_type::EntityType;
use crate::engine::link_error::LinkError;
use crate::engine::use_error::UseError;
use crate::error::{Error, Result};
use crate::exec::constant;
use crate::exec::constant::{Evaluator, Failure};
use crate::exec::slot::Slot as _;
use crate::module::Module;
use crate::read::{ConstExpr, ElementItem, SegmentMode};
use crate::spec::Trap;
use crate::store::entity::{
    FuncBody, FuncEntity, GlobalEntity, InstanceEntity, InstanceHandles, TagEntity,
};
use crate::store::inner::{Handle, StoreInner};
use crate::store::{StoreData, growth};
use crate::types::{DataIdx, ElemIdx, FuncIdx, GlobalIdx, MemoryIdx, Ref, TagIdx};

/// Makes an instance and runs its start function.
pub(crate) fn instantiate<T>(
    store: &mut StoreData<T>,
    module: &Module,
    imports: &[Extern],
) -> Result<Instance> {
    let spaces = Spaces::import(&store.inner, module, imports)?;
    let handle = allocate(store, module, spaces)?;
    copy_elements(&mut store.inner, module, handle)?;
    copy_datas(&mut store.inner, module, handle)?;
    if let Some(start) = module.parts().start {
        let func = store
            .inner
            .instance(handle)?
            .funcs
            .get(start.0 as usize)
            .copied();
        let func = store.inner.handle(func.ok_or(UseError::OtherStore)?);
        call::invoke(store, func, &mut [])?;
    }
    Ok(Instance(handle))
}

/// Numbers of objects by index space, in the store's arenas.
struct Spaces {
    funcs: Vec<u32>,
    tables: Vec<u32>,
    memories: Vec<u32>,
    globals: Vec<u32>,
    tags: Vec<u32>,
}

impl Spaces {
    /// Nothing, with just the room that the module's objects take: boxes are made of the lists.
    fn of(module: &Module) -> Result<Self, OutOfMemory> {
        let reserved = |count: usize| {
            let mut numbers = Vec::new();
            let reserved = numbers.try_reserve_exact(count);
            reserved.map(|()| numbers).map_err(|_| OutOfMemory)
        };
        let env = module.env();
        Ok(Self {
            funcs: reserved(env.func_count() as usize)?,
            tables: reserved(env.tables().len())?,
            memories: reserved(env.memories().len())?,
            globals: reserved(env.globals().len())?,
            tags: reserved(env.tag_count() as usize)?,
        })
    }

    /// Checks what is imported.
    fn import(store: &StoreInner, module: &Module, imports: &[Extern]) -> Result<Self> {
        if !Engine::same(&store.engine, module.engine()) {
            return Err(UseError::OtherEngine.into());
        }
        let (expected, found) = (module.parts().imports.len(), imports.len());
        if expected != found {
            return Err(LinkError::Count { expected, found }.into());
        }
        let mut spaces = Self::of(module)?;
        for (part, item) in module.parts().imports.iter().zip(imports) {
            let wanted = module.entity_type(part.kind, part.index);
            let Some(ty) = item.entity_type(store) else {
                return Err(UseError::OtherStore.into());
            };
            if !ty.matches(&wanted, &store.engine) {
                let (first, second, _) = module.import(part);
                return Err(incompatible(store, first, second, ty, wanted));
            }
            let number = item.handle().number;
            match item {
                Extern::Func(_) => add(&mut spaces.funcs, number)?,
                Extern::Table(_) => add(&mut spaces.tables, number)?,
                Extern::Memory(_) => add(&mut spaces.memories, number)?,
                Extern::Global(_) => add(&mut spaces.globals, number)?,
                Extern::Tag(_) => add(&mut spaces.tags, number)?,
            }
        }
        Ok(spaces)
    }
}

/// The error for an import of another type.
#[cold]
pub(crate) fn incompatible(
    store: &StoreInner,
    module: &str,
    name: &str,
    found: EntityType,
    expected: EntityType,
) -> Error {
    let error = || -> Result<LinkError, OutOfMemory> {
        Ok(LinkError::Incompatible {
            module: allocation::boxed_str(module)?,
            name: allocation::boxed_str(name)?,
            expected: allocation::boxed(expected.in_engine(&store.engine))?,
            found: allocation::boxed(found.in_engine(&store.engine))?,
        })
    };
    error().map_or_else(Error::from, Error::from)
}

/// The first phase: makes all objects of the instance, and the instance.
fn allocate<T>(store: &mut StoreData<T>, module: &Module, mut spaces: Spaces) -> Result<Handle> {
    let number = announce(store, module)?;
    define_funcs(&mut store.inner, module, number, &mut spaces.funcs)?;
    define_tags(&mut store.inner, module, &mut spaces.tags)?;
    define_memories(store, module, &mut spaces.memories)?;
    define_globals(&mut store.inner, module, &mut spaces)?;
    define_tables(store, module, &mut spaces)?;
    let elements = elements(&store.inner, module, &spaces)?;
    let datas = datas(module)?;
    let inner = &mut store.inner;
    let tables = addresses(&spaces.tables, |number| inner.tables.address(number))?;
    let memories = addresses(&spaces.memories, |number| inner.memories.address(number))?;
    let globals = addresses(&spaces.globals, |number| inner.globals.address(number))?;
    let instance = inner
        .instances
        .get_mut(number)
        .ok_or(UseError::OtherStore)?;
    *instance = InstanceEntity {
        number,
        module: module.clone(),
        funcs: spaces.funcs.into(),
        tables,
        memories,
        globals,
        handles: InstanceHandles {
            tables: spaces.tables.into(),
            memories: spaces.memories.into(),
            globals: spaces.globals.into(),
            tags: spaces.tags.into(),
        },
        elements,
        datas,
    };
    Ok(inner.handle(number))
}

/// Takes a place for the instance, so that its functions can point at it.
fn announce<T>(store: &mut StoreData<T>, module: &Module) -> Result<u32> {
    growth::admit_instance(store)?;
    let instances = &mut store.inner.instances;
    let now = instances.len();
    Ok(instances.push(InstanceEntity {
        number: now as u32,
        module: module.clone(),
        funcs: Box::default(),
        tables: Box::default(),
        memories: Box::default(),
        globals: Box::default(),
        handles: InstanceHandles::default(),
        elements: Box::default(),
        datas: Box::default(),
    })?)
}

fn define_funcs(
    store: &mut StoreInner,
    module: &Module,
    instance: u32,
    funcs: &mut Vec<u32>,
) -> Result<()> {
    let instance = store
        .instances
        .address(instance)
        .ok_or(UseError::OtherStore)?;
    let cells = module.code().cells();
    store.admit_more("functions of the store", store.funcs.len(), cells.len())?;
    let mut entities = Vec::new();
    entities
        .try_reserve_exact(cells.len())
        .map_err(|_| OutOfMemory)?;
    // There are thousands, so that nothing here is an error that would have to be made.
    entities.extend(
        module
            .defined_types()
            .zip(cells)
            .map(|(ty, cell)| FuncEntity {
                ty,
                body: FuncBody::Wasm {
                    instance,
                    cell: NonNull::from(cell),
                },
            }),
    );
    let first = store.funcs.append(entities)?;
    funcs.extend((first..).take(cells.len()));
    Ok(())
}

fn define_tags(store: &mut StoreInner, module: &Module, tags: &mut Vec<u32>) -> Result<()> {
    let env = module.env();
    store.admit_more(
        "tags of the store",
        store.tags.len(),
        env.tag_count() as usize,
    )?;
    for tag in env.imported_tags()..env.tag_count() {
        let ty = env
            .tag(TagIdx(tag))
            .map(|ty| module.type_id(ty))
            .unwrap_or_default();
        let number = store.tags.push(TagEntity { ty })?;
        add(tags, number)?;
    }
    Ok(())
}

fn define_memories<T>(
    store: &mut StoreData<T>,
    module: &Module,
    memories: &mut Vec<u32>,
) -> Result<()> {
    let image = module.image();
    let defined = (0..).zip(module.env().memories()).skip(memories.len());
    for (index, ty) in defined {
        let image = image.as_ref().filter(|image| image.memory.0 == index);
        let number = growth::make_memory(store, *ty, image.map(|image| &image.image))?;
        add(memories, number)?;
    }
    Ok(())
}

fn define_globals(store: &mut StoreInner, module: &Module, spaces: &mut Spaces) -> Result<()> {
    let types = module.env().globals().iter().skip(spaces.globals.len());
    store.admit_more("globals of the store", store.globals.len(), types.len())?;
    let mut entities = Vec::new();
    entities
        .try_reserve_exact(types.len())
        .map_err(|_| OutOfMemory)?;
    entities.extend(types.map(|ty| GlobalEntity {
        value: [0; 2],
        ty: module.global_type(*ty),
    }));
    let count = entities.len();
    let first = store.globals.append(entities)?;
    spaces.globals.extend((first..).take(count));
    // Values refer to globals before them only.
    for (number, init) in (first..).zip(&module.parts().globals) {
        let value = evaluate(store, module, spaces, *init)?;
        if let Some(global) = store.globals.get_mut(number) {
            global.value = value;
        }
    }
    Ok(())
}

fn define_tables<T>(store: &mut StoreData<T>, module: &Module, spaces: &mut Spaces) -> Result<()> {
    let types = module.env().tables().iter().skip(spaces.tables.len());
    for (ty, init) in types.zip(&module.parts().tables) {
        let fill = match init {
            Some(init) => evaluate(&store.inner, module, spaces, *init)?.value(),
            None => Ref::NULL,
        };
        let number = growth::make_table(store, module.table_type(*ty), fill)?;
        add(&mut spaces.tables, number)?;
    }
    Ok(())
}

/// The values of all element segments; none for those that only declare functions.
fn elements(store: &StoreInner, module: &Module, spaces: &Spaces) -> Result<Box<[Box<[Ref]>]>> {
    let segments = &module.parts().elements;
    let mut values = Vec::new();
    values
        .try_reserve_exact(segments.len())
        .map_err(|_| OutOfMemory)?;
    for segment in segments {
        let mut items = Vec::new();
        if segment.mode != SegmentMode::Declarative {
            items
                .try_reserve_exact(segment.items.count as usize)
                .map_err(|_| OutOfMemory)?;
            if let Some(funcs) = segment.items.funcs(module.bytes()) {
                items.extend(funcs.map(|func| func_ref(&spaces.funcs, func)));
            } else {
                for item in segment.items.iter(module.bytes()) {
                    items.push(match item {
                        ElementItem::Func(func) => func_ref(&spaces.funcs, func),
                        ElementItem::Expr(expr) => evaluate(store, module, spaces, expr)?.value(),
                    });
                }
            }
        }
        values.push(items.into_boxed_slice());
    }
    Ok(values.into())
}

/// Where the data segments stand in the module.
fn datas(module: &Module) -> Result<Box<[Range<usize>]>> {
    let segments = &module.parts().datas;
    let mut ranges = Vec::new();
    ranges
        .try_reserve_exact(segments.len())
        .map_err(|_| OutOfMemory)?;
    ranges.extend(segments.iter().map(|segment| segment.bytes.range()));
    Ok(ranges.into())
}

/// The second phase, first part: active element segments.
fn copy_elements(store: &mut StoreInner, module: &Module, instance: Handle) -> Result<()> {
    for (elem, segment) in (0..).map(ElemIdx).zip(&module.parts().elements) {
        let SegmentMode::Active { target, offset } = segment.mode else {
            continue;
        };
        let entity = store.instance(instance)?;
        let offset = Borrowed::by(entity).evaluate(store, module, offset, &mut Vec::new())?;
        let is_64 = module.env().table(target).is_some_and(|ty| ty.is_64);
        let table = entity.handles.tables.get(target.0 as usize).copied();
        let elements = take_elements(store, instance, elem)?;
        let table = table.and_then(|table| store.tables.get_mut(table));
        let slots = table.map_or(&mut [][..], |table| &mut table.elements[..]);
        let (size, length) = (slots.len(), elements.len());
        let start = start(offset, is_64);
        match range(start, length).and_then(|place| slots.get_mut(place)) {
            Some(place) => place.copy_from_slice(&elements),
            None => {
                return Err(Error::from(Trap::TableOutOfBounds).context(format_args!(
                    "element segment {}: {length} elements at {start}, table {} has {size}",
                    elem.0, target.0
                )));
            }
        }
    }
    Ok(())
}

/// Takes a segment's values out of the instance, which drops it.
fn take_elements(store: &mut StoreInner, instance: Handle, elem: ElemIdx) -> Result<Box<[Ref]>> {
    let entity = store.instance_mut(instance)?;
    Ok(entity
        .elements
        .get_mut(elem.0 as usize)
        .map(core::mem::take)
        .unwrap_or_default())
}

/// The second phase, second part: active data segments.
fn copy_datas(store: &mut StoreInner, module: &Module, instance: Handle) -> Result<()> {
    if began_with_image(store, module, instance)? {
        let ranges = &mut store.instance_mut(instance)?.datas;
        for (range, segment) in ranges.iter_mut().zip(&module.parts().datas) {
            if matches!(segment.mode, SegmentMode::Active { .. }) {
                *range = 0..0;
            }
        }
        return Ok(());
    }
    let places = places(store, module, instance)?;
    populate(store, instance, &places)?;
    for place in places {
        let entity = store.instance_mut(instance)?;
        let memory = entity.handles.memories.get(place.target.0 as usize);
        let memory = memory.copied();
        entity.drop_data(place.data);
        let memory = memory.and_then(|memory| store.memories.get_mut(memory));
        let contents = memory.map_or(&mut [][..], |memory| memory.bytes_mut());
        let (size, length, start) = (contents.len(), place.bytes.len(), place.start);
        match range(start, length).and_then(|place| contents.get_mut(place)) {
            Some(room) => room.copy_from_slice(place.bytes),
            None => {
                return Err(Error::from(Trap::MemoryOutOfBounds).context(format_args!(
                    "data segment {}: {length} bytes at {start}, memory {} has {size} bytes",
                    place.data.0, place.target.0
                )));
            }
        }
    }
    Ok(())
}

/// Whether the memory of this new instance began with what active data segments write. An image is of all of
/// them, and of a memory that is not imported.
fn began_with_image(store: &StoreInner, module: &Module, instance: Handle) -> Result<bool> {
    let first = module.active_datas().next();
    let own = first.filter(|first| first.target.0 >= module.env().imported_memories());
    let Some(own) = own else {
        return Ok(false);
    };
    let memories = &store.instance(instance)?.handles.memories;
    let memory = memories.get(own.target.0 as usize).copied();
    let memory = memory.and_then(|memory| store.memories.get(memory));
    Ok(memory.is_some_and(|memory| memory.bytes.has_image()))
}

/// An active data segment, and where it goes.
struct Place<'m> {
    data: DataIdx,
    bytes: &'m [u8],
    target: MemoryIdx,
    start: u64,
}

/// Those of an instance. There may be thousands, so what is the same for all is found once.
fn places<'m>(store: &StoreInner, module: &'m Module, instance: Handle) -> Result<Vec<Place<'m>>> {
    let spaces = Borrowed::by(store.instance(instance)?);
    let (mut places, mut stack) = (Vec::new(), Vec::new());
    places
        .try_reserve_exact(module.parts().datas.len())
        .map_err(|_| OutOfMemory)?;
    for segment in module.active_datas() {
        let target = segment.target;
        let offset = spaces.evaluate(store, module, segment.offset, &mut stack)?;
        let is_64 = module.env().memory(target).is_some_and(|ty| ty.is_64);
        places.push(Place {
            data: segment.data,
            bytes: segment.bytes,
            target,
            start: start(offset, is_64),
        });
    }
    Ok(places)
}

/// Asks at once for the pages that segments fill of the first one's memory, if they fill a quarter of
/// those that they lie in.
fn populate(store: &mut StoreInner, instance: Handle, places: &[Place<'_>]) -> Result<()> {
    let Some(Place { target, start, .. }) = places.first() else {
        return Ok(());
    };
    let (mut begin, mut end, mut filled) = (*start, 0, 0);
    for place in places.iter().filter(|place| place.target == *target) {
        let length = place.bytes.len() as u64;
        begin = place.start.min(begin);
        end = place.start.saturating_add(length).max(end);
        filled += length;
    }
    let memory = store
        .instance(instance)?
        .handles
        .memories
        .get(target.0 as usize);
    let memory = memory.copied();
    if let Some(memory) = memory.and_then(|memory| store.memories.get_mut(memory))
        && end.saturating_sub(begin) / 4 <= filled
    {
        memory.bytes.populate(begin, end);
    }
    Ok(())
}

/// An offset, from its slot.
fn start(offset: [u64; 2], is_64: bool) -> u64 {
    match is_64 {
        true => offset.value(),
        false => offset.value::<u32>().into(),
    }
}

/// So many items from there.
fn range(start: u64, length: usize) -> Option<Range<usize>> {
    let start = usize::try_from(start).ok()?;
    Some(start..start.checked_add(length)?)
}

fn func_ref(funcs: &[u32], func: FuncIdx) -> Ref {
    funcs
        .get(func.0 as usize)
        .map_or(Ref::NULL, |number| Ref::from_number(*number))
}

fn evaluate(
    store: &StoreInner,
    module: &Module,
    spaces: &Spaces,
    expression: ConstExpr,
) -> Result<[u64; 2]> {
    let Spaces { funcs, globals, .. } = spaces;
    Borrowed { funcs, globals }.evaluate(store, module, expression, &mut Vec::new())
}

/// What constant expressions refer to.
struct Borrowed<'s> {
    funcs: &'s [u32],
    globals: &'s [u32],
}

impl<'s> Borrowed<'s> {
    /// What those of a finished instance refer to.
    fn by(instance: &'s InstanceEntity) -> Self {
        Self {
            funcs: &instance.funcs,
            globals: &instance.handles.globals,
        }
    }

    /// The value of an expression, with a stack that is empty before and after.
    fn evaluate(
        &self,
        store: &StoreInner,
        module: &Module,
        expression: ConstExpr,
        stack: &mut Vec<[u64; 2]>,
    ) -> Result<[u64; 2]> {
        if let Some(literal) = constant::literal(module.bytes(), expression) {
            return Ok([literal, 0]);
        }
        let mut machine = Machine {
            store,
            spaces: self,
            stack,
        };
        Ok(constant::evaluate(
            module.bytes(),
            expression,
            &mut machine,
        )?)
    }
}

/// Evaluates constant expressions.
struct Machine<'s> {
    store: &'s StoreInner,
    spaces: &'s Borrowed<'s>,
    stack: &'s mut Vec<[u64; 2]>,
}

impl Evaluator for Machine<'_> {
    type Slot = [u64; 2];

    fn push(&mut self, slot: [u64; 2]) -> Result<(), Failure> {
        self.stack
            .try_reserve(1)
            .map_err(|_| Failure::OutOfMemory)?;
        self.stack.push(slot);
        Ok(())
    }

    fn pop(&mut self) -> [u64; 2] {
        self.stack.pop().unwrap_or_default()
    }

    fn global(&mut self, x: GlobalIdx) -> [u64; 2] {
        let number = self.spaces.globals.get(x.0 as usize);
        number
            .and_then(|number| self.store.globals.get(*number))
            .map_or([0; 2], |global| global.value)
    }

    fn func(&mut self, f: FuncIdx) -> Ref {
        func_ref(self.spaces.funcs, f)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Trap(trap) => trap.into(),
            Failure::OutOfMemory => OutOfMemory.into(),
            Failure::Rejected(reject) => reject.into(),
        }
    }
}

/// Adds a number if there is memory for it.
fn add(numbers: &mut Vec<u32>, number: u32) -> Result<(), OutOfMemory> {
    numbers.try_reserve(1).map_err(|_| OutOfMemory)?;
    numbers.push(number);
    Ok(())
}

fn addresses<T>(
    numbers: &[u32],
    address: impl Fn(u32) -> Option<NonNull<T>>,
) -> Result<Box<[NonNull<T>]>> {
    let mut found = Vec::new();
    found
        .try_reserve_exact(numbers.len())
        .map_err(|_| OutOfMemory)?;
    for number in numbers {
        found.push(address(*number).ok_or(UseError::OtherStore)?);
    }
    Ok(found.into())
}

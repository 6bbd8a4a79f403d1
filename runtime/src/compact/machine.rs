//! The compact engine as a [`Machine`], for the functions that rows name in `hand`.
//!
//! Growth of memories and tables, bulk operations and references are written once in `exec`; here
//! they get the objects of the running instance. A function that fails for lack of fuel or memory
//! has changed nothing, and its instruction begins again when the host has helped.

use super::entity::Segment;
use super::exit::{Exit, Growth};
use super::registers::Registers;
use super::state::State;
use crate::exec::machine::{Machine, Stop};
use crate::exec::{part, parts, places, shift};
use crate::profile::Profile;
use crate::spec::Rate;
use crate::types::{DataIdx, ElemIdx, FuncIdx, MemoryIdx, Ref, TableIdx};

impl<'m, P: Profile> State<'m, '_, P> {
    /// Runs a row with `hand`, which stands at an offset. If it fails, it has not been executed.
    #[inline(always)]
    pub(crate) fn hand(
        &mut self,
        at: usize,
        r: &mut Registers<'m>,
        f: impl FnOnce(&mut Self, &mut Registers<'m>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut own = r.clone();
        if let Err(stop) = f(self, &mut own) {
            self.rewind(r, at);
            return Err(stop);
        }
        // It may have moved the memory.
        self.refresh();
        *r = own;
        Ok(())
    }

    /// What is left of an element segment.
    fn elements_of(&self, x: ElemIdx) -> Segment {
        let place = self.current.bases.segments.wrapping_add(x.0);
        let segment = self.segments.get(place as usize);
        segment.copied().unwrap_or_default()
    }

    fn data_place(&self, x: DataIdx) -> usize {
        let base = self
            .current
            .bases
            .segments
            .wrapping_add(self.current.elements);
        base.wrapping_add(x.0) as usize
    }

    fn forget(&mut self, place: usize) {
        if let Some(segment) = self.segments.get_mut(place) {
            segment.len = 0;
        }
    }

    /// Nothing grows, or the host is asked for more memory.
    fn lack<T>(&mut self, what: Growth, missing: u64) -> Result<Option<T>, Stop> {
        if core::mem::take(&mut self.refused) {
            return Ok(None);
        }
        Err(self.stop(Exit::Grow { what, missing }))
    }
}

impl<P: Profile> Machine for State<'_, '_, P> {
    fn pay(&mut self, rate: Rate, count: u64) -> Result<(), Stop> {
        // There is so much: it has been looked at.
        self.pay_for(rate, count as usize)
    }

    #[cfg_attr(small, inline(never))]
    fn memory(&mut self, x: MemoryIdx) -> &mut [u8] {
        let memory = self.memory_of(x);
        part(self.memory.items, memory.start, memory.len)
    }

    fn memory_copy(
        &mut self,
        (x, to): (MemoryIdx, u64),
        (y, from): (MemoryIdx, u64),
        count: u64,
        rate: Rate,
    ) -> Result<Option<()>, Stop> {
        let (x, y) = (self.memory_of(x), self.memory_of(y));
        let (to, from) = ((x.start, x.len, to), (y.start, y.len, from));
        let Some((to, from)) = places(self.memory.items, to, from, count) else {
            return Ok(None);
        };
        self.pay(rate, count)?;
        shift(self.memory.items, from, to);
        Ok(Some(()))
    }

    fn memory_and_data(&mut self, x: MemoryIdx, y: DataIdx) -> (&mut [u8], &[u8]) {
        let segment = self.segments.get(self.data_place(y));
        let Segment { start, len, .. } = segment.copied().unwrap_or_default();
        let (start, wasm) = (start as usize, self.current.module.wasm);
        let data = wasm
            .get(start..start.saturating_add(len as usize))
            .unwrap_or_default();
        (self.memory(x), data)
    }

    fn memory_pages(&mut self, x: MemoryIdx) -> u64 {
        let memory = self.memory_of(x);
        memory.pages()
    }

    fn memory_grow(&mut self, x: MemoryIdx, delta: u64, rate: Rate) -> Result<Option<u64>, Stop> {
        let number = self.memory_number(&self.current, x);
        let memory = self.memory_of(x);
        let before = memory.pages();
        let most = memory.most_pages();
        let Some(_) = before.checked_add(delta).filter(|pages| *pages <= most) else {
            return Ok(None);
        };
        let more = delta.saturating_mul(1 << memory.page_bits());
        let capacity = self.memory.items.len().saturating_sub(self.memory.len) as u64;
        if more > capacity {
            return self.lack(Growth::Memory, more - capacity);
        }
        self.pay(rate, more)?;
        let (more, end) = (more as usize, memory.start.wrapping_add(memory.len));
        if self.memory.insert(end, more, 0).is_none() {
            return Ok(None);
        }
        // They are in order.
        for (index, memory) in self.memories.used().iter_mut().enumerate() {
            if index == number {
                memory.len = memory.len.wrapping_add(more);
            } else if index > number {
                memory.start = memory.start.wrapping_add(more);
            }
        }
        Ok(Some(before))
    }

    fn drop_data(&mut self, x: DataIdx) {
        self.forget(self.data_place(x));
    }

    fn table(&mut self, x: TableIdx) -> &mut [Ref] {
        let table = self.table_of(x);
        part(
            self.elements.items,
            table.start as usize,
            table.len as usize,
        )
    }

    fn table_copy(
        &mut self,
        (x, to): (TableIdx, u64),
        (y, from): (TableIdx, u64),
        count: u64,
        rate: Rate,
    ) -> Result<Option<()>, Stop> {
        let (x, y) = (self.table_of(x), self.table_of(y));
        let to = (x.start as usize, x.len as usize, to);
        let from = (y.start as usize, y.len as usize, from);
        let Some((to, from)) = places(self.elements.items, to, from, count) else {
            return Ok(None);
        };
        self.pay(rate, count)?;
        shift(self.elements.items, from, to);
        Ok(Some(()))
    }

    fn table_and_elements(&mut self, x: TableIdx, y: ElemIdx) -> (&mut [Ref], &[Ref]) {
        let (table, segment) = (self.table_of(x), self.elements_of(y));
        parts(
            self.elements.items,
            (table.start as usize, table.len as usize),
            (segment.start as usize, segment.len as usize),
        )
    }

    fn table_grow(
        &mut self,
        x: TableIdx,
        delta: u64,
        init: Ref,
        rate: Rate,
    ) -> Result<Option<u64>, Stop> {
        let number = self.table_number(&self.current, x);
        let table = self.table_of(x);
        let before = u64::from(table.len);
        let most = table.max.unwrap_or(u64::MAX).min(u32::MAX.into());
        let Some(_) = before.checked_add(delta).filter(|len| *len <= most) else {
            return Ok(None);
        };
        let capacity = self.elements.items.len().saturating_sub(self.elements.len) as u64;
        if delta > capacity {
            return self.lack(Growth::Table, delta - capacity);
        }
        self.pay(rate, delta)?;
        let end = table.start.wrapping_add(table.len);
        if self
            .elements
            .insert(end as usize, delta as usize, init)
            .is_none()
        {
            return Ok(None);
        }
        let more = delta as u32;
        for (index, table) in self.tables.used().iter_mut().enumerate() {
            if index == number {
                table.len = table.len.wrapping_add(more);
            } else if index > number {
                table.start = table.start.wrapping_add(more);
            }
        }
        // Passive segments lie among the tables.
        for segment in self.segments.used() {
            if segment.is_element && segment.start >= end {
                segment.start = segment.start.wrapping_add(more);
            }
        }
        Ok(Some(before))
    }

    fn drop_elements(&mut self, x: ElemIdx) {
        self.forget(self.current.bases.segments.wrapping_add(x.0) as usize);
    }

    fn func_ref(&mut self, f: FuncIdx) -> Ref {
        self.func_addr(&self.current, f).into_ref()
    }
}

//! Members of interfaces, and names that must differ.
//!
//! Names of fields, imports and exports differ in more than case and hyphens, and in more than an
//! annotation. They are compared in the form that leaves these out, sorted, so that many names take
//! not much longer than few. Standard: Component Model, `Explainer.md`, "Name Uniqueness".

use core::cmp::Ordering;

use super::Full;
use super::record::{Entity, Interface, Member, Text};
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::{Label, Sort};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit};
use crate::validate::List;
use crate::validate::component::name;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// The import or export of a closed interface that has a name. Names are mostly asked for in the order
    /// of the interface, so that it is the one behind that which was found last.
    pub(super) fn member(
        &self,
        interface: &Interface,
        import: bool,
        name: &[u8],
        at: usize,
    ) -> Result<Option<Member>, Reject> {
        let first = self.found.get().min(interface.count);
        for place in (first..interface.count).chain(0..first) {
            self.step(1, at)?;
            if let Some(member) = self.member_at(interface, place)
                && member.import == import
                && self.name(member.name) == name
            {
                self.found.set(place + 1);
                return Ok(Some(member));
            }
        }
        Ok(None)
    }

    /// A member of a closed interface, by its place.
    pub(super) fn member_at(&self, interface: &Interface, place: u32) -> Option<Member> {
        self.members.get((interface.members + place) as usize)
    }

    /// Adds a name to those that are compared.
    pub(super) fn add_sorted(&mut self, member: Member, at: usize) -> Result<(), Reject> {
        let most = u64::from(u32::MAX);
        self.sorted.add(member, Limit::ComponentExports, most, at)
    }

    /// Labels of a type differ.
    pub(super) fn unique_labels(
        &mut self,
        labels: impl Iterator<Item = Label<'a>>,
        at: usize,
    ) -> Result<(), Reject> {
        self.sorted.truncate(0);
        for label in labels {
            let label = Member {
                name: self.text(label.0),
                entity: Entity::new(Sort::Value, 0, 0),
                import: false,
            };
            self.add_sorted(label, at)?;
        }
        self.differ(name::compare, ErrorCode::DuplicateName)
    }

    /// Imports of the innermost scope differ, and so do its exports.
    pub(super) fn unique_members(&mut self, at: usize) -> Result<(), Reject> {
        use crate::validate::component::scope::ScopeKind;
        let scope = self.scope();
        let of_module = matches!(scope.kind, ScopeKind::Module { .. });
        for import in [true, false] {
            self.sorted.truncate(0);
            for place in scope.members as usize..self.open_members.len() {
                match self.open_members.get(place) {
                    Some(member) if member.import == import => self.add_sorted(member, at)?,
                    _ => {}
                }
            }
            match (of_module, import) {
                (true, true) => self.unique_core_names()?,
                (true, false) => self.differ(Ord::cmp, ErrorCode::DuplicateExport)?,
                (false, _) => self.differ(name::compare, ErrorCode::DuplicateName)?,
            }
        }
        Ok(())
    }

    /// Imports of a core module or of a type of one differ in one of their two names.
    pub(super) fn unique_core_names(&mut self) -> Result<(), Reject> {
        let bytes = self.bytes;
        self.sort_names(|one, other| {
            let order = slice(bytes, one).cmp(slice(bytes, other));
            order.then_with(|| second(bytes, one).cmp(&second(bytes, other)))
        });
        self.neighbours_differ(ErrorCode::DuplicateImport, |one, other| {
            slice(bytes, one) == slice(bytes, other) && second(bytes, one) == second(bytes, other)
        })
    }

    /// The names that were added differ in an order of names.
    pub(super) fn differ(
        &mut self,
        compare: fn(&[u8], &[u8]) -> Ordering,
        error: ErrorCode,
    ) -> Result<(), Reject> {
        let bytes = self.bytes;
        self.sort_names(|one, other| compare(slice(bytes, one), slice(bytes, other)));
        self.neighbours_differ(error, |one, other| {
            compare(slice(bytes, one), slice(bytes, other)) == Ordering::Equal
        })
    }

    fn sort_names(&mut self, compare: impl Fn(Text, Text) -> Ordering) {
        // Of the same names the first stands first, however they are sorted.
        self.sorted.sort(|one, other| {
            let order = compare(one.name, other.name);
            order.then(one.name.start.cmp(&other.name.start))
        });
    }

    fn neighbours_differ(
        &self,
        error: ErrorCode,
        same: impl Fn(Text, Text) -> bool,
    ) -> Result<(), Reject> {
        for place in 1..self.sorted.len() {
            let neighbours = self.sorted.get(place - 1).zip(self.sorted.get(place));
            if let Some((one, other)) = neighbours
                && same(one.name, other.name)
            {
                let later = one.name.start.max(other.name.start) as usize;
                return Err(Reject::new(error, later));
            }
        }
        Ok(())
    }

    /// The one of the sorted names that is this one.
    pub(super) fn sorted_name(&self, name: &[u8]) -> Option<Member> {
        let place = self
            .sorted
            .partition_point(|member| self.name(member.name) < name);
        let found = self.sorted.get(place);
        found.filter(|member| self.name(member.name) == name)
    }
}

fn slice(bytes: &[u8], text: Text) -> &[u8] {
    let (start, length) = (text.start as usize, text.length as usize);
    bytes
        .get(start..start.saturating_add(length))
        .unwrap_or_default()
}

/// The name that stands behind a name.
fn second(bytes: &[u8], first: Text) -> Option<&[u8]> {
    let behind = (first.start + first.length) as usize;
    let mut reader = crate::read::Reader::range(bytes, behind..bytes.len());
    reader.known_name().ok()
}

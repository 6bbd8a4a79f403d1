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
        self.differ(Order::Alike, ErrorCode::DuplicateName)
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
                (true, true) => self.differ(Order::Both, ErrorCode::DuplicateImport)?,
                (true, false) => self.differ(Order::Exact, ErrorCode::DuplicateExport)?,
                (false, _) => self.differ(Order::Alike, ErrorCode::DuplicateName)?,
            }
        }
        Ok(())
    }

    /// The names that were added differ in an order of names.
    pub(super) fn differ(&mut self, order: Order, error: ErrorCode) -> Result<(), Reject> {
        let bytes = self.bytes;
        // Of the same names the first stands first, however they are sorted.
        self.sorted.sort(|one, other| {
            let (one, other) = (one.name, other.name);
            let compared = order.compare(bytes, one, other);
            compared.then(one.start.cmp(&other.start))
        });
        for place in 1..self.sorted.len() {
            let neighbours = self.sorted.get(place - 1).zip(self.sorted.get(place));
            if let Some((one, other)) = neighbours
                && order.compare(bytes, one.name, other.name) == Ordering::Equal
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

/// When names are the same. It is a value, not a function: no call goes through a pointer.
#[derive(Clone, Copy)]
pub(super) enum Order {
    /// If they differ too little.
    Alike,
    /// If their bytes are.
    Exact,
    /// If their bytes are, and those of the names behind them: imports of core modules.
    Both,
}

impl Order {
    fn compare(self, bytes: &[u8], one: Text, other: Text) -> Ordering {
        let (name, other_name) = (slice(bytes, one), slice(bytes, other));
        match self {
            Self::Alike => name::compare(name, other_name),
            Self::Exact => name.cmp(other_name),
            Self::Both => {
                let order = name.cmp(other_name);
                order.then_with(|| second(bytes, one).cmp(&second(bytes, other)))
            }
        }
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

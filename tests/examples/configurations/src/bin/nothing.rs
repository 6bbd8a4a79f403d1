//! No runtime at all: what the standard library takes.

fn main() {
    assert_eq!(std::env::args().count(), 1);
}

//! Runtimes in modules and functions, with any visibility.

mod inner {
    pub(super) mod deep {
        tabwasm_macros::runtime! {
            pub(in crate::inner) struct Deep;
            tier = no_alloc,
            proposals = [mvp],
        }
    }

    pub(crate) fn deep() -> impl tabwasm::profile::Profile {
        deep::Deep
    }

    tabwasm_macros::runtime! {
        #[derive(PartialEq)]
        pub(crate) struct Inner;
        tier = std,
        proposals = [mvp, floats],
    }
}

fn main() {
    tabwasm_macros::runtime! {
        struct Local;
        tier = alloc,
        proposals = [mvp],
    }
    let _ = (Local, inner::Inner == inner::Inner, inner::deep());
}

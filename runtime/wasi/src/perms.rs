//! What a host allows in a preopened directory.
//!
//! Beside the rights, which the guest sees and may give up: these it does not see, and they hold for
//! all that it opens below the directory. Names and meaning are those of wasmtime.

use core::ops::BitOr;

/// What may be done with directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirPerms(u8);

/// What may be done with files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePerms(u8);

impl DirPerms {
    /// To list a directory and find names in it.
    pub const READ: Self = Self(1);
    /// To make, rename and remove names in it, and to set times.
    pub const MUTATE: Self = Self(2);
}

impl FilePerms {
    /// To read files.
    pub const READ: Self = Self(1);
    /// To write files, and to set sizes and times.
    pub const WRITE: Self = Self(2);
}

macro_rules! set {
    ($name:ident) => {
        impl $name {
            /// Everything.
            pub const fn all() -> Self {
                Self(3)
            }

            /// Nothing.
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Whether all of `other` is allowed.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }

        impl BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
    };
}

set!(DirPerms);
set!(FilePerms);

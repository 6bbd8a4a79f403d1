//! Address space of a Unix system, by anonymous mappings.
//!
//! A mapping is made for reading and writing at once and without a reservation of swap space, so that
//! no call of the system is needed later: the kernel gives a page of zeros to the first access. As with
//! any allocation on a system that commits more than it has, what ends a process for which there are no
//! pages left is the kernel, not a refusal; limits of the store are what a host sets against that.
//!
//! A kernel that commits no more than it has (Linux: `vm.overcommit_memory` 2) would count each mapping
//! in full, touched or not. There nothing is reserved. What counts address space (`RLIMIT_AS`) makes the
//! kernel refuse a mapping, and that memory is allocated. What counts pages (control groups of
//! containers) counts those that were touched.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};
pub(crate) use std::fs::File;
use std::sync::OnceLock;

use rustix::mm::{self, MapFlags, ProtFlags};

use super::{Part, Platform};

/// What may be done with bytes of a reservation.
const ACCESS: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);

/// From so many bytes on, large pages are asked for: two of the usual ones. To copy a module of 76 MB takes a
/// quarter of the time then, since three quarters were faults of pages.
#[cfg(any(target_os = "linux", target_os = "android"))]
const MANY_PAGES: usize = 4 << 20;

/// Memory management of a Unix system.
pub(crate) struct Unix;

// SAFETY: an anonymous private mapping has bytes of value zero that nobody else uses, and takes memory
// page by page as they are touched; what `decommit` promises is said there.
unsafe impl Platform for Unix {
    fn page(&self) -> usize {
        rustix::param::page_size()
    }

    fn reserve(&self, size: usize) -> Option<NonNull<u8>> {
        if counts_all() {
            return None;
        }
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: the kernel chooses the place, where nothing else is.
        let mapped = unsafe { mm::mmap_anonymous(ptr::null_mut(), size, ACCESS, flags) };
        NonNull::new(mapped.ok()?.cast())
    }

    unsafe fn release(&self, base: NonNull<u8>, size: usize) {
        // SAFETY: the caller promises that these bytes are one mapping of `reserve`, and no longer used.
        let released = unsafe { mm::munmap(base.as_ptr().cast::<c_void>(), size) };
        // It is refused for ranges only that were never mapped.
        debug_assert!(released.is_ok(), "{released:?}");
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    unsafe fn decommit(&self, base: NonNull<u8>, size: usize) -> bool {
        let base = base.as_ptr().cast::<c_void>();
        // SAFETY: the caller promises that these pages are of a mapping of `reserve`, and that nobody has
        // a reference to their bytes. In Linux, pages of such mappings are zero when they are read next.
        unsafe { mm::madvise(base, size, mm::Advice::LinuxDontNeed) }.is_ok()
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    unsafe fn populate(&self, base: NonNull<u8>, size: usize) {
        let base = base.as_ptr().cast::<c_void>();
        // SAFETY: the caller promises that these pages are of a mapping of `reserve`. Nothing changes but
        // how large the pieces of memory are that they get, and how soon. Kernels before 5.14 refuse the
        // second, and give it piece by piece.
        unsafe {
            if size >= MANY_PAGES {
                let _ = mm::madvise(base, size, mm::Advice::LinuxHugepage);
            }
            let _ = mm::madvise(base, size, mm::Advice::LinuxPopulateWrite);
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn enlarge_pages(&self, room: &mut [MaybeUninit<u8>]) {
        let page = self.page();
        let Some(whole) = room.get_mut(room.as_ptr().align_offset(page)..) else {
            return;
        };
        let size = whole.len() / page * page;
        if size >= MANY_PAGES {
            let base = whole.as_mut_ptr().cast::<c_void>();
            // SAFETY: these pages are the caller's, and whole. Nothing changes but how large the pieces of
            // memory are that they get. Kernels without large pages refuse.
            let _ = unsafe { mm::madvise(base, size, mm::Advice::LinuxHugepage) };
        }
    }

    /// Other kernels choose by themselves.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn enlarge_pages(&self, _: &mut [MaybeUninit<u8>]) {}

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn keep(&self, size: usize, parts: &mut dyn Iterator<Item = Part<'_>>) -> Option<File> {
        use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
        use std::os::unix::fs::FileExt;

        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = File::from(memfd_create("linear memory", flags).ok()?);
        file.set_len(size as u64).ok()?;
        for (at, bytes) in parts {
            file.write_all_at(bytes, at as u64).ok()?;
        }
        // From now on nobody can change it, whoever opens it again through the file system of processes.
        let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
        fcntl_add_seals(&file, seals).ok()?;
        Some(file)
    }

    /// Files without a name are Linux's.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn keep(&self, _: usize, _: &mut dyn Iterator<Item = Part<'_>>) -> Option<File> {
        None
    }

    unsafe fn map(&self, file: &File, base: NonNull<u8>, size: usize) -> bool {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
        let base = base.as_ptr().cast::<c_void>();
        // SAFETY: the caller promises that these pages are of a mapping of `reserve`, and that nobody has
        // a reference to their bytes. The file has so many bytes and cannot lose any.
        unsafe { mm::mmap(base, size, ACCESS, flags, file, 0) }.is_ok()
    }

    unsafe fn blank(&self, base: NonNull<u8>, size: usize) -> bool {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
        let base = base.as_ptr().cast::<c_void>();
        // SAFETY: the caller promises that these pages are of a mapping of `reserve`, and that nobody has
        // a reference to their bytes.
        unsafe { mm::mmap_anonymous(base, size, ACCESS, flags) }.is_ok()
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    unsafe fn populate(&self, _: NonNull<u8>, _: usize) {}

    /// Other kernels take the advice without a promise of what is read next.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    unsafe fn decommit(&self, _: NonNull<u8>, _: usize) -> bool {
        false
    }
}

/// Whether the kernel counts what is mapped and not what is touched.
fn counts_all() -> bool {
    static COUNTS_ALL: OnceLock<bool> = OnceLock::new();
    let read =
        || std::fs::read("/proc/sys/vm/overcommit_memory").is_ok_and(|mode| mode.starts_with(b"2"));
    *COUNTS_ALL.get_or_init(read)
}

//! What a pool of memories is: how many, of which size, and what stays committed.
//!
//! For hosts that make and drop many instances: the address space of all their memories is reserved once,
//! and a memory that ends gives its pages back to the system and its slot to the next. The numbers begin
//! as those of `spec/limits.toml`. The names are wasmtime's.

use super::config::Config;

/// The set-up of a pool of memories: see
/// [`Config::allocation_strategy`](crate::Config::allocation_strategy).
///
/// A memory of the pool is full of zeros when it is made, whatever was in its slot before. When no slot is
/// free, or a memory wants to be larger than a slot, there is an error that names the limit.
#[derive(Clone, Debug)]
pub struct PoolingAllocationConfig {
    pub(crate) memories: u64,
    pub(crate) size: u64,
    pub(crate) resident: usize,
}

impl Default for PoolingAllocationConfig {
    fn default() -> Self {
        let config = Config::default();
        Self {
            memories: config.get_limits().pool_memories,
            size: config.get_limits().pool_memory_size,
            resident: 0,
        }
    }
}

impl PoolingAllocationConfig {
    /// What this build's tier says.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many memories there can be at a time, in all stores of the engine.
    pub fn total_memories(&mut self, count: u32) -> &mut Self {
        self.memories = u64::from(count);
        self
    }

    /// Bytes of a memory, at most.
    pub fn max_memory_size(&mut self, bytes: usize) -> &mut Self {
        self.size = bytes as u64;
        self
    }

    /// How many bytes of each memory, the first ones, stay committed when it ends, and are set to zero
    /// instead. Without them each memory begins with faults of pages.
    pub fn linear_memory_keep_resident(&mut self, bytes: usize) -> &mut Self {
        self.resident = bytes;
        self
    }
}

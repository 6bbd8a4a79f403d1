//! The kernels: what runs, how often, and what must come out.
//!
//! Sources and build script stand beside the binaries in `kernels/`. The repetitions are such that
//! wasmi 2.0 takes about 0.1 seconds on a machine of 2023.

/// What a kernel needs beyond the first version of the standard.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// Vectors.
    Simd,
    /// A memory with addresses of 64 bits.
    Memory64,
}

/// One freestanding module that exports `run: [i32] -> [i64]`.
pub struct Kernel {
    /// Name of its source.
    pub name: &'static str,
    /// The module.
    pub wasm: &'static [u8],
    /// Argument of `run`.
    pub n: u32,
    /// What `run(n)` answers.
    pub checksum: u64,
    /// What an engine must have for it.
    pub need: Need,
}

impl Kernel {
    /// Whether it has a line of its own and no part in a mean.
    pub fn stands_apart(&self) -> bool {
        self.need == Need::Memory64
    }
}

macro_rules! kernels {
    ($(#[$doc:meta])* $list:ident in $folder:literal, $need:ident: $($name:literal $n:literal $checksum:literal)*) => {
        $(#[$doc])*
        pub static $list: &[Kernel] = &[$(Kernel {
            name: $name,
            wasm: include_bytes!(concat!("../kernels/", $folder, $name, ".wasm")),
            n: $n,
            checksum: $checksum,
            need: Need::$need,
        }),*];
    };
}

kernels! {
    /// All kernels without vectors, in the order of the report.
    KERNELS in "", Nothing:
    "sieve"      70  0x933C_1C37_ECF3_400B
    "collatz"    180 0x0002_61FF_0000_017E
    "crc"        150 0xCD74_5340_59FF_AC86
    "fib"        32  0x0000_0000_0021_3D05
    "queens"     12  0x7992_998E_9955_F000
    "indirect"   64  0x75A9_8BD8_095A_7FE3
    "bytecode"   78  0x5F5E_15C8_106B_D90C
    "sha256"     250 0xA61B_31F9_DD57_F990
    "keccak"     58  0x5D97_1053_6371_F901
    "lz77"       85  0xF2AC_0AE1_8BF5_1D45
    "sort"       13  0x3CED_77CF_BF1E_CAFD
    "list"       64  0x70A7_2231_46B8_3546
    "hashmap"    150 0x88C7_3685_9E08_78A9
    "matmul"     25  0x0000_0000_0128_9FFA
    "nbody"      85  0x0000_0027_5A23_D5C2
    "mandelbrot" 7   0xB91A_2B11_935D_972E
    "strings"    380 0x030B_697C_06EB_2BAA
    "memory"     330 0xA477_9153_B2E6_B61F
    "state"      220 0x6102_30E0_4FD7_8A78
    "mixed"      92  0x0000_0000_0000_416A
}

kernels! {
    /// Beside them, of a kind that not every engine has.
    MEMORY64 in "memory64/", Memory64:
    "allocator" 64 0x4BC6_09C5_E9D0_82E4
}

kernels! {
    /// All kernels of vectors, in the order of the report.
    SIMD in "simd/", Simd:
    "blur"   1500 0xB449_85DC_2AD8_B30A
    "dot"    4000 0x9A87_6D9F_D556_472B
    "base64" 4000 0x117C_42AE_C0D5_1C32
    "chacha" 1500 0x968F_F268_3AC2_D068
    "matrix" 4000 0xC351_C889_F68A_CA14
    "search" 1500 0x8813_FFE8_D257_7E87
}

kernels! {
    /// Programs of other kinds, by four compilers. They were chosen before instructions were fused
    /// by statistics, and no statistics are taken of them.
    PROGRAMS in "programs/", Nothing:
    "btree"      70   0x4191_C769_1328_5F6F
    "sat"        240  0x83B0_86B6_6E2E_F8BC
    "suffix"     46   0xEF31_2DCC_171D_3DB8
    "paragraph"  320  0x3C55_B49A_54B0_207E
    "expression" 1400 0x304D_3A80_F5A3_1BDB
    "flow"       180  0xCDE5_E816_CF79_0CE5
    "connect"    80   0xC31B_51DF_0FDC_634E
    "filter"     520  0x570E_6135_FB5A_5979
    "events"     320  0xF769_ED72_CEC6_BF96
    "raster"     20   0xF18E_6CC4_CFB9_66E6
}

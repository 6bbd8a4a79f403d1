//! Sparse matrices in single precision, by rows, and equations solved by conjugate gradients.
//! Rows are iterators, and what they yield is computed in `f32`.
#![no_std]
#![no_main]

const SIZE: usize = 144;
const ENTRIES: usize = 5 * SIZE;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

struct Sparse {
    starts: [u16; SIZE + 1],
    columns: [u16; ENTRIES],
    values: [f32; ENTRIES],
}

impl Sparse {
    /// A grid of twelve by twelve: each cell beside its neighbours.
    fn grid(mut weight: impl FnMut() -> f32) -> Self {
        let mut matrix = Self {
            starts: [0; SIZE + 1],
            columns: [0; ENTRIES],
            values: [0.0; ENTRIES],
        };
        let mut used = 0;
        for row in 0..SIZE {
            let (x, y) = (row % 12, row / 12);
            let neighbours = [
                (y > 0).then(|| row - 12),
                (x > 0).then(|| row - 1),
                Some(row),
                (x < 11).then_some(row + 1),
                (y < 11).then_some(row + 12),
            ];
            for column in neighbours.into_iter().flatten() {
                matrix.columns[used] = column as u16;
                matrix.values[used] = if column == row { 4.0 + weight() } else { -1.0 };
                used += 1;
            }
            matrix.starts[row + 1] = used as u16;
        }
        matrix
    }

    fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, f32)>> {
        self.starts.windows(2).map(|pair| {
            let range = usize::from(pair[0])..usize::from(pair[1]);
            let columns = self.columns[range.clone()].iter();
            columns
                .zip(&self.values[range])
                .map(|(&column, &value)| (usize::from(column), value))
        })
    }

    fn multiply(&self, x: &[f32; SIZE], out: &mut [f32; SIZE]) {
        for (row, out) in self.rows().zip(out.iter_mut()) {
            *out = row.map(|(column, value)| value * x[column]).sum();
        }
    }

    /// The solution, and how many steps it took.
    fn solve(&self, b: &[f32; SIZE]) -> ([f32; SIZE], u32) {
        let (mut x, mut rest, mut along, mut image) = ([0.0; SIZE], *b, *b, [0.0; SIZE]);
        let mut error = dot(&rest, &rest);
        for step in 0..100 {
            if error < 1e-6 {
                return (x, step);
            }
            self.multiply(&along, &mut image);
            let far = error / dot(&along, &image);
            add(&mut x, far, &along);
            add(&mut rest, -far, &image);
            let now = dot(&rest, &rest);
            let keep = now / error;
            for (along, rest) in along.iter_mut().zip(&rest) {
                *along = rest + keep * *along;
            }
            error = now;
        }
        (x, 100)
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(a: &mut [f32], scale: f32, b: &[f32]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += scale * b;
    }
}

#[unsafe(no_mangle)]
extern "C" fn run(n: u32) -> u64 {
    let mut seed = 17_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / 16_777_216.0
    };
    let mut total = 0;
    for _ in 0..n {
        let matrix = Sparse::grid(&mut random);
        let b = core::array::from_fn(|_| random() - 0.5);
        let (x, steps) = matrix.solve(&b);
        let largest = x.iter().copied().fold(0.0, f32::max);
        total += u64::from(steps) << 32 | (largest * 1e6) as u64;
    }
    total
}

// Eigenvalues of symmetric matrices by Jacobi's rotations, with a class for matrices.

class Matrix {
  private cells: Float64Array;

  constructor(readonly size: i32) {
    this.cells = new Float64Array(size * size);
  }

  get(row: i32, column: i32): f64 {
    return this.cells[row * this.size + column];
  }

  set(row: i32, column: i32, value: f64): void {
    this.cells[row * this.size + column] = value;
  }

  static identity(size: i32): Matrix {
    const matrix = new Matrix(size);
    for (let i = 0; i < size; i++) matrix.set(i, i, 1);
    return matrix;
  }

  // Turns two columns.
  turn(p: i32, q: i32, c: f64, s: f64): void {
    for (let k = 0; k < this.size; k++) {
      const a = this.get(k, p), b = this.get(k, q);
      this.set(k, p, c * a - s * b);
      this.set(k, q, s * a + c * b);
    }
  }

  turnRows(p: i32, q: i32, c: f64, s: f64): void {
    const cells = this.cells, left = p * this.size, right = q * this.size;
    for (let k = 0; k < this.size; k++) {
      const a = cells[left + k], b = cells[right + k];
      cells[left + k] = c * a - s * b;
      cells[right + k] = s * a + c * b;
    }
  }

  // How much is beside the diagonal.
  get rest(): f64 {
    let sum = 0.0;
    for (let i = 0; i < this.size; i++)
      for (let j = 0; j < i; j++) sum += this.get(i, j) * this.get(i, j);
    return Math.sqrt(2 * sum);
  }
}

class Spectrum {
  readonly values: f64[] = [];
  readonly vectors: Matrix;
  sweeps: i32 = 0;

  constructor(matrix: Matrix) {
    this.vectors = Matrix.identity(matrix.size);
    while (matrix.rest > 1e-9 && this.sweeps < 30) {
      this.sweep(matrix);
      this.sweeps++;
    }
    for (let i = 0; i < matrix.size; i++) this.values.push(matrix.get(i, i));
    this.values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  private sweep(matrix: Matrix): void {
    for (let p = 0; p < matrix.size - 1; p++) {
      for (let q = p + 1; q < matrix.size; q++) {
        const off = matrix.get(p, q);
        if (Math.abs(off) < 1e-12) continue;
        const theta = (matrix.get(q, q) - matrix.get(p, p)) / (2 * off);
        const root = Math.abs(theta) + Math.sqrt(theta * theta + 1);
        const t = theta < 0 ? -1 / root : 1 / root;
        const c = 1 / Math.sqrt(t * t + 1);
        matrix.turn(p, q, c, t * c);
        matrix.turnRows(p, q, c, t * c);
        this.vectors.turn(p, q, c, t * c);
      }
    }
  }
}

export function run(n: u32): u64 {
  let seed: u64 = 12345, sum = 0.0, sweeps = 0;
  for (let round: u32 = 0; round < n; round++) {
    const matrix = new Matrix(9);
    for (let i = 0; i < matrix.size; i++) {
      for (let j = 0; j <= i; j++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        const value = <f64>(<i64>seed >> 40) / 65536.0;
        matrix.set(i, j, value);
        matrix.set(j, i, value);
      }
    }
    const spectrum = new Spectrum(matrix);
    sum += spectrum.values[0] - spectrum.values[8] + spectrum.vectors.get(0, 0);
    sweeps += spectrum.sweeps;
  }
  return <u64>(sweeps * 1000) + <u64>Math.floor(Math.abs(sum));
}

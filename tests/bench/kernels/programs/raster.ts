// A torus that turns: its triangles are projected, cut into pixels by their three edges, compared by
// depth, and shaded by their normal.

const WIDTH: i32 = 96;
const HEIGHT: i32 = 72;
const RINGS: i32 = 16;
const SIDES: i32 = 10;

class Vertex {
  x: f32 = 0;
  y: f32 = 0;
  z: f32 = 0;
  light: f32 = 0;
}

// Positions on a circle in equal steps, without a sine: each step is a rotation.
class Turn {
  constructor(public cos: f64, public sin: f64) {}

  times(other: Turn): Turn {
    return new Turn(this.cos * other.cos - this.sin * other.sin, this.cos * other.sin + this.sin * other.cos);
  }
}

const ring = new Turn(0.9238795325112867, 0.3826834323650898);
const side = new Turn(0.8090169943749475, 0.5877852522924731);
const step = new Turn(0.9980267284282716, 0.06279051952931337);

const vertices = new StaticArray<Vertex>(RINGS * SIDES);
for (let i = 0; i < vertices.length; i++) vertices[i] = new Vertex();
const depths = new StaticArray<f32>(WIDTH * HEIGHT);
const pixels = new StaticArray<u8>(WIDTH * HEIGHT);

function place(angle: Turn): void {
  let around = new Turn(1, 0);
  for (let i = 0; i < RINGS; i++) {
    let across = angle;
    for (let j = 0; j < SIDES; j++) {
      let radius = 2 + 0.9 * across.cos;
      let x = radius * around.cos;
      let y = radius * around.sin;
      let z = 0.9 * across.sin;
      // Around the horizontal axis, then around the vertical one.
      let up = y * angle.cos - z * angle.sin;
      let far = y * angle.sin + z * angle.cos;
      let right = x * angle.cos - far * angle.sin;
      far = x * angle.sin + far * angle.cos + 6;
      let vertex = vertices[i * SIDES + j];
      vertex.x = <f32>(WIDTH / 2 + 60 * right / far);
      vertex.y = <f32>(HEIGHT / 2 + 60 * up / far);
      vertex.z = <f32>(1 / far);
      vertex.light = <f32>(0.5 + 0.5 * (across.cos * around.cos * 0.6 + across.sin * 0.8));
      across = across.times(side);
    }
    around = around.times(ring);
  }
}

// Twice the area that the edge and the point have; negative on its other side.
function edge(a: Vertex, b: Vertex, x: f32, y: f32): f32 {
  return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
}

function draw(a: Vertex, b: Vertex, c: Vertex): void {
  let area = edge(a, b, c.x, c.y);
  if (area <= 0) return;
  let left = max(0, <i32>floor(min(a.x, min(b.x, c.x))));
  let right = min(WIDTH - 1, <i32>ceil(max(a.x, max(b.x, c.x))));
  let top = max(0, <i32>floor(min(a.y, min(b.y, c.y))));
  let bottom = min(HEIGHT - 1, <i32>ceil(max(a.y, max(b.y, c.y))));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      let px = <f32>x + 0.5;
      let py = <f32>y + 0.5;
      let u = edge(b, c, px, py);
      let v = edge(c, a, px, py);
      let w = edge(a, b, px, py);
      if (u < 0 || v < 0 || w < 0) continue;
      let depth = (u * a.z + v * b.z + w * c.z) / area;
      let at = y * WIDTH + x;
      if (depth <= depths[at]) continue;
      depths[at] = depth;
      pixels[at] = <u8>(255 * (u * a.light + v * b.light + w * c.light) / area);
    }
  }
}

export function run(n: u32): u64 {
  let hash: u64 = 0;
  let angle = new Turn(0.8, 0.6);
  for (let frame: u32 = 0; frame < n; frame++) {
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
      depths[i] = 0;
      pixels[i] = 0;
    }
    place(angle);
    for (let i = 0; i < RINGS; i++) {
      for (let j = 0; j < SIDES; j++) {
        let a = vertices[i * SIDES + j];
        let b = vertices[((i + 1) % RINGS) * SIDES + j];
        let c = vertices[((i + 1) % RINGS) * SIDES + (j + 1) % SIDES];
        let d = vertices[i * SIDES + (j + 1) % SIDES];
        draw(a, b, c);
        draw(a, c, d);
      }
    }
    for (let i = 0; i < WIDTH * HEIGHT; i++) hash = (hash ^ pixels[i]) * 0x100000001B3;
    angle = angle.times(step);
  }
  return hash;
}

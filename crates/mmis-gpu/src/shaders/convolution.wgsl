// A 3x3 convolution as an implicit matrix product, zeros around the map.
//
// A workgroup makes 16 columns of {{rows}} rows of {{2*sides}} groups of four channels; an
// invocation one column of eight rows of eight channels, so that neighbours read and write
// neighbours. Channels in pass through workgroup memory {{slab}} group(s) at a time, already
// normalised and activated. Sums are raw: the norm behind them is taken where they are read.

struct Size {
    // Rows and columns.
    before: vec2<u32>,
    after: vec2<u32>,
    // Groups of four channels in and out.
    groups: vec2<u32>,
    // Turns that groups in take, and workgroups that share pixels.
    slabs: u32,
    parts: u32,
}

//% if image
@group(0) @binding(0) var<storage, read_write> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> map: array<f32>;
@group(0) @binding(4) var<uniform> size: Size;
//% else
// Four channels out each, -127 to 127.
@group(0) @binding(0) var<storage, read_write> weights: array<u32>;
// Sums of the convolution before, and the factor and shift that make features of them.
@group(0) @binding(3) var<storage, read_write> map: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> affine: array<vec4<f32>>;
//% if fused
// Half as many rows and columns.
@group(0) @binding(5) var<storage, read_write> semantics: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> similarity: array<f32>;
@group(0) @binding(7) var<uniform> size: Size;
//% else
@group(0) @binding(5) var<uniform> size: Size;
//% end
//% end
@group(0) @binding(1) var<storage, read_write> sums: array<vec4<f32>>;
// Mean and summed squares of deviations by sample, group and tile.
@group(0) @binding(2) var<storage, read_write> statistics: array<vec4<f32>>;

const WIDE: u32 = {{wide}}u;
const AREA: u32 = {{wide*high}}u;
const KERNELS: u32 = {{slab*9*channels*2*sides}}u;
// Invocations that share channels.
const TOGETHER: u32 = {{16*strips}}u;

var<workgroup> pixels: array<vec4<f32>, {{room}}>;
var<workgroup> kernels: array<vec4<f32>, {{slab*9*channels*2*sides}}>;

// Where a column lies in workgroup memory: even ones, then odd ones where every other is
// read, so that neighbouring invocations read neighbours.
fn place(column: u32) -> u32 {
//% if halving
    return column % 2u * 17u + column / 2u;
//% else
    return column;
//% end
}

fn feature(sample: u32, group: u32, at: vec2<i32>) -> vec4<f32> {
    if (any(at < vec2<i32>(0)) || any(at >= vec2<i32>(size.before))) {
        return vec4<f32>(0.0);
    }
    let pixel = vec2<u32>(at);
//% if image
    return vec4<f32>(map[(sample * size.before.x + pixel.x) * size.before.y + pixel.y], 0.0, 0.0, 0.0);
//% else
    let plane = sample * size.groups.x + group;
    let value = map[(plane * size.before.x + pixel.x) * size.before.y + pixel.y];
    let normed = value * affine[2u * plane] + affine[2u * plane + 1u];
    let detail = max(normed, 0.01 * normed);
//% if fused
    let coarse = size.before / 2u;
    let meaning = semantics[(plane * coarse.x + pixel.x / 2u) * coarse.y + pixel.y / 2u];
    let s = similarity[(sample * size.before.x + pixel.x) * size.before.y + pixel.y];
    return detail + (meaning - detail) * s;
//% else
    return detail;
//% end
//% end
}

@compute @workgroup_size(64)
fn main(
    @builtin(local_invocation_index) t: u32,
    @builtin(workgroup_id) tile: vec3<u32>,
    @builtin(num_workgroups) tiles: vec3<u32>,
) {
    let sample = tile.z / size.parts;
    let part = tile.z % size.parts;
    let column = t % 16u;
    let strip = t / 16u % {{strips}}u;
    let side = t / TOGETHER;
    let corner = vec2<i32>(i32(tile.y * {{rows*stride}}u), i32(tile.x * {{16*stride}}u)) - 1;
//% for r in 0..8
    var a{{r}} = vec4<f32>(0.0);
    var b{{r}} = vec4<f32>(0.0);
//% end

    for (var slab = 0u; slab < size.slabs; slab++) {
        workgroupBarrier();
        for (var i = t; i < {{slab}}u * AREA; i += 64u) {
            let at = vec2<u32>(i % AREA / WIDE, i % WIDE);
            let group = slab * {{slab}}u + i / AREA;
            pixels[i - at.y + place(at.y)] = feature(sample, group, corner + vec2<i32>(at));
        }
        let first = (part * size.slabs + slab) * KERNELS;
        for (var i = t; i < KERNELS; i += 64u) {
//% if image
            kernels[i] = weights[first + i];
//% else
            kernels[i] = unpack4x8snorm(weights[first + i]);
//% end
        }
        workgroupBarrier();
        for (var tap = 0u; tap < {{slab*3}}u; tap++) {
            let start = tap / 3u * AREA + strip * {{8*stride}}u * WIDE + place({{stride}}u * column + tap % 3u);
            let kernel = tap * {{3*channels*2*sides}}u + 2u * side;
//% if halving
//% for dy in 0..3
            {
//% for r in 0..8
                let p{{r}} = pixels[start + {{2*r+dy}}u * WIDE];
//% end
//% for c in 0..channels
                {
                    let u = kernels[kernel + {{dy*channels*2*sides+c*2*sides}}u];
                    let v = kernels[kernel + {{dy*channels*2*sides+c*2*sides+1}}u];
//% for r in 0..8
                    a{{r}} += p{{r}}[{{c}}] * u;
                    b{{r}} += p{{r}}[{{c}}] * v;
//% end
                }
//% end
            }
//% end
//% else
//% for r in 0..10
            let p{{r}} = pixels[start + {{r}}u * WIDE];
//% end
//% for dy in 0..3
//% for c in 0..channels
            {
                let u = kernels[kernel + {{dy*channels*2*sides+c*2*sides}}u];
                let v = kernels[kernel + {{dy*channels*2*sides+c*2*sides+1}}u];
//% for r in 0..8
                a{{r}} += p{{r+dy}}[{{c}}] * u;
                b{{r}} += p{{r+dy}}[{{c}}] * v;
//% end
            }
//% end
//% end
//% end
        }
    }

    // Deviations are summed from one sum of the tile, which keeps their digits.
    workgroupBarrier();
    if (t % TOGETHER == 0u) {
        pixels[2u * side] = a0;
        pixels[2u * side + 1u] = b0;
    }
    workgroupBarrier();
    let pivot_a = pixels[2u * side];
    let pivot_b = pixels[2u * side + 1u];
    workgroupBarrier();
    let group = 2u * (part * {{sides}}u + side);
    let row = tile.y * {{rows}}u + strip * 8u;
    let wide = tile.x * 16u + column;
    let plane = size.after.x * size.after.y;
    let to = (sample * size.groups.y + group) * plane + row * size.after.y + wide;
    var sum_a = vec4<f32>(0.0);
    var sum_b = vec4<f32>(0.0);
    var squares_a = vec4<f32>(0.0);
    var squares_b = vec4<f32>(0.0);
    if (wide < size.after.y) {
//% for r in 0..8
        if (row + {{r}}u < size.after.x) {
            if (group < size.groups.y) {
                sums[to + {{r}}u * size.after.y] = a{{r}};
            }
            if (group + 1u < size.groups.y) {
                sums[to + plane + {{r}}u * size.after.y] = b{{r}};
            }
            let d = a{{r}} - pivot_a;
            let e = b{{r}} - pivot_b;
            sum_a += d;
            sum_b += e;
            squares_a += d * d;
            squares_b += e * e;
        }
//% end
    }
    pixels[t] = sum_a;
    pixels[64u + t] = squares_a;
    pixels[128u + t] = sum_b;
    pixels[192u + t] = squares_b;
    for (var reach = TOGETHER / 2u; reach > 0u; reach /= 2u) {
        workgroupBarrier();
        if (t % TOGETHER < reach) {
//% for part in 0..4
            pixels[{{64*part}}u + t] += pixels[{{64*part}}u + t + reach];
//% end
        }
    }
    if (t % TOGETHER == 0u) {
        let there = vec2<u32>({{rows}}u, 16u);
        let valid = min(there, size.after - tile.yx * there);
        let count = f32(valid.x * valid.y);
        let at = 2u * ((sample * size.groups.y + group) * tiles.x * tiles.y + tile.y * tiles.x + tile.x);
        if (group < size.groups.y) {
            let mean = pixels[t] / count;
            statistics[at] = pivot_a + mean;
            statistics[at + 1u] = pixels[64u + t] - mean * pixels[t];
        }
        if (group + 1u < size.groups.y) {
            let mean = pixels[128u + t] / count;
            statistics[at + 2u * tiles.x * tiles.y] = pivot_b + mean;
            statistics[at + 2u * tiles.x * tiles.y + 1u] = pixels[192u + t] - mean * pixels[128u + t];
        }
    }
}

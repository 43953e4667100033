// From statistics by tile to what the norm makes of a sum: a factor and a shift by sample and
// channel. One workgroup finishes four channels of one sample.

struct Section {
    // Rows and columns of the map, then of a tile.
    map: vec2<u32>,
    tile: vec2<u32>,
    // Where its statistics begin, and its groups.
    start: u32,
    groups: u32,
    unused: vec2<u32>,
}

// Scale and shift of the norm and what a sum of 1 stands for, by group.
@group(0) @binding(0) var<storage, read_write> norms: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> affine: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> statistics: array<vec4<f32>>;
// The groups of the first, then those of the second.
@group(0) @binding(3) var<uniform> sections: array<Section, 2>;

const EPSILON: f32 = 1e-5;

var<workgroup> parts: array<vec4<f32>, 64>;

// The sum of `part` over all invocations.
fn total(t: u32, part: vec4<f32>) -> vec4<f32> {
    workgroupBarrier();
    parts[t] = part;
    for (var reach = 32u; reach > 0u; reach /= 2u) {
        workgroupBarrier();
        if (t < reach) {
            parts[t] += parts[t + reach];
        }
    }
    workgroupBarrier();
    return parts[0];
}

@compute @workgroup_size(64)
fn main(
    @builtin(local_invocation_index) t: u32,
    @builtin(workgroup_id) at: vec3<u32>,
    @builtin(num_workgroups) all: vec3<u32>,
) {
    let second = at.x >= sections[0].groups;
    let section = sections[select(0u, 1u, second)];
    let group = select(at.x, at.x - sections[0].groups, second);
    let tiles = (section.map + section.tile - 1u) / section.tile;
    let count = tiles.x * tiles.y;
    let start = section.start + 2u * (at.y * section.groups + group) * count;
    let pixels = f32(section.map.x * section.map.y);

    var sum = vec4<f32>(0.0);
    for (var i = t; i < count; i += 64u) {
        let valid = min(section.tile, section.map - vec2<u32>(i / tiles.y, i % tiles.y) * section.tile);
        sum += f32(valid.x * valid.y) * statistics[start + 2u * i];
    }
    let mean = total(t, sum) / pixels;
    // Chan, Golub and LeVeque, Updating formulae for sample variances (COMPSTAT 1982).
    var squares = vec4<f32>(0.0);
    for (var i = t; i < count; i += 64u) {
        let valid = min(section.tile, section.map - vec2<u32>(i / tiles.y, i % tiles.y) * section.tile);
        let away = statistics[start + 2u * i] - mean;
        squares += statistics[start + 2u * i + 1u] + f32(valid.x * valid.y) * away * away;
    }
    let variance = max(total(t, squares) / pixels, vec4<f32>(0.0));
    if (t == 0u) {
        let one = norms[3u * at.x + 2u];
        let factor = norms[3u * at.x] * one / sqrt(variance * one * one + EPSILON);
        let to = 2u * (at.y * all.x + at.x);
        affine[to] = factor;
        affine[to + 1u] = norms[3u * at.x + 1u] - mean * factor;
    }
}

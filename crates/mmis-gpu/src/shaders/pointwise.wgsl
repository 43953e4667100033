// 1x1 convolutions of one map, several at once: first those with a bias, which are results,
// then those with a norm behind, of which statistics are taken.
//
// An invocation makes {{each}} pixel(s) of up to {{most}} groups of four channels.

struct Size {
    // Pixels of a map.
    pixels: u32,
    // Where the statistics begin.
    start: u32,
    // Groups of four channels in, then out with a bias, then with a norm.
    groups: u32,
    biased: u32,
    normed: u32,
    labels: u32,
    unused: vec2<u32>,
}

@group(0) @binding(0) var<storage, read_write> weights: array<vec4<f32>>;
// Sums of the convolution before, and the factor and shift that make features of them.
@group(0) @binding(1) var<storage, read_write> map: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> affine: array<vec4<f32>>;
//% if biased
@group(0) @binding(3) var<storage, read_write> biases: array<vec4<f32>>;
//% if labels
@group(0) @binding(4) var<storage, read_write> results: array<f32>;
@group(0) @binding(5) var<uniform> size: Size;
//% else
@group(0) @binding(4) var<storage, read_write> results: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> statistics: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> sums: array<vec4<f32>>;
@group(0) @binding(7) var<uniform> size: Size;
//% end
//% else
@group(0) @binding(3) var<storage, read_write> statistics: array<vec4<f32>>;
@group(0) @binding(4) var<uniform> size: Size;
//% end

//% if normed
var<workgroup> parts: array<vec4<f32>, 128>;

// Statistics of a group over all invocations. `inside` says which of their pixels exist.
fn gather(t: u32, tile: vec3<u32>, tiles: u32, group: u32, values: array<vec4<f32>, {{each}}>) {
    workgroupBarrier();
    if (t == 0u) {
        parts[0] = values[0];
    }
    workgroupBarrier();
    let pivot = parts[0];
    workgroupBarrier();
    var sum = vec4<f32>(0.0);
    var squares = vec4<f32>(0.0);
//% for j in 0..each
    if (tile.x * {{64*each}}u + {{64*j}}u + t < size.pixels) {
        let d = values[{{j}}] - pivot;
        sum += d;
        squares += d * d;
    }
//% end
    parts[t] = sum;
    parts[64u + t] = squares;
    for (var reach = 32u; reach > 0u; reach /= 2u) {
        workgroupBarrier();
        if (t < reach) {
            parts[t] += parts[t + reach];
            parts[64u + t] += parts[64u + t + reach];
        }
    }
    if (t == 0u && group < size.normed) {
        let count = f32(min({{64*each}}u, size.pixels - tile.x * {{64*each}}u));
        let mean = parts[0] / count;
        let at = size.start + 2u * ((tile.z * size.normed + group) * tiles + tile.x);
        statistics[at] = pivot + mean;
        statistics[at + 1u] = parts[64] - mean * parts[0];
    }
}
//% end

@compute @workgroup_size(64)
fn main(
    @builtin(local_invocation_index) t: u32,
    @builtin(workgroup_id) tile: vec3<u32>,
    @builtin(num_workgroups) tiles: vec3<u32>,
) {
//% for j in 0..each
    let pixel{{j}} = tile.x * {{64*each}}u + {{64*j}}u + t;
    let read{{j}} = min(pixel{{j}}, size.pixels - 1u);
//% for u in 0..most
    var a{{j}}_{{u}} = vec4<f32>(0.0);
//% end
//% end
    for (var group = 0u; group < size.groups; group++) {
        let plane = tile.z * size.groups + group;
        let factor = affine[2u * plane];
        let shift = affine[2u * plane + 1u];
//% for j in 0..each
        let n{{j}} = map[plane * size.pixels + read{{j}}] * factor + shift;
        let p{{j}} = max(n{{j}}, 0.01 * n{{j}});
//% end
        let start = (tile.y * size.groups + group) * {{4*most}}u;
//% for c in 0..4
//% for u in 0..most
        {
            let w = weights[start + {{c*most+u}}u];
//% for j in 0..each
            a{{j}}_{{u}} += p{{j}}[{{c}}] * w;
//% end
        }
//% end
//% end
    }
//% for u in 0..most
    {
        let group = tile.y * {{most}}u + {{u}}u;
//% if biased
        if (group < size.biased) {
            let bias = biases[group];
//% for j in 0..each
            if (pixel{{j}} < size.pixels) {
//% if labels
                let probability = 1.0 / (1.0 + exp(-(a{{j}}_{{u}} + bias)));
//% for c in 0..4
                if (4u * group + {{c}}u < size.labels) {
                    results[(tile.z * size.labels + 4u * group + {{c}}u) * size.pixels + pixel{{j}}] = probability[{{c}}];
                }
//% end
//% else
                results[(tile.z * size.biased + group) * size.pixels + pixel{{j}}] = a{{j}}_{{u}} + bias;
//% end
            }
//% end
        }
//% end
//% if normed
//% if biased
        else if (group - size.biased < size.normed) {
//% for j in 0..each
            if (pixel{{j}} < size.pixels) {
                sums[(tile.z * size.normed + group - size.biased) * size.pixels + pixel{{j}}] = a{{j}}_{{u}};
            }
//% end
        }
//% end
        // Groups of the first kind wrap around and are none of the second.
        var values: array<vec4<f32>, {{each}}>;
//% for j in 0..each
        values[{{j}}] = a{{j}}_{{u}};
//% end
        gather(t, tile, tiles.x, group - size.biased, values);
//% end
    }
//% end
}

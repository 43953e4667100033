// The similarity of Similarity Fusion: s = sigmoid(f(detail) . g(semantics) / sqrt(channels)).
//
// An invocation makes the four pixels that share a pixel of semantics. With f = a W x + b by
// channel, the sum over k of f_k g_k is x . q + r with q = W^T (a g) and r = b . g, which the
// four share: f is never written.

@group(0) @binding(0) var<storage, read_write> similarity: array<f32>;
// W, four channels of detail each, with its factor of a sum of 1; by group in, then channel.
@group(0) @binding(1) var<storage, read_write> weights: array<vec4<f32>>;
// Detail: sums, and what makes features of them.
@group(0) @binding(2) var<storage, read_write> map: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> affine: array<vec4<f32>>;
// g's sums in the coarse grid, and what makes features of sums of f, then of g.
@group(0) @binding(4) var<storage, read_write> sums: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> embedding: array<vec4<f32>>;
// Rows and columns of the coarse grid.
@group(0) @binding(6) var<uniform> size: vec4<u32>;

const GROUPS_IN: u32 = {{groups_in}}u;
const GROUPS: u32 = {{groups}}u;
// 1 / sqrt(channels), of the channels that there are.
const ROOT: f32 = inverseSqrt({{embedded}}.0);

// a g / sqrt(channels), group by group.
var<workgroup> counts: array<vec4<f32>, {{groups*threads}}>;

@compute @workgroup_size({{threads}})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) at: vec3<u32>) {
    let pixels = size.x * size.y;
    let coarse = at.x * {{threads}}u + t;
    if (coarse >= pixels) {
        return;
    }
    let sample = at.y;
    var r = 0.0;
    for (var group = 0u; group < GROUPS; group++) {
        let f = 2u * (sample * 2u * GROUPS + group);
        let g = f + 2u * GROUPS;
        let sum = sums[(sample * GROUPS + group) * pixels + coarse];
        let feature = (sum * embedding[g] + embedding[g + 1u]) * ROOT;
        r += dot(feature, embedding[f + 1u]);
        counts[group * {{threads}}u + t] = feature * embedding[f];
    }
    let wide = 2u * size.y;
    let corner = 2u * (coarse / size.y) * wide + 2u * (coarse % size.y);
    var s = vec4<f32>(r);
    for (var group = 0u; group < GROUPS_IN; group++) {
        var q = vec4<f32>(0.0);
        for (var k = 0u; k < GROUPS; k++) {
            let count = counts[k * {{threads}}u + t];
            let start = (group * GROUPS + k) * 4u;
            q += count.x * weights[start] + count.y * weights[start + 1u];
            q += count.z * weights[start + 2u] + count.w * weights[start + 3u];
        }
        let plane = sample * GROUPS_IN + group;
        let factor = affine[2u * plane];
        let shift = affine[2u * plane + 1u];
        let start = plane * 4u * pixels + corner;
//% for i in 0..4
        let n{{i}} = map[start + {{i}}u / 2u * wide + {{i}}u % 2u] * factor + shift;
//% end
        s += vec4<f32>(
//% for i in 0..4
            dot(q, max(n{{i}}, 0.01 * n{{i}})),
//% end
        );
    }
    s = 1.0 / (1.0 + exp(-s));
    let to = sample * 4u * pixels + corner;
    similarity[to] = s.x;
    similarity[to + 1u] = s.y;
    similarity[to + wide] = s.z;
    similarity[to + wide + 1u] = s.w;
}

#version 300 es
// A line of a width in the picture. Its ends are places in mm with shifts in CSS pixels.
layout(location = 0) in vec3 from_mm;
layout(location = 1) in vec3 to_mm;
layout(location = 2) in vec2 from_px;
layout(location = 3) in vec2 to_px;
// Which end, 0 or 1, and which side, -1 or 1.
layout(location = 4) in vec2 corner;
uniform mat4 matrix;
uniform vec2 size;
uniform float ratio;
uniform float width;
out float side;

vec2 in_picture(vec4 clip, vec2 shift_px) {
  return clip.xy / clip.w * size * 0.5 + shift_px * ratio;
}

void main() {
  vec4 from = matrix * vec4(from_mm, 1.0);
  vec4 to = matrix * vec4(to_mm, 1.0);
  vec2 a = in_picture(from, from_px);
  vec2 b = in_picture(to, to_px);
  vec2 way = b - a;
  float length_px = length(way);
  way = length_px > 1e-4 ? way / length_px : vec2(1.0, 0.0);
  // Half a pixel on either side fades out.
  float half_px = width * ratio * 0.5 + 0.5;
  vec2 place = mix(a, b, corner.x) + way * (corner.x * 2.0 - 1.0) * (half_px - 0.5);
  place += vec2(-way.y, way.x) * corner.y * half_px;
  vec4 clip = corner.x < 0.5 ? from : to;
  side = corner.y * half_px;
  gl_Position = vec4(place / size * 2.0 * clip.w, clip.z, clip.w);
}

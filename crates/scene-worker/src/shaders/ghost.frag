#version 300 es
// A membrane: clear where one looks through it, dense where one looks along it, with lines
// half a millimetre apart that show how it is bent.
precision highp float;
in vec3 at;
in vec3 facing;
uniform vec3 eye;
uniform vec3 key;
uniform vec3 colour;
out vec4 drawn;

void main() {
  vec3 away = normalize(eye - at);
  vec3 n = normalize(facing);
  n *= sign(dot(n, away) + 1e-4);
  float along = 1.0 - abs(dot(n, away));
  float lit = 0.55 + 0.45 * max(dot(n, key), 0.0);
  float shine = pow(max(dot(n, normalize(key + away)), 0.0), 24.0);
  vec2 half_mm = at.xz * 2.0;
  vec2 off = abs(fract(half_mm - 0.5) - 0.5) / max(fwidth(half_mm), vec2(1e-4));
  // Where lines lie closer than a few pixels they would only shimmer.
  vec2 apart = smoothstep(vec2(0.5), vec2(0.12), fwidth(half_mm));
  vec2 line = (1.0 - clamp(off - 0.2, 0.0, 1.0)) * apart;
  float dense = 0.03 + 0.20 * along * along * along + 0.05 * shine + 0.13 * max(line.x, line.y);
  drawn = vec4(colour * lit * dense + vec3(0.04 * shine), dense);
}
